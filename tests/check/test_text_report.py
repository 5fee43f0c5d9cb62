"""The report of a check for people, as literal screens of 80 columns."""

import io
import os
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from math import inf
from pathlib import Path
from types import SimpleNamespace

import pytest
from helpers.screens import in_language
from recordings import BEGAN, Event, books, frame, of_key, pings, refused, subscribed
from rich.cells import cell_len
from rich.console import Console
from terminal import Terminal

from kisq.check import verdict
from kisq.check.recorded_listener import RecordedListener
from kisq.check.report import KeyReport, Report, Stage, StageName, Status
from kisq.check.text_report import CheckText
from kisq.output.notices import Notices
from kisq.output.stream import Lines
from kisq.wire.messages import Key

NOW = datetime.fromtimestamp(BEGAN, UTC)
SOURCE = SimpleNamespace(refusals=[], now=lambda: 0.0, share=None)
SHARED = [
    Stage(StageName.SETTINGS, Status.OK, 0.01, "sim"),
    Stage(StageName.APPROVAL, Status.OK, 0.08, "http://127.0.0.1:8001"),
    Stage(StageName.HANDSHAKE, Status.OK, 0.02, "ws://127.0.0.1:8002"),
]
WATCHER = SimpleNamespace(stage=lambda *_: None, waiting=lambda *_: None)
SYMBOLS = ["".join(letters) for letters in product("X", string.ascii_uppercase, "QRS")][:41]
KEYS = [("HDFSASP0", f"DNAS{symbol}") for symbol in SYMBOLS]
ONE_WELL = """\
broadcasting: DNASXAQ is broadcasting at 1.2 messages a second.
next: Nothing to do.
measured: 5 messages in 4.0 s, 1.2 a second, longest gap 1.00 s, lag 1.0 s (1.0
to 1.0), 0 PINGPONG

settings          ok       0.01 s  sim
approval key      ok       0.08 s  http://127.0.0.1:8001
TCP and handshake ok       0.02 s  ws://127.0.0.1:8002
subscription      ok       0.10 s  OPSP0000 SUBSCRIBE SUCCESS
heartbeat         skipped          none was due: KIS sends one when the stream
                                   is quiet for about 10 s
first data        ok       1.00 s  0|HDFSASP0|001|DNASXAQ^XAQ^4^20260710^105334^
                                   20260710^235334…
decoded           ok       1.00 s  71 fields, 10 levels per side
sound             ok               totals add up, bid below ask, levels in
                                   order, clocks agree
fresh             ok               lag 1.0 s median (1.0 to 1.0)
""".splitlines()
ONE_WELL_KOREAN = """\
방송 중: DNASXAQ 방송 중입니다(초당 1.2건).
다음 할 일: 따로 하실 일은 없습니다.
측정: 4.0초 동안 메시지 5건, 초당 1.2건, 최장 공백 1.00초, 지연 1.0초 (1.0~1.0),
PINGPONG 0건

설정              정상      0.01초  sim
접속키            정상      0.08초  http://127.0.0.1:8001
접속              정상      0.02초  ws://127.0.0.1:8002
구독              정상      0.10초  OPSP0000 SUBSCRIBE SUCCESS
연결 유지         생략             올 차례가 아니었음: KIS는 약 10초 동안
                                   데이터가 없을 때 보냅니다
첫 데이터         정상      1.00초  0|HDFSASP0|001|DNASXAQ^XAQ^4^20260710^105334
                                    ^20260710^235334…
해독              정상      1.00초  필드 71개, 호가 10단계
정합성            정상             총잔량 일치, 매수가 매도보다 낮음, 호가 순서
                                   정상, 시각 일치
최신 여부         정상             지연 중앙값 1.0초 (1.0~1.0)
""".splitlines()
ONE_SILENT = """\
silent: Accepted, but nothing came in 20 s. DNASXAQ is a US night key; that
session runs 04:00-20:00 New York and is open (Friday 23:53 KST). The regular
session ends Saturday 05:00 KST. The market closes Saturday 09:00 KST. kisq does
not know the holidays of New York.
next: Check exchange and spelling: a wrong symbol is accepted and then silent.
ETFs are often on AMS, share classes have a slash (BRK/B).

settings          ok       0.01 s  sim
approval key      ok       0.08 s  http://127.0.0.1:8001
TCP and handshake ok       0.02 s  ws://127.0.0.1:8002
subscription      ok       0.10 s  OPSP0000 SUBSCRIBE SUCCESS
heartbeat         ok      10.00 s  2 PINGPONG, answered
first data        failed           none in 20.0 s
decoded           skipped
sound             skipped
fresh             skipped
""".splitlines()
MIXED = """\
41 keys: refused 2, silent 3, degraded 3, broadcasting 33
refused: DNASXNQ, DNASXNR (details of DNASXNQ): KIS refused the subscription of
DNASXNQ (HDFSASP0): OPSP0008 MAX SUBSCRIBE OVER.
  next: Subscribe to fewer keys, or end the other subscriptions of this appkey.
silent: DNASXMQ, DNASXMR, DNASXMS (details of DNASXMQ): Accepted, but nothing
came in 10 s. Data for DNASXAQ came in the same session, so the feed is fine:
DNASXMQ is thin, or its exchange or spelling is wrong.
  next: Check exchange and spelling: a wrong symbol is accepted and then silent.
  ETFs are often on AMS, share classes have a slash (BRK/B).
degraded: DNASXLQ, DNASXLR, DNASXLS (details of DNASXLQ): Data for DNASXLQ come,
but not as they should. 10 of 10 records were later than documented by more than
60 s, at most by 1 minute and 40 seconds.
  next: Compare this machine's clock with a time server; if it is right, the
  feed or the way to it is late: reconnect, and check again.
session: settings ok (0.01 s), approval key ok (0.08 s), TCP and handshake ok
(0.02 s), heartbeat skipped

key      rate/s  lag s  key      rate/s  lag s
DNASXAQ     1.1    1.0  DNASXGQ     1.1    1.0
DNASXAR     1.1    1.0  DNASXGR     1.1    1.0
DNASXAS     1.1    1.0  DNASXGS     1.1    1.0
DNASXBQ     1.1    1.0  DNASXHQ     1.1    1.0
DNASXBR     1.1    1.0  DNASXHR     1.1    1.0
DNASXBS     1.1    1.0  DNASXHS     1.1    1.0
DNASXCQ     1.1    1.0  DNASXIQ     1.1    1.0
DNASXCR     1.1    1.0  DNASXIR     1.1    1.0
DNASXCS     1.1    1.0  DNASXIS     1.1    1.0
DNASXDQ     1.1    1.0  DNASXJQ     1.1    1.0
DNASXDR     1.1    1.0  DNASXJR     1.1    1.0
DNASXDS     1.1    1.0  DNASXJS     1.1    1.0
DNASXEQ     1.1    1.0  DNASXKQ     1.1    1.0
DNASXER     1.1    1.0  DNASXKR     1.1    1.0
DNASXES     1.1    1.0  DNASXKS     1.1    1.0
DNASXFQ     1.1    1.0  DNASXLQ     1.1  100.0
DNASXFR     1.1    1.0  DNASXLR     1.1  100.0
DNASXFS     1.1    1.0  DNASXLS     1.1  100.0
""".splitlines()


