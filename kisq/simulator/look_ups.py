"""The look-ups that clients call before the socket, answered from the simulated market.

Names and values of the fields are those that published clients read; KIS's other fields are left
out. A symbol that KIS does not know has the price 0 in Korea, and an empty one abroad: that is how
clients find the exchange of a symbol.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from kisq.simulator.accounts import Answer
from kisq.simulator.market import BookMaker, sign_of
from kisq.simulator.shared_state import SharedState
from kisq.spec.markets import MARKETS
from kisq.symbols.listing import Listing
from kisq.wire.trkey import TrKey

_VENUES = {"J": "KRX", "NX": "NXT", "UN": "UNIFIED"}  # FID_COND_MRKT_DIV_CODE
_PRODUCT_TYPES = {
    "300": "KRX", "512": "NAS", "513": "NYS", "529": "AMS", "515": "TSE", "501": "HKS",
    "507": "HNX", "508": "HSX", "551": "SHS", "552": "SZS",
}  # fmt: skip

Parameters = Mapping[str, str]


class _Quote(NamedTuple):
    """A price; its change since the ``base``, the first price, in units and percent; the volume."""

    price: str
    change: str
    sign: str
    rate: str
    base: str
    volume: str


_NO_KOREAN_QUOTE = _Quote("0", "0", sign_of(0), "0.00", "0", "0")
_UNKNOWN_OVERSEAS = dict.fromkeys(
    ("rsym", "zdiv", "base", "last", "sign", "diff", "rate", "tvol"), ""
) | {"ordy": "매도불가"}


def look_up(path: str, parameters: Parameters, shared: SharedState) -> Answer | None:
    """The answer to a look-up; None if the simulator has no look-up at ``path``."""
    answer = _LOOK_UPS.get(path)
    if answer is None:
        return None
    return answer(parameters, shared)


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
    quote = _quote(books) if books else _NO_KOREAN_QUOTE
    return _done(
        {
            "stck_shrn_iscd": symbol,
            "rprs_mrkt_kor_name": "KOSPI" if listing else "",
            "stck_prpr": quote.price,
            "prdy_vrss": quote.change,
            "prdy_vrss_sign": quote.sign,
            "prdy_ctrt": quote.rate,
            "stck_sdpr": quote.base,
            "acml_vol": quote.volume,
            "temp_stop_yn": "N",
        }
    )


def _overseas_price(parameters: Parameters, shared: SharedState) -> Answer:
    market = parameters.get("EXCD", "")
    symbol = parameters.get("SYMB", "")
    books = _books(market, "D", symbol, shared) or _books(market, "R", symbol, shared)
    if books is None:
        return _done(_UNKNOWN_OVERSEAS)
    quote = _quote(books)
    return _done(
        {
            "rsym": f"D{market}{symbol}",
            "zdiv": books.last["ZDIV"],
            "base": quote.base,
            "last": quote.price,
            "sign": quote.sign,
            "diff": quote.change.lstrip("-"),
            "rate": quote.rate,
            "tvol": quote.volume,
            "ordy": "매수가능",
        }
    )


def _product(parameters: Parameters, shared: SharedState) -> Answer:
    kind = parameters.get("PRDT_TYPE_CD", "")
    symbol = parameters.get("PDNO", "")
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
    if not shared.options.symbols.trades(key):
        return None
    return shared.book(key)


def _quote(books: BookMaker) -> _Quote:
    price, _ = books.best["bid"]
    change = price - books.home
    return _Quote(
        books.price(price),
        books.signed(change),
        sign_of(change),
        f"{100 * change / books.home:.2f}",
        books.price(books.home),
        str(books.volume),
    )


_LOOK_UPS: dict[str, Callable[[Parameters, SharedState], Answer]] = {
    "/uapi/domestic-stock/v1/quotations/inquire-price": _korean_price,
    "/uapi/domestic-stock/v1/quotations/search-info": _product,
    "/uapi/overseas-price/v1/quotations/price": _overseas_price,
}
