"""Many keys in one session: from files, on the screen, with the keyboard, some of them refused."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pyte
import pytest
from conftest import Run, captured
from player import ACCEPTED, Player
from terminal import Terminal

from kisq.cli.keys import key_texts, keys_as_given, keys_to_watch
from kisq.errors import WrongUsage
from kisq.output.notices import Notices

Kisq = Callable[..., Run]
SPY = captured("hdfsasp0.txt")[1]
DOWN, ENTER, ESCAPE, CTRL_C = "\x1b[B", "\r", "\x1b", "\x03"
NAMES = [f"DNAS{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(42)]
FEW = ["DNASAAPL", "DNASNVDA", "DHKS00003"]


def refusal(tr_id: str, tr_key: str) -> str:
    return json.dumps(
        {
            "header": {"tr_id": tr_id, "tr_key": tr_key, "encrypt": "N"},
            "body": {
                "rt_cd": "1",
                "msg_cd": "OPSP0009",
                "msg1": "SUBSCRIBE ERROR : mci send failed\x1b[2J",
            },
        }
    )


def left_behind(terminal: Terminal, columns: int, lines: int) -> str:
    """What stands on the normal screen of a higher window after the live screen has gone."""
    screen = pyte.Screen(columns, lines)
    pyte.ByteStream(screen).feed(terminal.seen.rpartition(b"\x1b[?1049l")[2])
    return "\n".join(screen.display)


def test_arrows_enter_and_escape(tmp_path: Path) -> None:
    """A row is picked, its ladder opened and left; the board scrolls and stays whole at the end."""
    keys = FEW + NAMES[:27]
    arguments = ["watch", *keys, "--sim", "--rate", "5", "--palette", "us"]
    with Terminal(tmp_path, *arguments) as terminal:
        board = terminal.until(lambda text: "DHKS00003  " in text and "15m+" in text)
        assert "> DNASAAPL" in board
        assert "30 keys (1 to 21)" in board
        assert "no data yet" in board
        assert "spread " not in board.splitlines()[-1]
        assert board.splitlines()[-1].startswith("j k pick, ")
        terminal.press(2 * DOWN)
        terminal.until(lambda text: "> DHKS00003" in text and "> DNASAAPL" not in text)
        terminal.press(ENTER)
        ladder = terminal.until(lambda text: text.startswith("00003  Hong Kong"))
        assert "spread " in ladder
        assert "DNASNVDA" not in ladder
        terminal.press(ESCAPE)
        terminal.until(lambda text: "> DHKS00003" in text)
        terminal.press(40 * DOWN)
        end = terminal.until(lambda text: f"> {keys[-1]}" in text)
        assert "30 keys (10 to 30)" in end
        assert "DNASAAPL" not in end
        terminal.press("\x1b[A")
        terminal.until(lambda text: f"> {keys[-2]}" in text)
        terminal.press(CTRL_C)
        assert terminal.end() == 130
    stays = left_behind(terminal, 80, 60)
    assert [line[2:].split()[0] for line in stays.splitlines()[2:32]] == keys
    assert ">" not in stays
    assert "order books" in stays


def test_few_keys_share_the_window(tmp_path: Path) -> None:
    """Two ladders stand side by side in a wide window, one above the other in a narrow one."""
    with Terminal(
        tmp_path, "watch", *FEW[:2], "--sim", "--rate", "20", columns=120, lines=30
    ) as terminal:
        beside = terminal.until(lambda text: text.count(" spread ") == 2)
        assert beside.startswith("AAPL  Nasdaq")
        assert "NVDA  Nasdaq" in beside.splitlines()[0]
        terminal.resize(80, 30)
        stacked = terminal.until(
            lambda text: text.count(" spread ") == 2 and "NVDA" not in text.splitlines()[0]
        )
        assert stacked.count(" spread ") == 2
        assert "2 keys" not in stacked
        terminal.resize(80, 18)
        board = terminal.until(lambda text: "2 keys" in text)
        assert "> DNASAAPL" in board


def test_refused_keys_among_others(tmp_path: Path) -> None:
    """Each refused key says so in its row, escaped; the others go on; exit 6."""
    keys = ["RTSE7203", "DAMSSPY", "RHKS00003", "DHKS00003"]
    answers = [
        refusal("HDFSASP0", "RTSE7203"),
        ACCEPTED % ("HDFSASP0", "DAMSSPY"),
        refusal("HDFSASP0", "RHKS00003"),
        refusal("HDFSASP1", "DHKS00003"),
    ]
    said = r"OPSP0009 SUBSCRIBE ERROR : mci send failed\x1b[2J"
    with (
        Player([*answers, SPY, SPY]) as player,
        Terminal(
            tmp_path, "watch", *keys, "--duration", "2s", columns=100, **player.settings
        ) as terminal,
    ):
        board = terminal.until(lambda text: "4 keys · 3 refused" in text and "752.1400" in text)
        rows = dict(line[2:].split(maxsplit=1) for line in board.splitlines()[2:6])
        assert [rows[key] for key in keys if key != "DAMSSPY"] == [said] * 3
        assert terminal.end() == 6
    stays = left_behind(terminal, 100, 60)
    assert stays.count(f"  {said}") == 3
    assert "2 order books" in stays


def test_once_is_one_ladder(tmp_path: Path) -> None:
    """Of several keys on a terminal, --once leaves the first book that came and no board."""
    with Terminal(tmp_path, "watch", *FEW, "DAMSSPY", "--sim", "--once") as terminal:
        assert terminal.end() == 0
    assert terminal.text.count(" spread ") == 1
    assert "no data yet" not in terminal.text


def test_keys_of_stdin_follow_those_of_the_command_line(
    kisq: Kisq, account: dict[str, str]
) -> None:
    """Each key is subscribed once, in the order given, those of the command line first."""
    run = kisq(
        *("raw", "DAMSSPY", "--keys", "-", "--json", "--duration", "1s"),
        stdin=b"# mine\nDNASNVDA DAMSSPY\n\n\tDHKS00003 # Hong Kong\nDNASNVDA\n",
        **account,
    )
    assert run.returncode == 0
    sent = [json.loads(line) for line in run.stdout.splitlines() if b'"dir":"out"' in line]
    requests = [json.loads(line["text"]) for line in sent if line["kind"] == "control"]
    subscribed = [r["body"]["input"] for r in requests if r["header"]["tr_type"] == "1"]
    assert [key["tr_key"] for key in subscribed] == ["DAMSSPY", "DNASNVDA", "DHKS00003"]
    assert [key["tr_id"] for key in subscribed] == ["HDFSASP0", "HDFSASP0", "HDFSASP1"]


@pytest.mark.parametrize("command", ["watch", "check"])
def test_more_than_41_keys_do_not_connect(kisq: Kisq, tmp_path: Path, command: str) -> None:
    """The 42nd key is refused before anything connects, with the reason."""
    (tmp_path / "keys.txt").write_text("\n".join(NAMES[1:]))
    with Player([SPY]) as player:
        run = kisq(command, NAMES[0], "--keys", "keys.txt", **player.settings)
    assert run.returncode == 2
    assert run.stderr.count(b"\n") == 1
    assert b"42 keys are more than the 41 that KIS allows per appkey (OPSP0008)" in run.stderr
    assert player.connections == 0


def test_key_file_is_read_as_written(tmp_path: Path) -> None:
    """White space separates, # starts a comment, the byte order mark of Windows is no key."""
    file = tmp_path / "keys"
    file.write_bytes("\ufeffDNASAAPL\tDNASNVDA\r\n#DNASX\n\n  DHKS00003#x\nDNASAAPL\n".encode())
    assert list(key_texts(["DAMSSPY", "DNASNVDA"], f"{file}")) == [
        *("DAMSSPY", "DNASNVDA", "DNASAAPL", "DHKS00003")
    ]
    assert keys_to_watch(key_texts(None, f"{file}"), None)[-1] == ("HDFSASP1", "DHKS00003")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"DNASAAPL\n\nDNASNVDA AAPL # oops\n", "keys, line 3: 'AAPL': a tr_key needs session"),
        (b"# nothing\n\n", "keys holds no key"),
        (b"DNAS\xff", "keys is not valid UTF-8"),
        (b"#" * 1024 * 1024 + b"\n", "keys is larger than 1 MiB"),
        (None, "keys cannot be read: No such file or directory"),
    ],
)
def test_what_is_wrong_with_a_key_file_is_said(
    tmp_path: Path, data: bytes | None, said: str
) -> None:
    """A bad key names its line; a file without keys or without text is an error."""
    file = tmp_path / "keys"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(WrongUsage) as found:
        keys_to_watch(key_texts([], f"{file}"), None)
    assert str(found.value).startswith(f"{tmp_path}/{said}")


def test_line_of_a_key_that_raw_cannot_send(tmp_path: Path) -> None:
    """raw sends doubtful keys, but a key that cannot be sent names its line."""
    file = tmp_path / "keys"
    file.write_text("anything\nA\x07\n")
    with pytest.raises(WrongUsage, match=r"keys, line 2: 'A\\x07' holds a character"):
        keys_as_given(key_texts([], f"{file}"), "H0STASP0", Notices(io.StringIO()))
