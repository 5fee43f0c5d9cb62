"""Why a key is silent though its market is open: from KIS's symbol files and a control key.

The surest reasons come first (protocol.md section 5, causes 3, 16, 17, 18 and 21).
"""

from kisq.locale.sentence import Sentence, joined
from kisq.reasons.evidence import Control, Evidence, Silence
from kisq.symbols.facts import SymbolFacts
from kisq.symbols.listing import shown
from kisq.wire.key_parts import TrKey

_DAYTIME = "US daytime"

_ELSEWHERE = Sentence(
    "KIS's symbol files of {day} do not list {symbol} on {exchange}, but as {keys}."
)
_ELSEWHERE_STEP = Sentence("Use {key} instead.")
_ELSEWHERE_SHORT = Sentence("not on {exchange}: use {key}")
_NOWHERE = Sentence(
    "KIS's symbol files of {day} do not list {symbol} on {exchange}, and no other downloaded file "
    "does."
)
_NOWHERE_STEP = Sentence("Check its spelling, or find it by name with `kisq find`.")
_NOWHERE_SHORT = Sentence("not on {exchange}, according to KIS's symbol files")
_HALTED = Sentence(
    "Trading in {name} is halted according to KIS's symbol files of {day}: nothing comes."
)
_HALTED_STEP = Sentence(
    "Wait until trading resumes; the notices of {exchange} on {symbol} say when."
)
_HALTED_SHORT = Sentence("trading is halted")
_NOT_ON_NXT = Sentence(
    "{name} does not trade on NXT according to KIS's symbol files of {day}, so its NXT and unified "
    "keys are silent all day."
)
_NOT_ON_NXT_STEP = Sentence("Use {key} without --venue: its key on KRX.")
_NOT_ON_NXT_SHORT = Sentence("not on NXT: leave --venue out")
_BY_DAY = Sentence(
    "KIS lists {name} on {exchange}, but not every stock is offered in the US daytime session, and "
    "no file says which."
)
_BY_DAY_STEP = Sentence("Use {key}, its key in the other session, at night.")
_BY_DAY_SHORT = Sentence("may not be offered by day")
_TICKS = Sentence(
    "{control}, which kisq registered as a control key, ticks in the same session, so the feed is "
    "fine."
)
_OTHER_TICKS = Sentence("Data for {control} came in the same session, so the feed is fine.")
_THIN = Sentence("{key} is thin, or its exchange or spelling is wrong.")
_THIN_LISTED = Sentence(
    "KIS lists {name} on {exchange}, so {key} is thin: books come only when something changes."
)
_THIN_STEP = Sentence("Check exchange and spelling, or wait longer.")
_THIN_LISTED_STEP = Sentence("Wait longer, or look at a symbol that trades more.")
_THIN_SHORT = Sentence("a control key ticks: thin, or wrong exchange or spelling")
_THIN_LISTED_SHORT = Sentence("a control key ticks: this one is thin")
_ALL_SILENT = Sentence(
    "{control}, which kisq registered as a control key, has been silent for {seconds:.0f} s too, "
    "so the feed of this session sends nothing, not just {key}."
)
_ALL_SILENT_STEP = Sentence(
    "Try again in a few minutes; if both stay silent, look at KIS's notices: the market may be "
    "closed despite its hours."
)
_ALL_SILENT_SHORT = Sentence("a control key is silent too: the feed")


def by_files(key: TrKey, evidence: Evidence) -> Silence | None:
    """The reason according to KIS's files, if they give one."""
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
    """For a daytime key with the right symbol: it may not be offered by day."""
    if key.market.session != _DAYTIME:
        return None
    facts = evidence.facts
    if facts is None or facts.listing is None:
        return None
    if evidence.control is not None and not evidence.control.ticked:
        return None
    fields = _fields(key, facts) | {"key": key.siblings[0].text}
    return _silence(_BY_DAY, _BY_DAY_STEP, _BY_DAY_SHORT, fields, evidence)


def by_control(key: TrKey, evidence: Evidence) -> Silence | None:
    """The reason according to a control key, if there was one for long enough."""
    control = evidence.control
    if control is None:
        return None
    facts = evidence.facts
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
    name = key.symbol
    if facts.listing:
        name = facts.listing.name
    return {
        "key": key.text,
        "symbol": key.symbol,
        "exchange": key.market.english,
        "name": name,
        "day": facts.day,
    }


def _silence(
    reason: Sentence,
    step: Sentence,
    short: Sentence,
    fields: dict[str, str],
    evidence: Evidence,
    *,
    ticks_first: bool = False,
) -> Silence:
    """The reason, before or after a sentence about the control key if that ticks."""
    sentences = [reason.format(**fields)]
    control = evidence.control
    if control and control.ticked:
        position = len(sentences)
        if ticks_first:
            position = 0
        sentences.insert(position, _ticking(control))
    return Silence(False, joined(" ", sentences), step.format(**fields), short.format(**fields))


def _ticking(control: Control) -> Sentence:
    """The sentence about another key that ticks."""
    if control.asked:
        return _OTHER_TICKS.format(control=control.key.text)
    return _TICKS.format(control=control.key.text)
