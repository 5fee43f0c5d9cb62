"""What is built installs into empty environments and does there what the README says."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from conftest import clean_environment
from helpers.places import ROOT
from helpers.readme import COMMANDS, ending, exits

pytestmark = pytest.mark.soak
NEEDED = set("typer rich websocket-client requests python-dotenv holidays tzdata".split())
TOUR = [command for command in COMMANDS if "--sim" in command]
_REQUIRED = (
    "import json, re; from importlib.metadata import requires;"
    "print(json.dumps([re.match('[a-z-]+', line)[0]"
    " for line in requires('kisq') if 'extra ==' not in line]))"
)
_VERSION = "import sys; sys.exit(sys.version_info[:2] != tuple(map(int, sys.argv[1:])))"


def python(version: str) -> str | None:
    """The Python of that version that this machine has, on the PATH or in pyenv."""
    homes = Path.home().glob(f".pyenv/versions/{version}.*/bin/python")
    for path in [sys.executable, shutil.which(f"python{version}"), *map(str, homes)]:
        command = [path or "false", "-c", _VERSION, *version.split(".")]
        if path and subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return path
    return None


def run(*command: str | Path, **settings: str) -> str:
    done = subprocess.run(
        command, env=clean_environment(**settings), capture_output=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist of this tree and the wheel that is built from the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    return folder


def test_nothing_else_is_in_the_distributions(built: Path) -> None:
    """The wheel holds the package alone, the sdist what git has."""
    (wheel,), (sdist,) = built.glob("*.whl"), built.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"kisq"}
    assert "kisq/py.typed" in names
    with tarfile.open(sdist) as packed:
        files = {name.name.partition("/")[2] for name in packed.getmembers() if name.isfile()}
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert not listed.returncode, "only a clone can tell what belongs to it"
    assert files - set(listed.stdout.decode().splitlines()) == {"PKG-INFO"}


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_wheel_in_an_empty_environment(built: Path, tmp_path: Path, version: str) -> None:
    """It brings what it needs, says what the simulator needs, and then does the README's tour."""
    found = python(version)
    if not found:
        pytest.skip(f"no Python {version} on this machine")
    (wheel,) = built.glob("*.whl")
    run(found, "-m", "venv", tmp_path / "venv")
    scripts = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run(scripts / "python", "-m", "pip", "install", "--quiet", wheel)
    run(scripts / "python", "-m", "pip", "check")
    assert set(json.loads(run(scripts / "python", "-c", _REQUIRED))) == NEEDED
    assert run(scripts / "kisq", "--version").startswith("kisq ")
    without = subprocess.run(
        [scripts / "kisq", "watch", "DNASAAPL", "--sim"],
        env=clean_environment(),
        capture_output=True,
        check=False,
    )
    assert without.returncode == 2
    assert b"the simulator needs aiohttp" in without.stderr
    run(scripts / "python", "-m", "pip", "install", "--quiet", f"{wheel}[sim]")
    path = f"{scripts}{os.pathsep}{os.environ['PATH']}"
    for command in TOUR:
        if "jq" in command and not shutil.which("jq"):
            continue
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", ending(command)],
            cwd=tmp_path,
            env=clean_environment(PATH=path),
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode in exits(command), (command, done.stderr.decode())
