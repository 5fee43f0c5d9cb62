"""What ends and judges a run: records that decode for ``watch``, data messages for ``raw``."""

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, captured
from helpers.command import running, said
from helpers.patience import PATIENCE
from player import ACCEPTED, Player
from recordings import KEY, books, recorded, refused, subscribed
from terminal import Terminal

Kisq = Callable[..., Run]
SPY = captured("hdfsasp0.txt")[1]
SUBSCRIBED = ACCEPTED % ("HDFSASP0", "DAMSSPY")
REFUSED = captured("control.txt")[1]
SHIFTED = SPY.replace("DAMSSPY^", "", 1)  # a field less
BAD = "70 fields in 1 record; an HDFSASP0 record has 71 or more"
NONE_DECODES = (
    f"data messages came in %s s, but none could be decoded: {BAD}; see them with `kisq raw`"
)
GARBAGE = [SUBSCRIBED, SHIFTED, SHIFTED]
LIMITS = [
    ["--once", "--timeout", "300ms"],
    ["--timeout", "300ms"],
    ["--duration", "300ms"],
    ["-n", "1", "--duration", "300ms"],
]
limits = pytest.mark.parametrize("limit", LIMITS, ids=" ".join)
forms = pytest.mark.parametrize("form", [[], ["--json"]], ids=["lines", "json"])


@limits
@forms
def test_watch_of_what_does_not_decode_ends_in_time(
    kisq: Kisq, limit: list[str], form: list[str]
) -> None:
    """It is exit 1 and says that messages came, how many, and why none decodes."""
    with Player([*GARBAGE]) as player:
        run = kisq("watch", "DAMSSPY", *form, *limit, **player.settings)
        assert '"tr_type":"2"' in player.received[-1][1]
    assert (run.returncode, run.stdout) == (1, b"")
    assert "0 order books, 2 data messages, " in said(run)
    error = said(run).splitlines()[-1]
    seconds = float(error.split(" came in ")[1].split(" s")[0])
    assert error.startswith(f"kisq: error: 2 {NONE_DECODES % seconds}")
    assert 0.3 <= seconds < 5
    assert "no data message" not in said(run)


@limits
def test_raw_of_what_does_not_decode_is_done(kisq: Kisq, limit: list[str]) -> None:
    """Messages are what raw shows, so nothing is wrong."""
    options = [option for option in limit if option != "--once"]
    with Player([*GARBAGE]) as player:
        run = kisq("raw", "DAMSSPY", *options, "--duration", "500ms", **player.settings)
    assert run.returncode == 0, said(run)
    assert run.stdout.decode().count(SHIFTED) == (1 if "-n" in options else 2)


def test_one_record_that_decodes_is_enough(kisq: Kisq) -> None:
    """--timeout is over with it, and what does not decode is only counted."""
    with Player([SUBSCRIBED, SHIFTED, SPY, SHIFTED]) as player:
        options = ["--timeout", "300ms", "--duration", "600ms"]
        run = kisq("watch", "DAMSSPY", "--json", *options, **player.settings)
    assert run.returncode == 0
    assert "1 order book, 3 data messages, 0 PINGPONGs, 2 messages not decodable in " in said(run)


