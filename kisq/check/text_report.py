"""A check for people: the verdict first, then its evidence."""

from typing import NamedTuple

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kisq.check.grouping import Group, counts_of, grouped
from kisq.check.key_table import key_table, name_of, short_table, verdict_colour
from kisq.check.report import KeyReport, Report, Stage, StageName, Status, Verdict
from kisq.locale.sentence import Sentence, joined, translated
from kisq.output.notices import Notices
from kisq.output.stream import Lines
from kisq.output.styles import REMARK
from kisq.wire.escape import printable

_COLOURS = {
    Status.OK: "green",
    Status.FAILED: "red",
    Status.SKIPPED: "dim",
    Status.UNKNOWN: REMARK,
}
_STATUSES = {
    Status.OK: Sentence("ok"),
    Status.FAILED: Sentence("failed"),
    Status.SKIPPED: Sentence("skipped"),
    Status.UNKNOWN: Sentence("unknown"),
}
_STAGE = Sentence("{stage} {status}")
_STAGE_SECONDS = Sentence("{stage} {status} ({seconds:.2f} s)")
_SECONDS = Sentence("{seconds:.2f} s")
_KEYS = Sentence("{number} keys: {counts}")
_COUNT = Sentence("{verdict} {number}")
_NAMES = Sentence("{names} (details of {key})")
_LISTING_TEXT = Sentence("{name}, in {currency}")
_WARNING = Sentence("warning")
_NEXT = Sentence("next")
_LISTING = Sentence("listing")
_MEASURED = Sentence("measured")
_SESSION = Sentence("session")
_SHARED = (StageName.SETTINGS, StageName.APPROVAL, StageName.HANDSHAKE, StageName.HEARTBEAT)
_NAME_CELLS = 18
_STATUS_CELLS = 8
_SECONDS_CELLS = 7
_INDENT = 2
_TWO_SCREENS = 48  # lines
_AROUND_TABLE = 2  # an empty line and the headings


class Block(NamedTuple):
    """A paragraph, and by how many cells it is indented."""

    text: Text
    indent: int = 0


