"""What the fields of KIS say of a market and a stock: session, auction, halt, limit prices."""

from collections.abc import Iterator

from kisq.locale.language import translated
from kisq.locale.sentence import Sentence
from kisq.screen.display import WARNING
from kisq.screen.segments import Segment
from kisq.screen.view import View
from kisq.spec.tables import CodeWords, codes_of
from kisq.wire.book import OrderBook
from kisq.wire.record import Record

# By KIS's words for HOUR_CLS_CODE in English (spec/field_codes.tsv); others are shown as they are.
_AUCTIONS = {
    "opening auction": Sentence("opening auction"),
    "closing auction": Sentence("closing auction"),
    "auction after 09:00 or in a volatility interruption (VI)": Sentence("auction (VI)"),
    "after-hours single-price auction": Sentence("after-hours auction"),
}
# By those for MARKET_CLS_CODE.
_MARKETS = {
    "pre-market": Sentence("pre-market"),
    "regular": Sentence("regular session"),
    "after-market": Sentence("after-market"),
    "closing price": Sentence("closing-price trading"),
}
_HALTED = Sentence("trading halted")
_LIMITS = {
    "at the upper limit": Sentence("limit up"),
    "at the lower limit": Sentence("limit down"),
}
_MARKET_FIELD = "MARKET_CLS_CODE"
_HALT_FIELD = "TRHT_YN"


def session_segment(view: View) -> Segment:
    """The auction or the session that the book says it is in, else the one of the timetable."""
    record = view.record
    auction = record.auction if isinstance(record, OrderBook) else None
    if auction is not None:
        return Segment(_named(auction, _AUCTIONS), WARNING, 1)
    words = _words(record, _MARKET_FIELD)
    if words is not None:
        return Segment(_named(words, _MARKETS), "bold", 2)
    return Segment(translated(view.session), "bold", 2)


def states(view: View) -> Iterator[Segment]:
    """That trading is halted, or that the price is at its limit, where a trade says so."""
    trade = view.trade
    if trade is None:
        return
    halt = _words(trade, _HALT_FIELD)
    if halt is not None and halt.english == "halted":
        yield Segment(translated(_HALTED), WARNING)
    sign = codes_of(trade.tr_id, trade.layout.roles.get("sign", "")).get(trade.get("sign").strip())
    if sign is not None and sign.english in _LIMITS:
        yield Segment(translated(_LIMITS[sign.english]), WARNING)


def _words(record: Record, field: str) -> CodeWords | None:
    """What the code in the field of that mnemonic means; None where it says nothing known."""
    place = record.layout.index.get(field)
    if place is None:
        return None
    return codes_of(record.tr_id, field).get(record.values[place].strip())


def _named(words: CodeWords, names: dict[str, Sentence]) -> str:
    if words.english in names:
        return translated(names[words.english])
    return translated(words.english)
