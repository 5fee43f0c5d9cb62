"""TRs, as ``spec`` has them."""

from datetime import date, timedelta

from kisq.explain.explanation import (
    CODE_COLUMNS,
    FIELD_COLUMNS,
    Column,
    Explanation,
    Fact,
    Row,
    Table,
)
from kisq.explain.field import field_row
from kisq.locale.sentence import Sentence, joined
from kisq.spec.access import ACCESS
from kisq.spec.fields import Shape, Tr, Width
from kisq.spec.key_forms import FORMS
from kisq.spec.tables import TRS, codes_of
from kisq.wire.clocks import in_words

_LAYOUT_COLUMNS = (
    Column("width", Sentence("number of fields")),
    Column("since", Sentence("since")),
    Column("unnamed", Sentence("without a name")),
    Column("removed", Sentence("fields that the newest does not have")),
)
_FIELDS = Sentence("fields in wire order")
_LAYOUTS = Sentence("layouts, the newest last")
_CODES = Sentence("codes of its fields")
_NO_LEVELS = {Shape.TRADE: Sentence("0: trades"), Shape.RECORD: Sentence("0: a record of fields")}
_NO_PAGE = Sentence("without a number")
_OFFERED = Sentence("offered")
_NOT_OFFERED = Sentence("not offered")
_MOCK_OFFERED = Sentence("documented as offered")
_MOCK_NOT_OFFERED = Sentence("documented as not offered; the subscription is accepted nevertheless")
_NO_TRADES = Sentence("none")
_THESE_TRADES = Sentence("these are trades")
_NO_LIVE = Sentence("nothing is known")
_NO_EXAMPLES = Sentence("not known")
_REAL_TIME = Sentence("real time")
_FORM = Sentence("{form}, for example {example}")
_MARKETS = Sentence("{prefix} + {markets} ({access})")
_SURPLUS = Sentence("KIS appends fields without warning; kisq keeps them as surplus.")
_SUMS = Sentence("The totals equal the sums of the levels.")
_UNFINISHED = Sentence(
    "Prices are not finished decimals: multiply each by 10 to the power of sCalcDesz, which stands "
    "in KIS's file ffcode.mst. kisq shows them as they come."
)
_NOTICE = Sentence(
    "It comes encrypted (AES-256-CBC, base64) with the key of the session's subscribe answer; "
    "`kisq watch` decrypts it if the extra `notices` is installed."
)


def explain_tr(name: str) -> Explanation:
    """A TR of ``TRS``: its fields in wire order, where it is offered, and its keys."""
    tr = TRS[name]
    rows = [field_row(number, field) for number, field in enumerate(tr.fields, 1)]
    tables = [Table("fields", _FIELDS, FIELD_COLUMNS, rows)]
    if len(tr.widths) > 1:
        layouts = [_layout_row(width, tr) for width in tr.widths]
        tables.append(Table("layouts", _LAYOUTS, _LAYOUT_COLUMNS, layouts))
    codes = _code_rows(tr)
    if codes:
        tables.append(Table("codes", _CODES, CODE_COLUMNS, codes))
    return Explanation("tr", _tr_facts(tr), tables, _tr_notes(tr))


def _tr_facts(tr: Tr) -> list[Fact]:
    facts = [
        Fact("tr_id", Sentence("TR"), tr.id),
        Fact("korean", Sentence("Korean name"), tr.korean),
        Fact("english", Sentence("English name"), tr.english, is_english=True),
        Fact("page", Sentence("KIS's page"), tr.page or None, tr.page or _NO_PAGE),
        Fact("on_real", Sentence("real server"), tr.on_real, _on_real(tr)),
        Fact("on_mock", Sentence("mock server"), tr.on_mock, _on_mock(tr)),
        Fact("keys", Sentence("keys"), _keys(tr)),
    ]
    if tr.levels:
        facts.append(delay_fact(tr.delay_minutes))
    facts += [
        Fact("levels", Sentence("levels per side"), tr.levels or None, _levels(tr)),
        Fact("trades", Sentence("trades of its keys"), tr.trades or None, _trades(tr)),
        Fact("width", Sentence("fields per record"), len(tr.fields)),
        Fact("live", Sentence("live frames"), tr.live or None, tr.live or _NO_LIVE),
        Fact("examples", Sentence("examples"), tr.examples or None, tr.examples or _NO_EXAMPLES),
    ]
    return facts


def _layout_row(width: Width, tr: Tr) -> Row:
    since = None
    if width.since != date.min:
        since = width.since.isoformat()
    newest = {field.name for field in tr.fields}
    removed = [field.name for field in width.fields if field.name not in newest]
    return len(width.fields), since, width.unnamed or None, ", ".join(removed) or None


def _code_rows(tr: Tr) -> list[Row]:
    rows: list[Row] = []
    for field in tr.fields:
        for code, words in codes_of(tr.id, field.name).items():
            rows.append((field.name, code, words.korean, words.english))
    return rows


def _tr_notes(tr: Tr) -> list[str]:
    notes: list[str] = [_SURPLUS]
    if tr.totals_add_up:
        notes.append(_SUMS)
    if tr.is_unfinished:
        notes.append(_UNFINISHED)
    if tr.is_notice:
        notes.append(_NOTICE)
    return notes


def delay_fact(minutes: int) -> Fact:
    """How late data are."""
    shown = _REAL_TIME
    if minutes:
        shown = in_words(timedelta(minutes=minutes))
    return Fact("delay_minutes", Sentence("delay"), minutes, shown)


def _levels(tr: Tr) -> str:
    if tr.levels:
        return str(tr.levels)
    return _NO_LEVELS[tr.shape]


def _trades(tr: Tr) -> str:
    if tr.trades:
        return tr.trades
    if tr.shape is Shape.TRADE:
        return _THESE_TRADES
    return _NO_TRADES


def _on_real(tr: Tr) -> Sentence:
    if tr.on_real:
        return _OFFERED
    return _NOT_OFFERED


def _on_mock(tr: Tr) -> Sentence:
    if tr.on_mock:
        return _MOCK_OFFERED
    return _MOCK_NOT_OFFERED


def _keys(tr: Tr) -> list[str]:
    """The keys that go with ``tr``; those of one prefix and one access in one text."""
    texts: list[str] = []
    markets: dict[tuple[str, Sentence], list[str]] = {}
    for form in tr.keys:
        prefix, plus, codes = form.partition("+")
        if not plus:
            key_form = FORMS[form]
            texts.append(_FORM.format(form=key_form.says, example=key_form.example))
            continue
        for code in codes.split(","):
            markets.setdefault((prefix, ACCESS[code, prefix]), []).append(code)
    for (prefix, access), market_codes in markets.items():
        texts.append(_MARKETS.format(prefix=prefix, markets=" ".join(market_codes), access=access))
    return texts


def english(tr_id: str) -> str:
    """The English name of a TR; empty if kisq does not know it."""
    if tr_id in TRS:
        return TRS[tr_id].english
    return ""


def named_tr(tr_id: str) -> str:
    """A TR with its name, if that is known."""
    if tr_id in TRS:
        return joined("  ", (tr_id, TRS[tr_id].english))
    return tr_id
