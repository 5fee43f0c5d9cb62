"""One run of ``kisq raw``: messages as they came, on stdout."""

from typing import NamedTuple

from kisq.capture.target import Target
from kisq.cli.live_input import input_of
from kisq.cli.option_texts import MessageKind
from kisq.cli.order_notices import check_notices, hide_personal
from kisq.cli.recordings import Recording
from kisq.cli.sources import run, shown_lines
from kisq.flow import Sink
from kisq.output.counts import Counts
from kisq.output.message_line import short_time
from kisq.output.notices import Notices
from kisq.output.raw import Front, OnlyKind, RawJson, RawLines, RawOnTerminal, full_time
from kisq.output.streams import Streams
from kisq.run.judgement import Limits
from kisq.settings import Settings
from kisq.wire.frames import FrameKind
from kisq.wire.messages import Key


class MessageDisplay(NamedTuple):
    """How messages are shown; ``personal`` data of order notices too."""

    json: bool
    time: bool
    delta: bool
    only: MessageKind | None
    hexed: bool
    colour: bool
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
    """What shows messages, perhaps those of one kind only."""
    sink = _sink_of_all(display, streams)
    if display.only is None:
        return sink
    return OnlyKind(sink, FrameKind(display.only), streams.counts)


def _sink_of_all(display: MessageDisplay, streams: Streams) -> Sink:
    """What shows messages: NDJSON, lines for a person at a terminal, or bare lines."""
    out = streams.out
    if display.json:
        return RawJson(out, streams.counts)
    clock = None
    if display.time:
        clock = full_time
    elif out.is_tty and not display.delta:
        clock = short_time
    front = Front(clock, delta=display.delta)
    if not out.is_tty:
        return RawLines(out, streams.counts, front, hexed=display.hexed)
    colour = display.colour and out.takes_colour
    return RawOnTerminal(out, streams.counts, front, colour=colour, hexed=display.hexed)
