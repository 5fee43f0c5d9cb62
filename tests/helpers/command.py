"""The command line: a run that goes on, and what an ended one says."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from conftest import Run, clean_environment

from helpers.forked import Forked


class Running(Forked):
    """A kisq that is still running, with pipes as its stdout and stderr."""

    def __init__(
        self, folder: Path, args: tuple[str, ...], patches: dict[str, str] | None, **settings: str
    ) -> None:
        pipes = [os.pipe() for _ in range(2)]
        self.stdout, self.stderr = (os.fdopen(read, "rb") for read, _ in pipes)
        ends = [write for _, write in pipes]
        environment = clean_environment(**settings)
        super().__init__(args, (0, *ends), folder, environment, patches=patches)
        for end in ends:
            os.close(end)

    def communicate(self, timeout: float) -> tuple[bytes, bytes]:
        """Everything that it still writes, until it ends."""
        with ThreadPoolExecutor(2) as readers:
            out, errors = (readers.submit(each.read) for each in (self.stdout, self.stderr))
            try:
                self.wait(timeout)
            finally:
                self.kill()  # so that the readers come to an end
            return out.result(), errors.result()


@contextmanager
def running(
    tmp_path: Path, *args: str, patches: dict[str, str] | None = None, **settings: str
) -> Iterator[Running]:
    """A kisq that is still running; killed at the end if it has not ended."""
    process = Running(tmp_path, args, patches, **settings)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def said(run: Run) -> str:
    """What was said on stderr: never a traceback."""
    text = run.stderr.decode()
    assert "Traceback" not in text
    return text
