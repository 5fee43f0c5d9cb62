"""The look-ups that clients call before the socket, answered from the simulated market.

Names and values of the fields are those that published clients read; what else KIS answers is left
out. A symbol that KIS does not know has the price 0 in Korea, and none abroad: that is how clients
find the exchange of a symbol.
"""

from collections.abc import Callable, Mapping

from kisq.simulator.accounts import Answer
from kisq.simulator.market import BookMaker
from kisq.simulator.shared_state import SharedState
from kisq.spec.markets import MARKETS
from kisq.symbols.listing import Listing
from kisq.wire.trkey import TrKey

_UP, _SAME, _DOWN = "2", "3", "5"
_VENUES = {"J": "KRX", "NX": "NXT", "UN": "UNIFIED"}  # FID_COND_MRKT_DIV_CODE
_PRODUCT_TYPES = {
    "300": "KRX", "512": "NAS", "513": "NYS", "529": "AMS", "515": "TSE", "501": "HKS",
    "507": "HNX", "508": "HSX", "551": "SHS", "552": "SZS",
}  # fmt: skip

Parameters = Mapping[str, str]


def look_up(path: str, parameters: Parameters, shared: SharedState) -> Answer | None:
    """The answer to a look-up; None where the simulator has none at ``path``."""
    answer = _LOOK_UPS.get(path)
    return answer(parameters, shared) if answer else None


def failed(code: str, text: str, rt_cd: str = "1") -> dict[str, str]:
    """The body of an answer of the gateway to a call that failed (protocol.md section 1)."""
    return {"rt_cd": rt_cd, "msg_cd": code, "msg1": text}


def _done(output: dict[str, str]) -> Answer:
    done = {"rt_cd": "0", "msg_cd": "MCA00000", "msg1": "정상처리 되었습니다."}
    return 200, {"output": output} | done


def _korean_price(parameters: Parameters, shared: SharedState) -> Answer:
    market = _VENUES.get(parameters.get("FID_COND_MRKT_DIV_CODE", ""), "KRX")
    symbol = parameters.get("FID_INPUT_ISCD", "")
    books = _books(market, "", symbol, shared)
    listing = shared.options.symbols.listing(market, symbol)
    price, change, sign, rate = _quote(books)
    return _done(
        {
            "stck_shrn_iscd": symbol,
            "rprs_mrkt_kor_name": "KOSPI" if listing else "",
            "stck_prpr": price or "0",
            "prdy_vrss": change or "0",
            "prdy_vrss_sign": sign,
            "prdy_ctrt": rate or "0.00",
            "stck_sdpr": books.price(books.home) if books else "0",
            "acml_vol": str(books.volume if books else 0),
            "temp_stop_yn": "N",
        }
    )


def _overseas_price(parameters: Parameters, shared: SharedState) -> Answer:
    market, symbol = parameters.get("EXCD", ""), parameters.get("SYMB", "")
    books = _books(market, "D", symbol, shared) or _books(market, "R", symbol, shared)
    price, change, sign, rate = _quote(books)
    known = books is not None
    return _done(
        {
            "rsym": f"D{market}{symbol}" if known else "",
            "zdiv": books.last["ZDIV"] if books else "",
            "base": books.price(books.home) if books else "",
            "last": price,
            "sign": sign if known else "",
            "diff": change.lstrip("-"),
            "rate": rate,
            "tvol": str(books.volume) if books else "",
            "ordy": "매도불가" if not known else "매수가능",
        }
    )


def _product(parameters: Parameters, shared: SharedState) -> Answer:
    kind, symbol = parameters.get("PRDT_TYPE_CD", ""), parameters.get("PDNO", "")
    listing = shared.options.symbols.listing(_PRODUCT_TYPES.get(kind, ""), symbol)
    if listing is None:
        return 200, failed("KIOK0530", "조회할 자료가 없습니다", rt_cd="7")
    return _done(_names(kind, listing))


def _names(kind: str, listing: Listing) -> dict[str, str]:
    return {
        "pdno": listing.symbol,
        "prdt_type_cd": kind,
        "shtn_pdno": listing.symbol,
        "std_pdno": listing.isin,
        "prdt_name": listing.korean,
        "prdt_name120": listing.korean,
        "prdt_abrv_name": listing.korean,
        "prdt_eng_name": listing.english,
        "prdt_eng_name120": listing.english,
        "prdt_eng_abrv_name": listing.english,
    }


def _books(market: str, prefix: str, symbol: str, shared: SharedState) -> BookMaker | None:
    """The market of a symbol, if it is traded there."""
    if not symbol or market not in MARKETS or prefix not in MARKETS[market].trs:
        return None
    key = TrKey(prefix, MARKETS[market], symbol)
    return shared.book(key) if shared.options.symbols.trades(key) else None


def _quote(books: BookMaker | None) -> tuple[str, str, str, str]:
    """Price, change since the first price, its sign and its rate in percent."""
    if books is None:
        return "", "", _SAME, ""
    price, _ = books.best["bid"]
    change = price - books.home
    sign = _SAME if not change else _UP if change > 0 else _DOWN
    minus = "-" if change < 0 else ""
    rate = f"{100 * change / books.home:.2f}"
    return books.price(price), f"{minus}{books.price(abs(change))}", sign, rate


_LOOK_UPS: dict[str, Callable[[Parameters, SharedState], Answer]] = {
    "/uapi/domestic-stock/v1/quotations/inquire-price": _korean_price,
    "/uapi/domestic-stock/v1/quotations/search-info": _product,
    "/uapi/overseas-price/v1/quotations/price": _overseas_price,
}
