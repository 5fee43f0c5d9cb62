"""One run of ``kisq raw``: messages as they came, on stdout."""

from dataclasses import dataclass

from kisq.capture.target import Target
from kisq.cli.live_input import input_of
from kisq.cli.order_notices import check_notices, hide_personal
from kisq.cli.recordings import Recording
from kisq.cli.sources import run
from kisq.cli.writing import shown_lines
from kisq.flow import Sink
from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.output.raw import RawJson, RawLines
from kisq.output.streams import Streams
from kisq.run.judgement import Limits
from kisq.settings import Settings
from kisq.wire.messages import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDisplay:
    """How messages are shown; ``personal`` data of order notices too."""

    json: bool
    time: bool
    personal: bool


def show_messages(
    source: Settings | Recording,
    keys: list[Key],
    limits: Limits,
    display: MessageDisplay,
    notices: Notices,
    target: Target | None,
) -> int:
    """Print messages as they came until a limit or an interrupt; gives the exit code."""
    streams = Streams(shown_lines(target), notices, Counts(raw=True))
    check_notices(source, keys, notices, sends_all=True)
    hide_personal(keys, notices, streams.out, personal=display.personal)
    run_input = input_of(source, keys, limits, streams, screen=False)
    return run(run_input, _sink(display, streams), limits, streams, target)


def _sink(display: MessageDisplay, streams: Streams) -> Sink:
    out = streams.out
    if display.json:
        return RawJson(out, streams.counts)
    return RawLines(out, streams.counts, terminal=out.is_tty, time=display.time)
