"""What the newest trade of a key says besides its figures: a halt of trading, or a limit price."""

from kisq.locale.sentence import Sentence
from kisq.spec.tables import codes_of
from kisq.wire.trade import Trade

_HALTED = Sentence("trading halted")
_LIMITS = {
    "at the upper limit": Sentence("limit up"),
    "at the lower limit": Sentence("limit down"),
}
_HALT_FIELD = "TRHT_YN"


def trade_states(trade: Trade) -> list[Sentence]:
    """That trading is halted and that the price is at its limit, as far as ``trade`` says so."""
    states = []
    halt = trade.words(_HALT_FIELD)
    if halt is not None and halt.english == "halted":
        states.append(_HALTED)
    sign = codes_of(trade.tr_id, trade.layout.roles.get("sign", "")).get(trade.get("sign").strip())
    if sign is not None and sign.english in _LIMITS:
        states.append(_LIMITS[sign.english])
    return states
