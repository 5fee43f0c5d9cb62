"""The command line: a run that goes on, and what an ended one says."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import Run, clean_environment

from helpers.patched import command_of


@contextmanager
def running(
    tmp_path: Path, *args: str, patches: dict[str, str] | None = None, **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A kisq that is still running; killed at the end if it has not ended."""
    process = subprocess.Popen(
        [*command_of(patches), *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=clean_environment(**settings),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def said(run: Run) -> str:
    """What was said on stderr: never a traceback."""
    text = run.stderr.decode()
    assert "Traceback" not in text
    return text
