"""``kisq check``: a live session or a recording → a verdict on stdout."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from kisq.calendar import calendar_of
from kisq.captures import Recording, say_skipped, shown_lines, writing
from kisq.check.course import Course
from kisq.check.recording import check_recording
from kisq.commands import approver_of
from kisq.errors import WrongUsage
from kisq.now import now
from kisq.output.check import CheckJson, CheckText
from kisq.output.console import console
from kisq.output.people import People
from kisq.output.tally import Tally
from kisq.output.target import Target
from kisq.protocol.clock import NO_SESSION, SessionFacts, key_status
from kisq.protocol.frames import Frame, is_known
from kisq.protocol.messages import Key
from kisq.protocol.report import KeyReport, Report
from kisq.protocol.trkey import parse_tr_key
from kisq.settings import Settings

OpenSettings = Callable[[], AbstractContextManager[Settings]]
_PATIENCE_SECONDS, _LISTEN_SECONDS = 20.0, 10.0


def check_keys(
    source: OpenSettings | Recording,
    keys: list[Key],
    times: tuple[float | None, float | None],
    people: People,
    target: Target | None = None,
    *,
    json: bool,
    colour: bool,
) -> int:
    """Check ``keys``, ``times`` being the seconds to wait for data and to listen; the exit code."""
    watcher: CheckJson | CheckText
    out = shown_lines(target)
    if json:
        watcher = CheckJson(out, people.redact)
    else:
        watcher = CheckText(console(out, colour=colour), people, several=len(keys) > 1)
    try:
        with writing(target) as capture:
            record = capture.write_batch if capture else _ignore
            report = _checked(source, keys, times, people, watcher, record)
    except KeyboardInterrupt:
        people.say("the check was ended before its verdict")
        raise
    if json:
        for key in report.keys:
            key.session = _session(key, report, replayed=isinstance(source, Recording))
    watcher.close(report)
    return report.verdict.exit_code


def _checked(
    source: OpenSettings | Recording,
    keys: list[Key],
    times: tuple[float | None, float | None],
    people: People,
    watcher: CheckJson | CheckText,
    record: Callable[[list[Frame]], None],
) -> Report:
    if isinstance(source, Recording):
        tally = Tally(raw=True)
        replay = source.source(tally, people)
        report = check_recording(replay, keys, times, watcher, calendar_of, record)
        say_skipped(tally, people)
        return report
    course = Course(
        source, lambda s: approver_of(s, people), watcher, calendar_of, people.redact, record
    )
    patience, listen = times
    return course.run(keys, patience or _PATIENCE_SECONDS, listen or _LISTEN_SECONDS, people.say)


def _session(key: KeyReport, report: Report, *, replayed: bool) -> SessionFacts:
    """The session of the market of ``key``: now, or at the end of a recording."""
    if replayed and not is_known(report.checked_at):
        return NO_SESSION
    at = datetime.fromtimestamp(report.checked_at, UTC) if replayed else now()
    try:
        parsed = parse_tr_key(key.tr_key, key.tr_id)
    except WrongUsage:
        return NO_SESSION
    return key_status(parsed, at, calendar_of(parsed.market)).session


def _ignore(_: list[Frame]) -> None:
    """Nobody records it."""
