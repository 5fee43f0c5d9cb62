"""Why a key is silent though its market is open, by KIS's symbol files and by a control key.

The order is that of how sure they are (protocol.md section 5, causes 3, 16, 17, 18 and 21).
"""

from kisq.reasons.evidence import Control, Evidence
from kisq.reasons.silent import Silence
from kisq.symbols.facts import SymbolFacts
from kisq.symbols.listing import shown
from kisq.wire.key_parts import TrKey

_DAYTIME = "US daytime"

_ELSEWHERE = "KIS's symbol files of {day} do not list {symbol} on {exchange}, but as {keys}."
_ELSEWHERE_STEP = "Use {key} in its place."
_ELSEWHERE_SHORT = "not on {exchange}: use {key}"
_NOWHERE = (
    "KIS's symbol files of {day} do not list {symbol} on {exchange}, and none that is kept has it."
)
_NOWHERE_STEP = "Check its spelling, or find it by its name with `kisq find`."
_NOWHERE_SHORT = "not on {exchange}, by KIS's symbol files"
_HALTED = "Trading in {name} is halted, by KIS's symbol files of {day}: nothing comes."
_HALTED_STEP = "Wait until trading goes on; the notices of {exchange} on {symbol} say when."
_HALTED_SHORT = "trading is halted"
_NOT_ON_NXT = (
    "{name} does not trade on NXT, by KIS's symbol files of {day}, and a key of NXT, alone or "
    "unified, is then silent all day."
)
_NOT_ON_NXT_STEP = "Use {key} without --venue, which is its key on KRX."
_NOT_ON_NXT_SHORT = "not on NXT: leave --venue out"
_BY_DAY = (
    "KIS lists {name} on {exchange}, but not every stock is offered in the US daytime session, and "
    "no file says which are."
)
_BY_DAY_STEP = "Use {key} at night, its key in the other session."
_BY_DAY_SHORT = "may not be offered by day"
_TICKS = (
    "{control}, which kisq registered as a control key, ticks in the same session, so the feed is "
    "fine."
)
_OTHER_TICKS = "Data of {control} came in the meantime, in the same session, so the feed is fine."
_THIN = "{key} is thin, or its exchange or spelling is wrong."
_THIN_LISTED = (
    "KIS lists {name} on {exchange}, so {key} is thin: books come only when something changes."
)
_THIN_STEP = "Check exchange and spelling, or wait for longer."
_THIN_LISTED_STEP = "Wait for longer, or look at a symbol that trades more."
_THIN_SHORT = "a control key ticks: thin, or wrong exchange or spelling"
_THIN_LISTED_SHORT = "a control key ticks: this one is thin"
_ALL_SILENT = (
    "{control}, which kisq registered as a control key, has been silent for {seconds:.0f} s too, "
    "so it is the feed of this session that sends nothing, and not {key} alone."
)
_ALL_SILENT_STEP = (
    "Try again in some minutes; if both stay silent, look at KIS's notices, for the market may be "
    "closed in spite of its hours."
)
_ALL_SILENT_SHORT = "a control key is silent too: the feed"


def by_files(key: TrKey, evidence: Evidence) -> Silence | None:
    """The reason that KIS's files tell, with what a control key showed; None where they do not."""
    facts = evidence.facts
    if facts is None:
        return None
    fields = _fields(key, facts)
    if facts.listing is None:
        return _unlisted(facts, fields, evidence)
    if facts.halted:
        return _silence(_HALTED, _HALTED_STEP, _HALTED_SHORT, fields, evidence)
    if facts.is_not_on_nxt:
        fields["key"] = key.symbol
        return _silence(_NOT_ON_NXT, _NOT_ON_NXT_STEP, _NOT_ON_NXT_SHORT, fields, evidence)
    return None


def by_day(key: TrKey, evidence: Evidence) -> Silence | None:
    """Of a daytime key whose symbol is right: it may not be offered by day; else None."""
    facts, control = evidence.facts, evidence.control
    is_silent = control is not None and not control.ticked
    if key.market.session != _DAYTIME or facts is None or facts.listing is None or is_silent:
        return None
    fields = _fields(key, facts) | {"key": key.siblings[0].text}
    return _silence(_BY_DAY, _BY_DAY_STEP, _BY_DAY_SHORT, fields, evidence)


def by_control(key: TrKey, evidence: Evidence) -> Silence | None:
    """What a control key shows; None where there was none, or not for long enough."""
    control, facts = evidence.control, evidence.facts
    if control is None:
        return None
    if not control.ticked:
        seconds = control.seconds
        reason = _ALL_SILENT.format(control=control.key.text, key=key.text, seconds=seconds)
        return Silence(False, reason, _ALL_SILENT_STEP, _ALL_SILENT_SHORT)
    if facts and facts.listing:
        fields = _fields(key, facts)
        return _silence(
            _THIN_LISTED, _THIN_LISTED_STEP, _THIN_LISTED_SHORT, fields, evidence, ticks_first=True
        )
    fields = {"key": key.text}
    return _silence(_THIN, _THIN_STEP, _THIN_SHORT, fields, evidence, ticks_first=True)


def _unlisted(facts: SymbolFacts, fields: dict[str, str], evidence: Evidence) -> Silence:
    if not facts.elsewhere:
        return _silence(_NOWHERE, _NOWHERE_STEP, _NOWHERE_SHORT, fields, evidence)
    fields |= {"keys": shown(facts.elsewhere), "key": facts.elsewhere[0].argument}
    return _silence(_ELSEWHERE, _ELSEWHERE_STEP, _ELSEWHERE_SHORT, fields, evidence)


def _fields(key: TrKey, facts: SymbolFacts) -> dict[str, str]:
    return {
        "key": key.text,
        "symbol": key.symbol,
        "exchange": key.market.english,
        "name": facts.listing.name if facts.listing else key.symbol,
        "day": facts.day,
    }


def _silence(
    reason: str,
    step: str,
    short: str,
    fields: dict[str, str],
    evidence: Evidence,
    *,
    ticks_first: bool = False,
) -> Silence:
    """The reason with the sentence on the control key before or behind it."""
    sentences = [reason.format(**fields), _ticking(evidence.control)]
    if ticks_first:
        sentences.reverse()
    return Silence(
        False, " ".join(filter(None, sentences)), step.format(**fields), short.format(**fields)
    )


def _ticking(control: Control | None) -> str:
    """What it says of the feed that another key ticks; empty where none does."""
    if control is None or not control.ticked:
        return ""
    template = _OTHER_TICKS if control.asked else _TICKS
    return template.format(control=control.key.text)
