"""What a person sees, in a real pseudo-terminal."""

import re
import signal
from pathlib import Path

import pytest
from conftest import captured
from player import ACCEPTED, Player
from terminal import Terminal

SPY = captured("hdfsasp0.txt")[1]
SUBSCRIBED = ACCEPTED % ("HDFSASP0", "DAMSSPY")
CTRL_C = "\x03"


def levels_in(text: str) -> int:
    """How many lines of a screen show a price, but for the spread."""
    lines = text.splitlines()
    return sum(bool(re.search(r"\d\.\d{4}\b", ln)) and "spread" not in ln for ln in lines)


@pytest.mark.parametrize(
    ("columns", "lines", "levels", "name"),
    [
        (80, 24, 10, "DNASAAPL"),
        (60, 20, 8, "DNASAAPL"),
        (120, 40, 10, "DNASAAPL"),
        (200, 60, 10, "DNASAAPL"),
        (40, 16, 6, "AAPL"),
    ],
)
def test_live_ladder_fits_and_stays(
    tmp_path: Path, columns: int, lines: int, levels: int, name: str
) -> None:
    """The ladder lives in terminals of every size, and its last state stays after Ctrl-C."""
    with Terminal(
        tmp_path, "watch", "DNASAAPL", "--sim", "--rate", "20", columns=columns, lines=lines
    ) as terminal:
        live = terminal.until(lambda _: terminal.seen.count(b"spread") > 10)
        assert live.startswith("AAPL  ")
        assert name in live.splitlines()[0]
        assert levels_in(live) == 2 * levels
        terminal.press(CTRL_C)
        assert terminal.end() == 130
    last = terminal.text
    assert levels_in(last) >= 2 * levels
    assert "order books" in last
    assert "Traceback" not in last


def test_status_line_while_nothing_comes(tmp_path: Path) -> None:
    """Accepted, no data yet, PINGPONGs counted; it makes room when data comes and at the end."""
    pingpong = captured("control.txt")[-1]
    with (
        Player([SUBSCRIBED, pingpong, pingpong]) as player,
        Terminal(tmp_path, "watch", "DAMSSPY", **player.settings) as terminal,
    ):
        shown = terminal.until(lambda text: "PINGPONG 2" in text)
        assert re.search(r"accepted \d\d:\d\d:\d\d KST, no data yet · \d+ s · PINGPONG 2", shown)
        terminal.press(CTRL_C)
        assert terminal.end() == 130
        assert "no data yet" not in terminal.text
        assert "kisq: 0 order books, 0 data messages, 2 PINGPONGs" in terminal.text


def test_hint_after_some_seconds_of_silence(tmp_path: Path) -> None:
    """It says what to try, on a line of its own."""
    command = ("raw", "DAMSSPY")
    soon = {"kisq.output.notices.HINT_SECONDS": "1.0"}
    with (
        Player([SUBSCRIBED]) as player,
        Terminal(tmp_path, *command, columns=200, patches=soon, **player.settings) as terminal,
    ):
        shown = terminal.until(lambda text: "nothing came in 1 s" in text)
        assert "DAMSSPY is a US night key" in shown.replace("\n", "")


def test_raw_on_a_terminal_escapes_what_would_steer_it(tmp_path: Path) -> None:
    """Control characters of the wire are seen, not obeyed."""
    hostile = "0|HDFSASP0|001|\x1b]0;owned\x07\x1b[2J\x9b31mX\r\nY"
    with (
        Player([SUBSCRIBED, hostile]) as player,
        Terminal(tmp_path, "raw", "DAMSSPY", "-n", "1", columns=200, **player.settings) as terminal,
    ):
        assert terminal.end() == 0
        assert r"0|HDFSASP0|001|\x1b]0;owned\x07\x1b[2J\x9b31mX\r\nY" in terminal.text
        assert b"owned\x07" not in terminal.seen


def test_notes_wait_until_the_ladder_has_ended(tmp_path: Path) -> None:
    """What cannot be decoded is shown under the ladder, and said on stderr after the end."""
    with (
        Player([SUBSCRIBED, SPY, "0|HDFSASP0|001|broken"]) as player,
        Terminal(tmp_path, "watch", "DAMSSPY", columns=160, **player.settings) as terminal,
    ):
        live = terminal.until(lambda text: "! not decodable: 1 field in 1 record" in text)
        assert "kisq: not decodable" not in live
        terminal.press(CTRL_C)
        terminal.end()
        assert "kisq: not decodable: 1 field in 1 record" in terminal.text


def test_what_is_only_worth_knowing_takes_no_line_of_the_ladder(tmp_path: Path) -> None:
    """The moment taken for now and the steps of --verbose are said on stderr alone."""
    arguments = ["watch", "DNASAAPL", "--sim", "--verbose", "--rate", "30"]
    now = "2026-11-24T23:40:00+09:00"
    with Terminal(tmp_path, *arguments, columns=100, KISQ_NOW=now) as terminal:
        live = terminal.until(lambda text: "spread" in text and "ask total" in text)
        assert "! " not in live
        terminal.press(CTRL_C)
        terminal.end()
        assert b"hours, holidays and sentences are as of" in terminal.seen


def test_drawing_is_limited_to_ten_times_a_second(tmp_path: Path) -> None:
    """However fast books come, the screen is drawn at most 10 times a second."""
    with Terminal(tmp_path, "watch", "DNASAAPL", "--sim", "--rate", "500", "-n", "600") as terminal:
        assert terminal.end() == 0
    found = re.search(r"600 order books, .* in (\d+\.\d) s", terminal.text.replace("\n", " "))
    assert found is not None
    assert 2 <= terminal.seen.count(b"\x1b[H") <= 10 * float(found[1]) + 3


