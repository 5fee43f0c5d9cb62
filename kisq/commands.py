"""What each command does, its options read: build source and sinks, and run them."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO, cast

from kisq.captures import REPLAY, Recording, shown_lines, writing
from kisq.output.people import People
from kisq.output.stream import Lines, TextLines, stdout_lines
from kisq.output.tally import Tally
from kisq.protocol.escape import json_text, mask
from kisq.protocol.frames import received_at
from kisq.protocol.messages import Key
from kisq.protocol.silence import silence
from kisq.run import Limits, Run, Sink
from kisq.settings import MOCK, SIM, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from kisq.feed.approval import Approver
    from kisq.output.books import BookSink
    from kisq.output.capture import CaptureFile
    from kisq.simulator.talk import Options, Played


_MARKERS = {SIM: "시뮬레이터 SIMULATED", MOCK: "모의 MOCK", REPLAY: "재생 REPLAY"}


@dataclass(frozen=True, slots=True)
class Look:
    """How ``watch`` shows order books."""

    json: bool
    depth: int
    palette: str
    colour: bool


def approve(settings: Settings, people: People, *, show: bool, json: bool) -> None:
    """Issue an approval key and print it, masked unless ``show``."""
    approver = approver_of(settings, people)
    people.detail(f"POST {settings.rest_url}")
    approval = approver.renew()
    key, masked = approval.key, mask(approval.key)
    issued, expires = received_at(approval.issued_at), received_at(approval.expires_at)
    if json:
        shown = json_text(key) if show else "null"
        line = (
            f'{{"approval_key":{shown},"masked":{json_text(masked)},'
            f'"environment":"{settings.environment}",'
            f'"issued_at":"{issued}","expires_at":"{expires}"}}'
        )
    elif show:
        line = key
    else:
        line = (
            f"environment   {settings.environment}\n"
            f"host          {settings.rest_url}\n"
            f"approval key  {masked} (masked; --show shows it)\n"
            f"issued at     {issued[:19]} KST\n"
            f"valid until   {expires[:19]} KST, for new sessions"
        )
    out = stdout_lines()
    out.write(line.encode())
    out.flush()


def watch(
    settings: Settings | Recording,
    keys: list[Key],
    limits: Limits,
    look: Look,
    people: People,
    write: str | None = None,
) -> int:
    """Show order books until a limit or an interrupt; gives the exit code."""
    from kisq.output.books import Decoding

    tally = Tally("order book", limits.count)
    out = shown_lines(write)
    foot = settings.foot if isinstance(settings, Recording) else str
    shown = _book_sink(out, limits, look, tally, people, settings.environment, foot)
    books = Decoding(shown, tally, people)
    with writing(write, settings, json=look.json) as capture:
        screen = out.terminal and not look.json
        return _listen(settings, keys, limits, books, capture, out, tally, people, screen=screen)


def raw(
    settings: Settings | Recording,
    keys: list[Key],
    limits: Limits,
    people: People,
    write: str | None = None,
    *,
    json: bool,
    time: bool,
) -> int:
    """Print messages as they came until a limit or an interrupt; gives the exit code."""
    from kisq.output.raw import RawJson, RawLines

    tally, out = Tally("data message", limits.count), shown_lines(write)
    sink: Sink = (
        RawJson(out, tally) if json else RawLines(out, tally, terminal=out.is_tty, time=time)
    )
    with writing(write, settings, json=json) as capture:
        return _listen(settings, keys, limits, sink, capture, out, tally, people)


def sim(options: "Options | None", people: People, played: "Played | None" = None) -> None:
    """Serve the simulator, broadcasting what is ``played`` if that is given, until an interrupt."""
    from kisq.prepare import start_simulator

    assert options is not None  # noqa: S101 - only --sim false gives None
    with start_simulator(options, people, played) as server:
        out = stdout_lines()
        out.write(f"KIS_REST_URL={server.rest_url}\nKIS_WS_URL={server.ws_url}".encode())
        out.flush()
        people.say(
            "simulating KIS until Ctrl-C; let the client have these two, and as KIS_APP_KEY and "
            "KIS_APP_SECRET any text, the same pair each time"
        )
        threading.Event().wait()


def _listen(
    settings: Settings | Recording,
    keys: list[Key],
    limits: Limits,
    sink: Sink,
    capture: "CaptureFile | None",
    out: Lines,
    tally: Tally,
    people: People,
    *,
    screen: bool = False,
) -> int:
    # The capture comes first: it has what was received even where it cannot be shown.
    sinks: list[Sink] = [capture, sink] if capture else [sink]
    if isinstance(settings, Recording):
        return settings.play(limits, sinks, out, tally, people, screen=screen)
    from kisq.calendar import calendar_of
    from kisq.feed.backoff import Backoff
    from kisq.feed.live import LiveFeed
    from kisq.output.waiting import Waiting
    from kisq.prepare import warn_of_mock

    warn_of_mock(settings, keys, people)
    people.detail(f"approval at {settings.rest_url}, WebSocket at {settings.ws_url}")
    feed = LiveFeed(
        settings.ws_url,
        keys,
        approver_of(settings, people),
        people.say,
        people.redact,
        settings.custtype,
        Backoff(limits.reconnects),
    )

    def hint() -> str:
        """Why it is silent, worked out only where it is: the calendar takes its time to load."""
        found = silence(*keys[0], datetime.now(UTC), calendar_of, mock=settings.environment == MOCK)
        return f"{found.reason} {found.next_step}"

    sinks.append(Waiting(people, tally, hint))
    return Run(feed, sinks, out, tally, people).until(limits, hint)


def approver_of(settings: Settings, people: People) -> "Approver":
    """What issues the approval key of a run, or has the one that was given."""
    from kisq.feed.approval import Approver

    return Approver(
        settings.rest_url,
        settings.app_key,
        settings.app_secret,
        settings.approval_key,
        people.redact.add,
    )


def _book_sink(
    out: Lines,
    limits: Limits,
    look: Look,
    tally: Tally,
    people: People,
    environment: str,
    foot: "Callable[[], str]",
) -> "BookSink":
    if look.json:
        from kisq.output.ndjson import BookJson

        return BookJson(out, look.depth)
    if not out.terminal and limits.count != 1:
        from kisq.output.lines import BookLines

        return BookLines(out)
    from kisq.output.ladder import Palette
    from kisq.output.screen import LadderScreen, WholeBook

    palette = Palette(look.palette)
    if out.terminal:
        marker = _MARKERS.get(environment, "")
        return LadderScreen(
            console(out, colour=look.colour), people, tally, palette, look.depth, marker, foot
        )
    return WholeBook(console(out, colour=look.colour), palette, look.depth)


def console(out: Lines, *, colour: bool) -> "Console":
    """A rich console on ``out``, a terminal only where that is one that can be steered."""
    from rich.console import Console

    file = TextLines(out, out.encoding, terminal=out.terminal)
    no_color = None if colour else True
    return Console(
        file=cast("TextIO", file), force_terminal=out.terminal, no_color=no_color, highlight=False
    )