class CheckText:
    """Shows how far a check has come, and at its end the report on ``console``.

    The console writes to ``out``; progress goes to ``notices``, on a line that goes away.
    """

    def __init__(self, console: Console, out: Lines, notices: Notices) -> None:
        self._console = console
        self._out = out
        self._notices = notices
        self._last_stage = Sentence("")

    def stage(self, key: str, stage: Stage) -> None:
        """Show that a stage ended."""
        self._last_stage = joined(" ", filter(None, (key, _stage_text(stage))))
        self._notices.status(self._last_stage, self._console.width)

    def waiting(self, sentence: Sentence) -> None:
        """Show what is being waited for, behind the last stage."""
        progress = joined("; ", filter(None, (self._last_stage, sentence)))
        self._notices.status(progress, self._console.width)

    def close(self, report: Report) -> None:
        """Write the report."""
        self._notices.status("")
        if len(report.keys) == 1:
            self._write_one(report.keys[0])
        else:
            self._write_several(report)
        self._out.flush()

    def _write_one(self, key: KeyReport) -> None:
        """The verdict with its reason and next step, then the figures and the stages."""
        blocks = [self._head(key.verdict, "", key.reason), *self._advice(key, indent=0)]
        if key.name:
            listing = _LISTING_TEXT.format(name=key.name, currency=key.currency)
            blocks.append(self._labelled(_LISTING, "dim", listing))
        if key.measured:
            blocks.append(self._labelled(_MEASURED, "dim", key.measured))
        for block in blocks:
            self._print(block)
        self._console.print()
        for stage in key.stages:
            self._write_stage(stage)

    def _write_several(self, report: Report) -> None:
        """How many keys have which verdict, what is to be said of them, and their figures."""
        keys = report.keys
        blocks = [self._summary(report)]
        for group in grouped(keys):
            if group.example.verdict is not Verdict.BROADCASTING or group.example.warnings:
                blocks += self._group(group, keys)
        shared = [_stage_text(stage) for stage in keys[0].stages if stage.name in _SHARED]
        blocks.append(self._labelled(_SESSION, "dim", joined(", ", shared)))
        for block in blocks:
            self._print(block)
        table = key_table(keys)
        if self._lines(blocks) + len(keys) + _AROUND_TABLE > _TWO_SCREENS:
            table = short_table(keys)
        if table.rows:
            self._console.print()
            self._console.print(table)

    def _summary(self, report: Report) -> Block:
        counts = [_COUNT.format(verdict=v.word, number=n) for v, n in counts_of(report.keys)]
        summary = _KEYS.format(number=len(report.keys), counts=joined(", ", counts))
        return Block(Text(self._clean(summary), verdict_colour(report.verdict)))

    def _group(self, group: Group, keys: list[KeyReport]) -> list[Block]:
        """What is to be said of the keys of a group, once."""
        example = group.example
        names = ", ".join(name_of(key, keys) for key in group.keys)
        if not group.is_alike:
            names = _NAMES.format(names=names, key=name_of(example, keys))
        elif names in example.reason:
            names = ""
        head = self._head(example.verdict, names, example.reason)
        return [head, *self._advice(example, indent=_INDENT)]

    def _advice(self, key: KeyReport, indent: int) -> list[Block]:
        warnings = [self._labelled(_WARNING, REMARK, text, indent) for text in key.warnings]
        return [*warnings, self._labelled(_NEXT, "bold", key.next_step, indent)]

    def _head(self, verdict: Verdict, names: str, reason: Sentence) -> Block:
        text = joined(": ", filter(None, (names, reason)))
        return self._labelled(verdict.word, verdict_colour(verdict), text)

    def _labelled(self, label: Sentence, style: str, text: str, indent: int = 0) -> Block:
        label_text = (f"{translated(label)}: ", style)
        return Block(Text.assemble(label_text, self._clean(text)), indent)

    def _lines(self, blocks: list[Block]) -> int:
        """How many lines the blocks have; lines are wrapped on a terminal only."""
        if not self._console.is_terminal:
            return len(blocks)
        width = self._console.width
        return sum(len(block.text.wrap(self._console, width - block.indent)) for block in blocks)

    def _print(self, block: Block) -> None:
        if self._console.is_terminal:
            self._console.print(Padding(block.text, (0, 0, 0, block.indent)))
        else:
            self._console.print(" " * block.indent, block.text, sep="", soft_wrap=True)

    def _clean(self, text: str) -> str:
        return printable(self._notices.redact(translated(text)))

    def _write_stage(self, stage: Stage) -> None:
        """One line: the stage, how it ended, its seconds, its evidence."""
        seconds = ""
        if stage.seconds is not None:
            seconds = translated(_SECONDS.format(seconds=stage.seconds))
        head = Text(translated(stage.name.label))
        head.align("left", _NAME_CELLS)
        status = Text(translated(_STATUSES[stage.status]), _COLOURS[stage.status])
        status.align("left", _STATUS_CELLS)
        head.append_text(status).append(f"{seconds:>{_SECONDS_CELLS}}  ")
        evidence = self._clean(stage.detail)
        if not self._console.is_terminal:
            self._console.print(head.append(evidence), soft_wrap=True)
            return
        line = Table.grid()
        line.add_column(no_wrap=True)
        line.add_column(overflow="fold")
        line.add_row(head, Text(evidence))
        self._console.print(line)


def _stage_text(stage: Stage) -> Sentence:
    label = stage.name.label
    status = _STATUSES[stage.status]
    if stage.seconds is None:
        return _STAGE.format(stage=label, status=status)
    return _STAGE_SECONDS.format(stage=label, status=status, seconds=stage.seconds)