def test_resized_terminal_is_used_anew(tmp_path: Path) -> None:
    """A terminal that becomes smaller gets a smaller ladder."""
    with Terminal(
        tmp_path, "watch", "DNASAAPL", "--sim", "--rate", "20", columns=120, lines=40
    ) as terminal:
        terminal.until(lambda text: "spread" in text)
        terminal.resize(60, 16)
        at = terminal.seen.count(b"spread")
        terminal.until(lambda _: terminal.seen.count(b"spread") > at + 3)
        lines = terminal.text.splitlines()
        assert lines[0].startswith("AAPL")
        assert any("spread" in line for line in lines[:9])


def test_suspended_ladder_gives_the_screen_back(tmp_path: Path) -> None:
    """Ctrl-Z leaves the alternate screen and shows the cursor; going on takes them again."""
    with Terminal(tmp_path, "watch", "DNASAAPL", "--sim", "--rate", "20") as terminal:
        terminal.until(lambda text: "spread" in text)
        terminal.process.send_signal(signal.SIGTSTP)
        terminal.until(lambda _: b"\x1b[?1049l" in terminal.seen)
        terminal.until(lambda _: terminal.seen.count(b"\x1b[?1049h") == 2)
        terminal.press(CTRL_C)
        assert terminal.end() == 130
    before = terminal.seen.split(b"\x1b[?1049h")[1]
    assert b"\x1b[?25h" in before[before.rindex(b"\x1b[?25l") :]


def test_sentences_wrap_between_words(tmp_path: Path) -> None:
    """On a terminal of 40 columns no word of an error is cut in two."""
    with Terminal(tmp_path, "watch", "AAPL", columns=40) as terminal:
        assert terminal.end() == 2
    sentence = (
        "kisq: error: 'AAPL': a tr_key needs session and market: DNASAAPL (Nasdaq), DNYSAAPL "
        "(NYSE) or DAMSAAPL (Amex, most ETFs) at night, and RBAQAAPL (Nasdaq), RBAYAAPL (NYSE) or "
        "RBAAAAPL (Amex) in the US daytime session"
    )
    assert terminal.text.split() == sentence.split()


def test_colours_are_the_market_s_own_and_can_be_turned_off(tmp_path: Path) -> None:
    """Asks blue and bids red in Korea, red and green in the US; NO_COLOR has none."""
    arguments = ["watch", "DNASAAPL", "--sim", "--rate", "50", "-n", "3"]

    def colours(*more: str, **settings: str) -> set[bytes]:
        with Terminal(tmp_path, *arguments, *more, **settings) as terminal:
            assert terminal.end() == 0
        codes = re.findall(rb"\x1b\[([0-9;]*)m", terminal.seen)
        return {part for code in codes for part in code.split(b";")} & {b"94", b"91", b"31", b"32"}

    assert colours() == {b"94", b"91"}
    assert colours("--palette", "us") == {b"31", b"32"}
    assert colours(NO_COLOR="1") == set()
    assert colours("--no-color") == set()


def test_colours_are_those_of_every_terminal(tmp_path: Path) -> None:
    """No more than the 16 colours, and not yellow, which a light background swallows."""
    arguments = ["watch", "005930", "DNASZZZZ", "--trades", "--sim", "--rate", "50", "-n", "30"]
    with Terminal(tmp_path, *arguments, columns=120, lines=40) as terminal:
        assert terminal.end() == 0
    codes = {tuple(code.split(b";")) for code in re.findall(rb"\x1b\[([0-9;]*)m", terminal.seen)}
    used = {part for code in codes for part in code}
    assert used <= {b"", b"0", b"1", b"2", b"7", b"35", b"91", b"94"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "DNASAAPL", "005930", "--sim", "--fault", "surplus=2", "--for", "1s"),
        ("check", "DNASAAPL", "--sim", "--fault", "stale", "--for", "5s"),
        ("check", "DNASAAPL", "--sim", "--fault", "refuse=OPSP9999"),
        ("raw", "DNASAAPL", "--sim", "-n", "1"),
        ("tap", "--sim", "--duration", "1s"),
        ("explain", "HDFSASP1"),
        ("explain", "KRX"),
        ("find", "AAPL", "--offline"),
        ("watch", "--help"),
    ],
    ids=lambda arguments: " ".join(arguments[:4]),
)
def test_no_command_writes_in_yellow_or_white_letters(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """What a person must see can be read on a light background, whatever the command."""
    with Terminal(tmp_path, *arguments, columns=120, lines=40) as terminal:
        terminal.end()
    codes = re.findall(rb"\x1b\[([0-9;]*)m", terminal.seen)
    used = {part for code in codes for part in code.split(b";")}
    assert used <= {b"", b"0", b"1", b"2", b"30", b"43", b"31", b"32", b"35", b"36"}


def test_dumb_terminal_gets_lines(tmp_path: Path) -> None:
    """TERM=dumb gets plain lines instead of a ladder."""
    with Terminal(
        tmp_path, "watch", "DNASAAPL", "--sim", "-n", "2", columns=200, TERM="dumb"
    ) as terminal:
        assert terminal.end() == 0
    assert terminal.text.count("DNASAAPL  매수 bid") == 2
    assert b"\x1b" not in terminal.seen
