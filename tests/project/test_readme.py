"""What the README says is true: its commands run, its tables are the program's own."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, clean_environment
from helpers.patience import PATIENCE
from helpers.places import ROOT
from helpers.readme import BLOCKS, COMMANDS, KOREAN_COMMANDS, README, ending, exits, needs_a_shell

from kisq.simulator.server import Simulator

IN_A_SHELL = [command for command in COMMANDS if needs_a_shell(ending(command))]
ALONE = [command for command in COMMANDS if command not in IN_A_SHELL]


@pytest.fixture
def servers(tmp_path: Path, account: dict[str, str], simulator: Simulator) -> dict[str, str]:
    """The settings of a person who has an account."""
    return account | {"KIS_MASTER_URL": simulator.master_url, "XDG_CACHE_HOME": str(tmp_path)}


@pytest.mark.parametrize("command", IN_A_SHELL)
def test_commands_of_the_readme_run(tmp_path: Path, servers: dict[str, str], command: str) -> None:
    """Each command in a sh block ends well against the simulator."""
    if "jq" in command and not shutil.which("jq"):
        pytest.skip("jq is not installed")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        ["bash", "-o", "pipefail", "-c", ending(command)],
        cwd=tmp_path,
        env=clean_environment(PATH=path, **servers),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode in exits(command), run.stderr.decode()
    assert b"Traceback" not in run.stderr


@pytest.mark.parametrize("command", ALONE)
def test_commands_of_the_readme_that_need_no_shell_run(
    kisq: Callable[..., Run], servers: dict[str, str], command: str
) -> None:
    """So does each that is kisq alone, without a shell."""
    program, *arguments = shlex.split(ending(command), comments=True)
    assert program == "kisq"
    run = kisq(*arguments, **servers)
    assert run.returncode in exits(command), run.stderr.decode()
    assert b"Traceback" not in run.stderr


def test_commands_can_be_pasted_into_every_shell() -> None:
    """Zsh takes neither a comment at its prompt nor brackets that are not quoted."""
    blocks = README.split("\n```")[1::2]
    assert len(blocks) > len(BLOCKS)
    for line in "\n".join(block.partition("\n")[2] for block in blocks).splitlines():
        unquoted = re.sub(r"'[^']*'", "", line)
        assert not set("#[]*?!").intersection(unquoted), line


def test_readme_has_commands_and_is_short() -> None:
    """There are commands to run, and the whole fits in 250 lines of 100 columns."""
    assert len(COMMANDS) > 10
    assert len(README.splitlines()) <= 250
    assert max(map(len, README.splitlines())) <= 100


def test_korean_readme_has_no_command_of_its_own() -> None:
    """What the Korean README says to run is run by the English one's tests, but for one name."""
    assert set(KOREAN_COMMANDS) - set(COMMANDS) == {"kisq find 애플"}


def test_example_settings_name_every_setting() -> None:
    """.env.example has each variable that kisq reads, and no other."""
    example = set(re.findall(r"\bKIS_[A-Z_]+", (ROOT / ".env.example").read_text("utf-8")))
    read = set(re.findall(r'"(KIS_[A-Z_]+)"', (ROOT / "kisq/settings.py").read_text("utf-8")))
    assert example == read


def test_nothing_names_a_machine_or_a_registry() -> None:
    """The files that are committed speak of the project alone."""
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    names = listed.stdout.decode().split("\0")
    assert {"README.md", "kisq/cli/watch.py", "tests/project/test_readme.py"} <= set(names)
    for name in names:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ""} and path.is_file() and path != Path(__file__):
            text = path.read_text("utf-8", "replace")
            assert "/root/" not in text
            assert "/work/" not in text
