"""Recordings that tests make: frames at given seconds, books with given clocks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from conftest import captured
from helpers.records import with_field
from player import ACCEPTED

from kisq.wire.frames import (
    CONTROL,
    DATA,
    IN,
    OPEN,
    OUT,
    PINGPONG,
    Direction,
    Frame,
    FrameKind,
    moment,
)
from kisq.wire.messages import Request
from kisq.wire.recorded_line import line_of

SPY = captured("hdfsasp0.txt")[1]
KEY = ("HDFSASP0", "DAMSSPY")
BEGAN = 1783695214  # 2026-07-10 23:53:34 KST, the clock of SPY
PING = captured("control.txt")[-1]
Event = tuple[float, str, str, str]  # seconds, direction, kind, text


def book_at(seconds: float, text: str = SPY) -> str:
    """The book with both its clocks at so many seconds after the beginning."""
    at = datetime.fromtimestamp(BEGAN, UTC) + timedelta(seconds=seconds)
    for zone, date, time in (
        ("America/New_York", "XYMD", "XHMS"),
        ("Asia/Seoul", "KYMD", "KHMS"),
    ):
        local = at.astimezone(ZoneInfo(zone))
        text = with_field(date, f"{local:%Y%m%d}", text)
        text = with_field(time, f"{local:%H%M%S}", text)
    return text


def of_key(tr_key: str, text: str = SPY) -> str:
    """The same book of another key; its symbol is what follows the market."""
    return with_field("SYMB", tr_key[4:], with_field("RSYM", tr_key, text))


def subscribed(at: float = 0.0, key: tuple[str, str] = KEY) -> list[Event]:
    """A subscribe and its acceptance."""
    request = Request("***", "1", *key).to_text()
    return [(at, OUT, CONTROL, request), (at + 0.1, IN, CONTROL, ACCEPTED % key)]


def unsubscribed(at: float, key: tuple[str, str] = KEY) -> list[Event]:
    """An unsubscribe and its answer."""
    answer = (ACCEPTED % key).replace("OPSP0000", "OPSP0001")
    return [
        (at, OUT, CONTROL, Request("***", "2", *key).to_text()),
        (at + 0.1, IN, CONTROL, answer.replace("SUBSCRIBE SUCCESS", "UNSUBSCRIBE SUCCESS")),
    ]


def refused(at: float, code: str, text: str, key: tuple[str, str] | None = None) -> Event:
    """A refusal; without a key it is nameless, with rt_cd 9."""
    tr_id, tr_key = key or ("(null)", "")
    rt_cd = "1" if key else "9"
    header = f'{{"tr_id":"{tr_id}","tr_key":"{tr_key}","encrypt":"N"}}'
    body = f'{{"rt_cd":"{rt_cd}","msg_cd":"{code}","msg1":"{text}"}}'
    return at, IN, CONTROL, f'{{"header":{header},"body":{body}}}'


def books(*seconds: float, lag: float = 0.2, text: str = SPY) -> list[Event]:
    """A book at each of these seconds, whose clock is so much before that."""
    return [(at, IN, DATA, book_at(at - lag, text)) for at in seconds]


def pings(*seconds: float, answered: bool = True) -> list[Event]:
    """PINGPONGs, each with its answer if they were answered."""
    found: list[Event] = []
    for at in seconds:
        found.append((at, IN, PINGPONG, PING))
        found += [(at, OUT, PINGPONG, PING)] if answered else []
    return found


def opened(at: float = 0.0) -> Event:
    """The opening of a connection."""
    return at, OUT, OPEN, "ws://kis"


def frame(event: Event) -> Frame:
    """An event as a frame, its tick the seconds."""
    at, direction, kind, text = event
    return Frame(
        moment(BEGAN + int(at // 1), int(at % 1 * 1_000_000)),
        Direction(direction),
        FrameKind(kind),
        text.encode(),
        at,
    )


def recorded(path: Path, *events: Event) -> Path:
    """Write the events as a recording, in their order."""
    path.write_bytes(b"".join(line_of(frame(event)) + b"\n" for event in events))
    return path