@pytest.mark.parametrize("command", [["watch"], ["watch", "--json"], ["raw"]], ids=" ".join)
def test_run_without_any_message(kisq: Kisq, command: list[str]) -> None:
    """With --duration as with --timeout it is exit 1 and the old sentence."""
    for option in ("--duration", "--timeout"):
        with Player([SUBSCRIBED]) as player:
            run = kisq(*command, "DAMSSPY", option, "300ms", **player.settings)
        assert run.returncode == 1
        assert "error: no data message came in 0." in said(run)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_is_no_judgement(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """Whoever ends a run by a signal is told no more than the counts."""
    with (
        Player([SUBSCRIBED, SHIFTED]) as player,
        running(tmp_path, "watch", "DAMSSPY", **player.settings) as process,
    ):
        assert process.stderr is not None
        assert b"not decodable" in process.stderr.readline()
        process.send_signal(number)
        errors = process.stderr.read().decode()
        assert process.wait(PATIENCE) == code
    assert "error" not in errors
    assert "0 order books, 1 data message, 0 PINGPONGs, 1 message not decodable" in errors


def test_lost_and_refused_keep_their_codes(kisq: Kisq) -> None:
    """A connection that is lost for good is 5, a refusal 6, whether or not anything decoded."""
    for messages in (GARBAGE, [SUBSCRIBED], [SUBSCRIBED, SPY]):
        with Player([*messages], then="close") as player:
            run = kisq("watch", "DAMSSPY", "--json", "--reconnects", "0", **player.settings)
        assert run.returncode == 5, said(run)
    with Player([REFUSED]) as player:
        run = kisq("watch", "DAMSSPY", "--json", "--timeout", "2s", **player.settings)
    assert run.returncode == 6


# recordings


@pytest.mark.parametrize(
    ("lines", "command", "code", "sentence"),
    [
        ([SHIFTED, SHIFTED], "watch", 1, "2 data messages are in the recording, but none"),
        ([SHIFTED, SHIFTED], "raw", 0, ""),
        ([SHIFTED, SPY], "watch", 0, ""),
        ([SUBSCRIBED], "watch", 1, "the recording holds no data message that was asked for"),
        ([SUBSCRIBED], "raw", 1, "the recording holds no data message that was asked for"),
        ([], "raw", 1, "the recording holds no data message that was asked for"),
        ([SPY], "watch DNASAAPL", 1, "the recording holds no data message that was asked for"),
        ([SPY], "raw DNASAAPL", 1, "the recording holds no data message that was asked for"),
    ],
)
def test_end_of_a_recording_is_judged(
    kisq: Kisq, tmp_path: Path, lines: list[str], command: str, code: int, sentence: str
) -> None:
    """By the same rule; what it holds besides is shown, and no sentence denies that."""
    (tmp_path / "day").write_text("".join(f"{line}\n" for line in lines))
    run = kisq(*command.split(), "-r", "day")
    assert run.returncode == code, said(run)
    assert f"error: {sentence}" in said(run) if sentence else "error" not in said(run)
    assert "nothing to show" not in said(run)
    if "no data message" in sentence:
        step = "name other keys or another recording, or see all of it with `kisq explain -r`"
        assert f"asked for; {step}" in said(run)
    if command == "raw":
        assert run.stdout.decode().splitlines() == lines


def test_timeout_ends_no_run_that_has_data(kisq: Kisq, tmp_path: Path) -> None:
    """It is for the first record: what comes after that is shown to the end."""
    recorded(tmp_path / "day", *subscribed(), *books(1, 5, 9))
    run = kisq("watch", "-r", "day", "--json", "--timeout", "3s")
    assert (run.returncode, run.stdout.count(b"\n")) == (0, 3)
    late = kisq("watch", "-r", "day", "--json", "--timeout", "500ms")
    assert (late.returncode, late.stdout) == (1, b"")


def test_json_of_control_messages_alone_is_printed(kisq: Kisq) -> None:
    """raw --json -r shows them as raw does, exit 1."""
    run = kisq("raw", "--json", "-r", "-", stdin=SUBSCRIBED.encode())
    assert run.returncode == 1
    assert json.loads(run.stdout)["text"] == SUBSCRIBED


# while it lasts


def test_status_and_hint_are_true_where_nothing_decodes(tmp_path: Path) -> None:
    """On a terminal the status line counts the messages, and the hint names the reason."""
    with (
        Player([*GARBAGE]) as player,
        Terminal(
            tmp_path,
            "watch",
            "DAMSSPY",
            "--duration",
            "2s",
            columns=200,
            patches={"kisq.output.notices.HINT_SECONDS": "1.0"},
            **player.settings,
        ) as terminal,
    ):
        terminal.until(lambda text: "2 data messages, none to show" in text)
        text = terminal.until(lambda text: "but none could be decoded" in text)
        assert f"2 data messages came in 1 s, but none could be decoded: {BAD}" in text
        assert terminal.end() == 1
    assert "nothing came" not in terminal.text
    assert "no data yet" not in terminal.text


def test_five_refusals_of_a_recording_are_said(kisq: Kisq, tmp_path: Path) -> None:
    """Then that there are more of them, once."""
    many = [refused(0.2 + n / 10, "OPSP0008", "MAX SUBSCRIBE OVER", KEY) for n in range(8)]
    recorded(tmp_path / "day", *subscribed(), *many, *books(2))
    sentences = said(kisq("watch", "-r", "day", "--json"))
    assert sentences.count("in the recording KIS refused DAMSSPY: OPSP0008") == 5
    assert sentences.count("further notes of this kind are not shown") == 1