class Listener(RecordedListener):
    """Listens to events as if they came from a live feed."""

    recorded = False


def reports(events: list[Event], keys: list[Key]) -> list[KeyReport]:
    listener = Listener(SOURCE, keys, inf, inf, WATCHER)
    for event in sorted(events, key=lambda event: event[0]):
        listener.write(frame(event))
    return [
        verdict.report(seen, SHARED, NOW, lambda _: None, mock=False)
        for seen in listener.observations()
    ]


@pytest.fixture
def nowhere() -> Iterator[Lines]:
    descriptor = os.open(os.devnull, os.O_WRONLY)
    yield Lines(descriptor)
    os.close(descriptor)


def screen(keys: list[KeyReport], out: Lines) -> list[str]:
    """The report of ``keys`` on a terminal of 80 columns."""
    file = io.StringIO()
    console = Console(file=file, width=80, force_terminal=True, color_system=None)
    CheckText(console, out, Notices(io.StringIO())).close(Report(BEGAN, keys))
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_a_key_that_is_broadcasting(nowhere: Lines) -> None:
    """The verdict and the next step come first, the figures and the stages are its evidence."""
    key = KEYS[0]
    data = books(1, 2, 3, 4, 5, text=of_key(key[1]))
    assert screen(reports([*subscribed(key=key), *data], [key]), nowhere) == ONE_WELL


