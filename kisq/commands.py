"""What each command does, its options read: build source and sinks, and run them."""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kisq.captures import REPLAY, Recording, shown_lines, writing
from kisq.flow import Sink
from kisq.now import now
from kisq.output.console import console
from kisq.output.people import People
from kisq.output.stream import Lines, stdout_lines
from kisq.output.tally import Tally
from kisq.output.target import Target
from kisq.protocol.escape import json_text, mask
from kisq.protocol.frames import received_at
from kisq.protocol.matching import Asked
from kisq.protocol.messages import Key
from kisq.protocol.silence import NOT_ANSWERED, silence
from kisq.run import Input, Limits, Run
from kisq.settings import MOCK, SIM, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from kisq.feed.approval import Approver
    from kisq.output.capture import CaptureFile
    from kisq.output.decoding import RecordSink
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
            f"host          {people.redact(settings.rest_url)}\n"
            f"approval key  {masked} (masked; --show shows it)\n"
            f"issued at     {issued[:19]} KST\n"
            f"valid until   {expires[:19]} KST, for new sessions"
        )
    out = stdout_lines()
    out.write(line.encode())
    out.flush()


def watch(
    origin: Settings | Recording,
    keys: list[Key],
    limits: Limits,
    look: Look,
    people: People,
    target: Target | None = None,
) -> int:
    """Show order books and trades until a limit or an interrupt; gives the exit code."""
    from kisq.output.decoding import Decoding

    tally, out = Tally(limit=limits.count), shown_lines(target)
    screen = out.terminal and not look.json
    given = _input(origin, keys, limits, out, tally, people, screen=screen)
    marker = _MARKERS.get(origin.environment, "")
    shown = _record_sink(out, limits, look, tally, people, marker, keys, given)
    press = getattr(shown, "press", None)  # only a live screen has it
    with writing(target) as capture:
        decoding = Decoding(
            shown, tally, people, _asked(origin, keys), tells=not given.source.recorded
        )
        return _run(given, capture, decoding, limits, out, tally, people, press)


def _asked(origin: Settings | Recording, keys: list[Key]) -> Asked | None:
    """What is asked for, None for all that a recording holds."""
    return origin.asked if isinstance(origin, Recording) else Asked(keys)


def raw(
    origin: Settings | Recording,
    keys: list[Key],
    limits: Limits,
    people: People,
    target: Target | None = None,
    *,
    json: bool,
    time: bool,
) -> int:
    """Print messages as they came until a limit or an interrupt; gives the exit code."""
    from kisq.output.raw import RawJson, RawLines

    tally, out = Tally(raw=True, limit=limits.count), shown_lines(target)
    given = _input(origin, keys, limits, out, tally, people, screen=False)
    shown: Sink = (
        RawJson(out, tally) if json else RawLines(out, tally, terminal=out.is_tty, time=time)
    )
    with writing(target) as capture:
        return _run(given, capture, shown, limits, out, tally, people)


def sim(options: "Options", people: People, played: "Played | None" = None) -> None:
    """Serve the simulator, broadcasting what is ``played`` if that is given, until an interrupt."""
    from kisq.prepare import start_simulator

    with start_simulator(options, people, played) as server:
        out = stdout_lines()
        out.write(f"KIS_REST_URL={server.rest_url}\nKIS_WS_URL={server.ws_url}".encode())
        out.flush()
        people.say(
            "simulating KIS until Ctrl-C; let the client have these two, and as KIS_APP_KEY and "
            "KIS_APP_SECRET any text, the same pair each time"
        )
        threading.Event().wait()


def _input(
    origin: Settings | Recording,
    keys: list[Key],
    limits: Limits,
    out: Lines,
    tally: Tally,
    people: People,
    *,
    screen: bool,
) -> Input:
    if isinstance(origin, Recording):
        return origin.input(limits, out, tally, people, screen=screen)
    from kisq.calendar import calendar_of
    from kisq.feed.backoff import Backoff
    from kisq.feed.live import LiveFeed
    from kisq.output.waiting import Waiting
    from kisq.prepare import warn_of_mock

    warn_of_mock(origin, keys, people)
    people.detail(f"approval at {origin.rest_url}, WebSocket at {origin.ws_url}")
    feed = LiveFeed(
        origin.ws_url,
        keys,
        approver_of(origin, people),
        people.say,
        people.redact,
        origin.custtype,
        Backoff(limits.reconnects),
    )

    def hint() -> str:
        """Why it is silent, worked out only where it is: the calendar takes its time to load."""
        mock, found = origin.environment == MOCK, NOT_ANSWERED
        if feed.worked:
            found = silence(*keys[0], now(), calendar_of, mock=mock)
        return f"{found.reason} {found.next_step}"

    return Input(feed, Waiting(people, tally, hint), hint)


def _run(
    given: Input,
    capture: "CaptureFile | None",
    shown: Sink,
    limits: Limits,
    out: Lines,
    tally: Tally,
    people: People,
    press: "Callable[[str], None] | None" = None,
) -> int:
    from kisq.output.keyboard import listening

    with listening(given.press, press) as poll:
        run = Run(given.source, [shown, given.status], out, tally, people, poll, capture)
        return run.until(limits, given.hint)


def approver_of(settings: Settings, people: People) -> "Approver":
    """What issues the approval key of a run, or has the one that was given."""
    from kisq.feed.approval import Approver

    return Approver(
        settings.rest_url,
        settings.app_key,
        settings.app_secret,
        settings.approval_key,
        people.redact.add,
        settings.env_file,
    )


def _record_sink(
    out: Lines,
    limits: Limits,
    look: Look,
    tally: Tally,
    people: People,
    marker: str,
    keys: list[Key],
    given: Input,
) -> "RecordSink":
    if look.json:
        from kisq.output.ndjson import RecordJson

        return RecordJson(out, look.depth)
    if not out.terminal and limits.count != 1:
        from kisq.output.lines import RecordLines

        return RecordLines(out)
    from kisq.output.ladder import Palette

    screen, palette = console(out, colour=look.colour), Palette(look.palette)
    if not out.terminal:
        from kisq.output.whole import WholeBook

        return WholeBook(screen, palette, look.depth)
    from kisq.output.screen import LadderScreen

    return LadderScreen(
        screen,
        people,
        tally,
        palette,
        look.depth,
        marker,
        given.foot,
        keys=keys,
        refusals=given.source.refusals,
    )
