"""``kisq check``: from its source to the verdict on stdout."""

from datetime import UTC, datetime

from kisq.capture.target import Target
from kisq.check.json_report import CheckJson
from kisq.check.report import KeyReport, Report
from kisq.check.text_report import CheckText
from kisq.cli.check_session import CheckOptions, LiveCheck, OpenSettings, RecordedCheck
from kisq.cli.listing_names import ListingNames
from kisq.cli.order_notices import hide_personal
from kisq.cli.recordings import Recording
from kisq.cli.sources import shown_lines, writing
from kisq.errors import Interrupted, OutputFailed, WrongKey
from kisq.hours.clock import NO_SESSION, SessionFacts, key_status
from kisq.hours.holidays import calendar_of
from kisq.locale.sentence import Sentence
from kisq.now import now
from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.output.streams import Streams, console
from kisq.wire.frames import is_known
from kisq.wire.messages import Key
from kisq.wire.trkey import parse_tr_key

_ENDED = Sentence("the check was ended before its verdict")


def check_keys(
    source: OpenSettings | Recording,
    keys: list[Key],
    options: CheckOptions,
    notices: Notices,
    target: Target | None = None,
) -> int:
    """Check ``keys``, show the verdict, and record in ``target``; gives the exit code."""
    out = shown_lines(target)
    streams = Streams(out, notices, Counts(raw=True))
    watcher = _watcher(options, streams)
    hide_personal(keys, notices, out, personal=options.personal)
    check = _check(source, keys, options, watcher, streams)
    try:
        with writing(target, notices.personal.clean) as capture:
            report = check.report(capture)
    except Interrupted:
        notices.say(_ENDED)
        raise
    if report is None:
        notices.say(_ENDED)
        return check.outcome.exit_code
    if check.outcome.quiet:
        return 0
    _name_keys(report, notices)
    if options.json:
        _add_sessions(report, recorded=isinstance(check, RecordedCheck))
    out.deadline = None
    watcher.close(report)
    if isinstance(check.outcome.failure, OutputFailed):
        raise check.outcome.failure
    return report.verdict.exit_code


def _watcher(options: CheckOptions, streams: Streams) -> CheckJson | CheckText:
    out = streams.out
    notices = streams.notices
    if options.json:
        return CheckJson(out, notices.redact)
    return CheckText(console(out, colour=options.colour), out, notices)


def _check(
    source: OpenSettings | Recording,
    keys: list[Key],
    options: CheckOptions,
    watcher: CheckJson | CheckText,
    streams: Streams,
) -> LiveCheck | RecordedCheck:
    if isinstance(source, Recording):
        return RecordedCheck(source, keys, options, watcher, streams)
    return LiveCheck(source, keys, options, watcher, streams)


def _name_keys(report: Report, notices: Notices) -> None:
    """Put the names of the listings into ``report``, as far as they are known."""
    names = ListingNames(notices)
    for key in report.keys:
        listing = names.listing((key.tr_id, key.tr_key))
        if listing:
            key.name = listing.name
            key.currency = listing.currency


def _add_sessions(report: Report, *, recorded: bool) -> None:
    """Put the sessions of the markets into ``report``: now, or at the end of a recording."""
    at: datetime | None = None
    if not recorded:
        at = now()
    elif is_known(report.checked_at):
        at = datetime.fromtimestamp(report.checked_at, UTC)
    for key in report.keys:
        key.session = _session(key, at)


def _session(key: KeyReport, at: datetime | None) -> SessionFacts:
    if at is None:
        return NO_SESSION
    try:
        parsed = parse_tr_key(key.tr_key, key.tr_id)
    except WrongKey:
        return NO_SESSION
    return key_status(parsed, at, calendar_of(parsed.market)).session