def test_a_key_that_is_silent(nowhere: Lines) -> None:
    """The reason and the next step come first, then what was well and what was not."""
    key = KEYS[0]
    events = [*subscribed(key=key), *pings(10.0), *pings(20.0)]
    assert screen(reports(events, [key]), nowhere) == ONE_SILENT


def test_keys_that_are_all_well(nowhere: Lines) -> None:
    """Each is one line, under one line that sums them up and one of the stages they share."""
    events: list[Event] = []
    for key in KEYS:
        events += [*subscribed(0.0, key), *books(*range(1, 11), text=of_key(key[1]))]
    lines = screen(reports(events, KEYS), nowhere)
    assert lines[0] == "41 keys: broadcasting 41"
    assert [line.split()[:2] for line in lines[-41:]] == [[key, "broadcasting"] for _, key in KEYS]
    assert len(lines) <= 48


def mixed(well: int) -> list[Event]:
    """So many keys that are well, 3 whose data are late, 3 that are silent, 2 that are refused."""
    late = well + 3
    silent = late + 3
    events: list[Event] = []
    for key in KEYS[:silent]:
        events += subscribed(0.0, key)
    for key in KEYS[:well]:
        events += books(*range(1, 11), text=of_key(key[1]))
    for key in KEYS[well:late]:
        events += books(*range(1, 11), text=of_key(key[1]), lag=100.0)
    for key in KEYS[silent : silent + 2]:
        events += [subscribed(0.0, key)[0], refused(0.1, "OPSP0008", "MAX SUBSCRIBE OVER", key)]
    return events


def test_41_keys_of_which_some_are_not_well(nowhere: Lines) -> None:
    """What is said of several keys is said once; all fits on two screens of 24 lines."""
    lines = screen(reports(mixed(33), KEYS), nowhere)
    assert lines == MIXED
    assert len(lines) <= 48


def test_a_few_keys_have_a_row_each(nowhere: Lines) -> None:
    """A key without data has its row as well."""
    lines = screen(reports(mixed(2), KEYS[:10]), nowhere)
    assert lines[0] == "10 keys: refused 2, silent 3, degraded 3, broadcasting 2"
    assert [line.split()[1] for line in lines[-10:]] == (
        ["broadcasting"] * 2 + ["degraded"] * 3 + ["silent"] * 3 + ["refused"] * 2
    )


def test_several_keys_in_a_file_have_no_wrapped_lines(nowhere: Lines) -> None:
    """Off a terminal each sentence is one line, whatever its length."""
    file = io.StringIO()
    console = Console(file=file, width=80, force_terminal=False)
    found = reports(mixed(2), KEYS[:10])
    CheckText(console, nowhere, Notices(io.StringIO())).close(Report(BEGAN, found))
    (late,) = [line for line in file.getvalue().splitlines() if line.startswith("degraded: ")]
    assert late.endswith("at most by 1 minute and 40 seconds.")


def test_progress_of_a_check(tmp_path: Path) -> None:
    """On a terminal the last stage and what is waited for are on a line that goes away."""
    options = ["--sim", "--fault", "silent", "--timeout", "1500ms"]
    with Terminal(tmp_path, "check", "DNASAAPL", *options) as terminal:
        shown = terminal.until(lambda text: "waiting for data, 1 s" in text)
        assert "DNASAAPL subscription ok" in shown
        assert terminal.end() in (1, 7)
        assert "waiting for data" not in terminal.text


def test_korean_screens(nowhere: Lines) -> None:
    """In Korean the labels are Korean, nothing is wider than 80 cells, and 41 keys fit as well."""
    key = KEYS[0]
    data = books(1, 2, 3, 4, 5, text=of_key(key[1]))
    with in_language("ko"):
        assert screen(reports([*subscribed(key=key), *data], [key]), nowhere) == ONE_WELL_KOREAN
        lines = screen(reports(mixed(33), KEYS), nowhere)
    assert lines[0] == "종목 41개: 거절 2, 무응답 3, 비정상 3, 방송 중 33"
    assert len(lines) <= 48
    assert max(map(cell_len, lines)) <= 80
