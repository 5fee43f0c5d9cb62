"""A check for people: a line a stage as it happens, then the verdict."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kisq.check.report import KeyReport, Report, Stage, StageName, Status, Verdict
from kisq.locale.language import translated
from kisq.locale.sentence import Sentence, joined
from kisq.output.notices import Notices
from kisq.output.stream import Lines
from kisq.wire.escape import printable

_COLOURS = {
    Status.OK: "green",
    Status.FAILED: "red",
    Status.SKIPPED: "dim",
    Status.UNKNOWN: "yellow",
}
_VERDICT_COLOURS = {
    Verdict.BROADCASTING: "bold green",
    Verdict.CLOSED: "bold yellow",
    Verdict.DEGRADED: "bold yellow",
}
_LISTING = "{name}, in {currency}"
_NAME_CELLS = 23
_Judged = tuple[Verdict, str, str, tuple[str, ...]]
_SHARED = {StageName.SETTINGS, StageName.APPROVAL, StageName.HANDSHAKE, StageName.HEARTBEAT}


class CheckText:
    """Shows a check while it runs on ``console``, which writes to ``out``.

    What is waited for goes to ``notices``.
    """

    def __init__(self, console: Console, out: Lines, notices: Notices, *, several: bool) -> None:
        self._console, self._out, self._notices = console, out, notices
        self._several = several
        self._shown: set[tuple[str, StageName]] = set()

    def stage(self, key: str, stage: Stage) -> None:
        """One line: the stage in both languages, how it ended, its seconds, its evidence."""
        key = key if self._several and stage.name not in _SHARED else ""
        if (key, stage.name) in self._shown:
            return
        self._shown.add((key, stage.name))
        self._notices.status("")
        self._print_stage(key, stage)
        self._out.flush()

    def _print_stage(self, key: str, stage: Stage) -> None:
        seconds = "" if stage.seconds is None else f"{stage.seconds:.2f} s"
        evidence = self._clean(joined(" ", (key, stage.detail)) if key else stage.detail)
        head = Text(translated(stage.name.label))
        head.align("left", _NAME_CELLS)
        head.append(f"{stage.status.value:<8}", _COLOURS[stage.status]).append(f"{seconds:>7}  ")
        if not self._console.is_terminal:
            self._print(head.append(evidence))
            return
        line = Table.grid()
        line.add_column(no_wrap=True)
        line.add_column(overflow="fold")
        line.add_row(head, Text(evidence))
        self._console.print(line)

    def waiting(self, sentence: Sentence) -> None:
        """What is being waited for, on a line that goes away."""
        self._notices.status(sentence, self._console.width)

    def close(self, report: Report) -> None:
        """The rest of the stages, then each verdict, its warnings and what to do next.

        Several keys are a row each, and a verdict only where there is something to say.
        """
        self._notices.status("")
        self._several = len(report.keys) > 1
        if self._several:
            self._print(Text(""))
            self._console.print(_table(report.keys))
        else:
            for stage in report.keys[0].stages:
                self.stage("", stage)
        for (verdict, reason, step, warnings), keys in _grouped(report.keys).items():
            names = ", ".join(_named(key, report.keys) for key in keys) if self._several else ""
            if verdict is not Verdict.BROADCASTING or warnings or not self._several:
                self._verdict(verdict, names, reason, step, warnings)
            if not self._several and keys[0].name:
                name = _LISTING.format(name=keys[0].name, currency=keys[0].currency)
                self._print(Text.assemble(("listing: ", "dim"), self._clean(name)))
            if not self._several and keys[0].measured:
                self._print(Text.assemble(("measured: ", "dim"), translated(keys[0].measured)))
        self._out.flush()

    def _verdict(
        self, verdict: Verdict, names: str, reason: str, step: str, warnings: tuple[str, ...]
    ) -> None:
        colour = _VERDICT_COLOURS.get(verdict, "bold red")
        head = f"{translated(verdict.word)}: "
        about = f"{self._clean(names)} " if names and names not in reason else ""
        self._print(Text.assemble("\n", (head, colour), about, self._clean(reason)))
        for warning in warnings:
            self._print(Text.assemble(("warning: ", "yellow"), self._clean(warning)))
        self._print(Text.assemble(("next: ", "bold"), self._clean(step)))

    def _clean(self, text: str) -> str:
        return printable(self._notices.redact(translated(text)))

    def _print(self, text: Text) -> None:
        self._console.print(text, soft_wrap=not self._console.is_terminal)


def _grouped(keys: list[KeyReport]) -> dict[_Judged, list[KeyReport]]:
    """The keys of which the same is to be said, which is said once."""
    groups: dict[_Judged, list[KeyReport]] = {}
    for key in keys:
        judged = (key.verdict, key.reason, key.next_step, tuple(key.warnings))
        groups.setdefault(judged, []).append(key)
    return groups


def _table(keys: list[KeyReport]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for title in (
        "tr_key",
        "판정 verdict",
        "messages",
        "rate/s",
        "첫 데이터 first s",
        "지연 lag s",
    ):
        table.add_column(title)
    if has_names := any(key.name for key in keys):
        table.add_column("종목 listing", no_wrap=True, overflow="ellipsis")
    for key in keys:
        numbers = (key.rate, key.first_data_seconds, key.lag and key.lag.median)
        rate, first, lag = ("–" if n is None else f"{n:.1f}" for n in numbers)
        colour = _VERDICT_COLOURS.get(key.verdict, "bold red")
        word = Text(translated(key.verdict.word), style=colour)
        name = Text(printable(_named(key, keys)))
        listing = (Text(printable(key.name)),) if has_names else ()
        table.add_row(name, word, str(key.messages), rate, first, lag, *listing)
    return table


def _named(key: KeyReport, keys: list[KeyReport]) -> str:
    """The tr_key, and its TR where the same one was checked in several."""
    several = sum(other.tr_key == key.tr_key for other in keys) > 1
    return f"{key.tr_key} {key.tr_id}" if several else key.tr_key
