"""The figures of several keys as a table, a row each, or two keys side by side."""

from itertools import zip_longest

from rich.table import Table
from rich.text import Text

from kisq.check.report import KeyReport, Verdict
from kisq.locale.sentence import Sentence, translated
from kisq.output.styles import CAUTION
from kisq.wire.escape import printable

_VERDICT_COLOURS = {
    Verdict.BROADCASTING: "bold green",
    Verdict.CLOSED: CAUTION,
    Verdict.DEGRADED: CAUTION,
}
_OTHER_VERDICT = "bold red"
_NOTHING = "–"
_KEY = Sentence("key")
_VERDICT = Sentence("verdict")
_MESSAGES = Sentence("messages")
_RATE = Sentence("rate/s")
_FIRST = Sentence("first s")
_LAG = Sentence("lag s")
_LISTING = Sentence("listing")


def verdict_colour(verdict: Verdict) -> str:
    """The style of a verdict, as rich takes it."""
    return _VERDICT_COLOURS.get(verdict, _OTHER_VERDICT)


def name_of(key: KeyReport, keys: list[KeyReport]) -> str:
    """The tr_key, with its TR if the same one was checked in several."""
    is_in_several = sum(other.tr_key == key.tr_key for other in keys) > 1
    if is_in_several:
        return f"{key.tr_key} {key.tr_id}"
    return key.tr_key


def key_table(keys: list[KeyReport]) -> Table:
    """A row for each key: its verdict, its figures and, if known, its listing."""
    table = _empty_table()
    table.add_column(translated(_KEY), no_wrap=True)
    table.add_column(translated(_VERDICT), no_wrap=True)
    for heading in (_MESSAGES, _RATE, _FIRST, _LAG):
        table.add_column(translated(heading), justify="right", no_wrap=True)
    if any(key.name for key in keys):
        table.add_column(translated(_LISTING), no_wrap=True, overflow="ellipsis")
    for key in keys:
        cells = [
            Text(printable(name_of(key, keys))),
            Text(translated(key.verdict.word), verdict_colour(key.verdict)),
            Text(str(key.messages)),
            Text(_figure(key.rate)),
            Text(_figure(key.first_data_seconds)),
            Text(_lag(key)),
            Text(printable(translated(key.name))),
        ]
        table.add_row(*cells[: len(table.columns)])
    return table


def short_table(keys: list[KeyReport]) -> Table:
    """Rate and lag of the keys that have data, two keys side by side."""
    table = _empty_table()
    for _ in range(2):
        table.add_column(translated(_KEY), no_wrap=True)
        table.add_column(translated(_RATE), justify="right", no_wrap=True)
        table.add_column(translated(_LAG), justify="right", no_wrap=True)
    with_data = [key for key in keys if key.messages]
    half = (len(with_data) + 1) // 2
    for left, right in zip_longest(with_data[:half], with_data[half:]):
        cells = _short_cells(left, keys)
        if right:
            cells += _short_cells(right, keys)
        table.add_row(*cells)
    return table


def _short_cells(key: KeyReport, keys: list[KeyReport]) -> list[Text]:
    name = Text(printable(name_of(key, keys)), verdict_colour(key.verdict))
    return [name, Text(_figure(key.rate)), Text(_lag(key))]


def _empty_table() -> Table:
    return Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")


def _lag(key: KeyReport) -> str:
    if key.lag is None:
        return _NOTHING
    return _figure(key.lag.median)


def _figure(value: float | None) -> str:
    if value is None:
        return _NOTHING
    return f"{value:.1f}"
