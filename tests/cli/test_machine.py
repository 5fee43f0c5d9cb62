"""Machines that lack something: what looks like a bug of kisq there is one sentence."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, clean_environment
from helpers.command import running, said
from helpers.patience import PATIENCE
from helpers.records import SPY, SUBSCRIBED
from player import Player

Kisq = Callable[..., Run]
PACKAGES = {  # the file, what is in it, the command, and what is said with exit 2
    "another websocket": (
        "websocket/__init__.py",
        "",
        "watch DNASAAPL",
        "websocket/__init__.py was imported as websocket, but is not what a current "
        "websocket-client brings; if it is a file of yours, rename it or run kisq elsewhere; "
        "otherwise pip uninstall websocket and pip install --force-reinstall websocket-client",
    ),
    "another typer": ("typer.py", "", "explain KRX", "typer.py was imported as typer, but is"),
    "another dotenv": ("dotenv.py", "", "approve --env-file my.env", "dotenv.py was imported as"),
    "a simulator that fails": (
        "aiohttp.py",
        "raise RuntimeError('no such wheel')",
        "approve --sim",
        "that the simulator needs cannot be imported (RuntimeError: no such wheel); install it",
    ),
    "a simulator without its extra": (
        "aiohttp.py",
        "raise ModuleNotFoundError(name='aiohttp')",
        "approve --sim",
        "the simulator needs aiohttp; install kisq with its extra: pip install '.[sim]' in its",
    ),
    "a compression that fails": (
        "zstandard.py",
        "raise RuntimeError('no such wheel')",
        "raw -r day.zst",
        "needs zstandard, which cannot be imported (RuntimeError: no such wheel); install it",
    ),
}


@pytest.mark.parametrize("name", PACKAGES)
def test_package_that_is_not_what_it_should_be(process: Kisq, tmp_path: Path, name: str) -> None:
    """The file that was imported is named, with what to install."""
    file, source, command, sentence = PACKAGES[name]
    path = tmp_path / "path" / file
    path.parent.mkdir(parents=True)
    path.write_text(source)
    (tmp_path / "my.env").write_text("KIS_ENV=mock\n")
    (tmp_path / "day.zst").write_bytes(b"\x28\xb5\x2f\xfd")
    settings = {"KIS_WS_URL": "ws://127.0.0.1:1", "KIS_APPROVAL_KEY": "approval-key-1"}
    run = process(*command.split(), PYTHONPATH=str(tmp_path / "path"), **settings)
    assert run.returncode == 2, said(run)
    assert sentence in said(run)
    assert said(run).count("\n") == 1


def test_calendar_that_fails_ends_no_run(process: Kisq, tmp_path: Path) -> None:
    """Holidays are worth a sentence, not a run."""
    (tmp_path / "holidays.py").write_text("raise RuntimeError('pandas is too new')\n")
    run = process("explain", "005930", PYTHONPATH=str(tmp_path))
    assert run.returncode == 0, said(run)
    assert "RuntimeError: pandas is too new" in run.stdout.decode().replace("\n", " ")


@pytest.mark.parametrize("args", ["explain 005930", "watch -r day --json"])
def test_machine_without_time_zones(process: Kisq, tmp_path: Path, args: str) -> None:
    """Alpine and Windows have none of their own: tzdata is a dependency."""
    (tmp_path / "day").write_text(f"{SPY}\n")
    run = process(*args.split(), PYTHONTZPATH="")
    assert run.returncode == 0, said(run)


def test_machine_without_time_zones_and_tzdata(process: Kisq, tmp_path: Path) -> None:
    """It is said what to install."""
    (tmp_path / "tzdata.py").write_text("")
    run = process("explain", "005930", PYTHONTZPATH="", PYTHONPATH=str(tmp_path))
    assert run.returncode == 2, said(run)
    assert "tzdata.py was imported as tzdata, but is not what" in said(run)


def test_completion_that_cannot_be_installed(process: Kisq, tmp_path: Path) -> None:
    """The path that cannot be written is said, with exit 74."""
    (tmp_path / "file").write_text("")
    settings = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    home = tmp_path / "file" / "home"
    run = process("--install-completion", "bash", HOME=str(home), **settings)
    assert run.returncode == 74, said(run)
    assert f"error: {home} cannot be written: Not a directory; make it" in said(run)


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such terminals")
def test_terminal_that_is_gone(tmp_path: Path) -> None:
    """It ends a run as SIGHUP does, also where nobody sends that."""
    master, slave = pty.openpty()
    with (
        Player([SUBSCRIBED, *[SPY] * 1000]) as player,
        subprocess.Popen(
            [sys.executable, "-m", "kisq", "raw", "DAMSSPY"],
            stdin=subprocess.DEVNULL,
            stdout=slave,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=clean_environment(**player.settings),
            start_new_session=True,
        ) as process,
    ):
        os.close(slave)
        assert os.read(master, 1)
        os.close(master)
        assert process.wait(PATIENCE) == 129


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such signals")
@pytest.mark.parametrize("name", ["SIGUSR1", "SIGUSR2", "SIGXCPU"])
def test_signals_that_programs_send(tmp_path: Path, name: str) -> None:
    """They end a run in order, as the others do."""
    import signal

    number = signal.Signals[name]
    with (
        Player([SUBSCRIBED, SPY]) as player,
        running(tmp_path, "raw", "DAMSSPY", **player.settings) as process,
    ):
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(number)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + number
    assert b"data message" in err
