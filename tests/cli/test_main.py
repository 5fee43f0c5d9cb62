"""What surrounds a command: streams that take nothing and variables that make no sense."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, clean_environment
from helpers.command import said
from helpers.patience import PATIENCE
from helpers.records import SPY

Kisq = Callable[..., Run]


@pytest.mark.parametrize("args", [["--version"], ["--help"], ["explain", "OPSP8996"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_stdout_that_takes_nothing(tmp_path: Path, args: list[str], unbuffered: str) -> None:
    """A stdout that is open only for reading is one sentence and exit 74."""
    with Path(os.devnull).open() as nothing:
        run = subprocess.run(
            [sys.executable, "-m", "kisq", *args],
            stdout=nothing,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=clean_environment(PYTHONUNBUFFERED=unbuffered),
            timeout=PATIENCE,
            check=False,
        )
    assert run.returncode == 74
    assert said(run).startswith("kisq: error: stdout cannot be written")
    assert said(run).count("\n") == 1


@pytest.mark.parametrize("args", [["--version"], ["--help"], ["watch", "-h"], ["explain", "NAS"]])
def test_stdout_that_is_closed(tmp_path: Path, args: list[str]) -> None:
    """Without a stdout nothing can be printed, be it the help: one sentence and exit 74."""
    run = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "kisq", *args],
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=clean_environment(),
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 74
    assert said(run) == "kisq: error: stdout is closed; give it somewhere to go\n"


@pytest.mark.parametrize(
    "settings",
    [
        {"TERMINAL_WIDTH": "abc"},
        {"TERMINAL_WIDTH": "3000000"},
        {"COLUMNS": "3000000", "LINES": "3000000"},
        {"COLUMNS": "9" * 5000, "LINES": "9" * 20},
        {"COLUMNS": "²", "LINES": "²"},
        {"COLUMNS": "0", "LINES": "-1"},
    ],
    ids=lambda settings: "-".join(f"{name}-{value[:20]}" for name, value in settings.items()),
)
@pytest.mark.parametrize("args", [["--help"], ["watch", "--once", "-r", "day"]])
def test_sizes_that_are_none(
    kisq: Kisq, tmp_path: Path, args: list[str], settings: dict[str, str]
) -> None:
    """No size in the environment is a failure, and nothing is wider than 1000 columns."""
    (tmp_path / "day").write_text(f"{SPY}\n")
    run = kisq(*args, **settings)
    assert run.returncode == 0, said(run)
    assert 40 < max(map(len, run.stdout.decode().splitlines())) <= 1000


@pytest.mark.parametrize("name", ["FORCE_COLOR", "TTY_COMPATIBLE", "GITHUB_ACTIONS", "PY_COLORS"])
@pytest.mark.parametrize("args", [["--help"], ["explain", "OPSP8996"]])
def test_no_variable_colours_a_file(kisq: Kisq, args: list[str], name: str) -> None:
    """A stdout that is no terminal gets no escape, whatever the environment asks for."""
    run = kisq(*args, **{name: "1"})
    assert run.returncode == 0
    assert b"\x1b" not in run.stdout
