"""A check for people: a line a stage as it happens, then the verdict; and as one JSON object."""

import json
from collections.abc import Callable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kisq.output.people import People
from kisq.output.stream import Lines
from kisq.protocol.escape import Redactor, json_text, printable
from kisq.protocol.frames import is_known, received_at
from kisq.protocol.report import KeyReport, Lag, Name, Report, Stage, Status, Verdict

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
_NAME_CELLS = 23
_Said = tuple[Verdict, str, str, tuple[str, ...]]
_SHARED = {Name.SETTINGS, Name.APPROVAL, Name.HANDSHAKE, Name.HEARTBEAT}


class CheckText:
    """Shows a check while it runs on ``console``; what is waited for goes to ``people``."""

    def __init__(self, console: Console, people: People, *, several: bool) -> None:
        self._console, self._people, self._several = console, people, several
        self._shown: set[tuple[str, Name]] = set()

    def stage(self, key: str, stage: Stage) -> None:
        """One line: the stage in both languages, how it ended, its seconds, its evidence."""
        key = key if self._several and stage.name not in _SHARED else ""
        if (key, stage.name) in self._shown:
            return
        self._shown.add((key, stage.name))
        self._people.status("")
        seconds = "" if stage.seconds is None else f"{stage.seconds:.2f} s"
        evidence = self._clean(f"{key} {stage.detail}" if key else stage.detail)
        head = Text(f"{stage.name.value[1]} {stage.name.value[2]}")
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

    def waiting(self, sentence: str) -> None:
        """What is being waited for, on a line that goes away."""
        self._people.status(sentence, self._console.width)

    def close(self, report: Report) -> None:
        """The rest of the stages, then each verdict, its warnings and what to do next.

        Several keys are a row each, and a verdict only where there is something to say.
        """
        self._people.status("")
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
            if not self._several and keys[0].measured:
                self._print(Text.assemble(("measured: ", "dim"), keys[0].measured))

    def _verdict(
        self, verdict: Verdict, names: str, reason: str, step: str, warnings: tuple[str, ...]
    ) -> None:
        colour = _VERDICT_COLOURS.get(verdict, "bold red")
        head = f"{verdict.word}: "
        about = f"{self._clean(names)} " if names and names not in reason else ""
        self._print(Text.assemble("\n", (head, colour), about, self._clean(reason)))
        for warning in warnings:
            self._print(Text.assemble(("warning: ", "yellow"), self._clean(warning)))
        self._print(Text.assemble(("next: ", "bold"), self._clean(step)))

    def _clean(self, text: str) -> str:
        return printable(self._people.redact(text))

    def _print(self, text: Text) -> None:
        self._console.print(text, soft_wrap=not self._console.is_terminal)


def _grouped(keys: list[KeyReport]) -> dict[_Said, list[KeyReport]]:
    """The keys of which the same is to be said, which is said once."""
    groups: dict[_Said, list[KeyReport]] = {}
    for key in keys:
        said = (key.verdict, key.reason, key.next_step, tuple(key.warnings))
        groups.setdefault(said, []).append(key)
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
    for key in keys:
        numbers = (key.rate, key.first_data_seconds, key.lag and key.lag.median)
        rate, first, lag = ("–" if n is None else f"{n:.1f}" for n in numbers)
        colour = _VERDICT_COLOURS.get(key.verdict, "bold red")
        word = Text(key.verdict.word, style=colour)
        name = Text(printable(_named(key, keys)))
        table.add_row(name, word, str(key.messages), rate, first, lag)
    return table


def _named(key: KeyReport, keys: list[KeyReport]) -> str:
    """The tr_key, and its TR where the same one was checked in several."""
    several = sum(other.tr_key == key.tr_key for other in keys) > 1
    return f"{key.tr_key} {key.tr_id}" if several else key.tr_key


class CheckJson:
    """Shows nothing while a check runs, and one JSON object at its end."""

    def __init__(self, out: Lines, redact: Redactor) -> None:
        self._out, self._redact = out, redact

    def stage(self, key: str, stage: Stage) -> None:
        """Nothing yet."""

    def waiting(self, sentence: str) -> None:
        """Nothing yet."""

    def close(self, report: Report) -> None:
        keys = ",".join(_key(key, self._text) for key in report.keys)
        line = (
            f'{{"verdict":{json_text(report.verdict.word)},"exit":{report.verdict.exit_code},'
            f'"checked_at":{_moment(report.checked_at)},"keys":[{keys}]}}'
        )
        self._out.write(line.encode())
        self._out.flush()

    def _text(self, text: str) -> str:
        """``text`` as JSON, masked before it is encoded."""
        return json_text(self._redact(text))


def _moment(at: float) -> str:
    return f'"{received_at(at)}"' if is_known(at) else "null"


def _key(key: KeyReport, encoded: Callable[[str], str]) -> str:
    values = {
        "tr_id": encoded(key.tr_id),
        "tr_key": encoded(key.tr_key),
        "verdict": encoded(key.verdict.word),
        "reason": encoded(key.reason),
        "next_step": encoded(key.next_step),
        "stages": f"[{','.join(_stage(stage, encoded) for stage in key.stages)}]",
        "messages": str(key.messages),
        "records": str(key.records),
        "rate": _seconds(key.rate),
        "first_data_seconds": _seconds(key.first_data_seconds),
        "longest_gap_seconds": _seconds(key.longest_gap_seconds),
        "lag_seconds": _lag(key.lag),
        "warnings": f"[{','.join(map(encoded, key.warnings))}]",
        "session": json.dumps(key.session, separators=(",", ":")),
    }
    pairs = ",".join(f'"{name}":{value}' for name, value in values.items())
    return f"{{{pairs}}}"


def _stage(stage: Stage, encoded: Callable[[str], str]) -> str:
    return (
        f'{{"stage":"{stage.name.value[0]}","status":"{stage.status.value}",'
        f'"seconds":{_seconds(stage.seconds)},"detail":{encoded(stage.detail)}}}'
    )


def _lag(lag: Lag | None) -> str:
    if lag is None:
        return "null"
    return f'{{"min":{lag.min:.3f},"median":{lag.median:.3f},"max":{lag.max:.3f}}}'


def _seconds(number: float | None) -> str:
    return "null" if number is None else f"{number:.3f}"
