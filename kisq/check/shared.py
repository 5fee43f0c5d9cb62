"""The stages that all keys of a live check share, one after the other: each may be the last."""

import time
from collections.abc import Callable
from typing import NoReturn, TypeVar

from kisq.check import verdict
from kisq.check.listener import Watcher
from kisq.check.report import KeyReport, Name, Stage, Status
from kisq.errors import ApprovalRefused, ConnectionFailed, KisqError, SettingsFault
from kisq.wire.messages import Key

Result = TypeVar("Result")


class Stopped(Exception):
    """A stage that all keys share failed; ``error`` says how."""

    def __init__(self, error: KisqError) -> None:
        self.error = error
        super().__init__(str(error))


class SharedStages:
    """Settings, approval key and handshake: ``done`` so far, each shown when it ends."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self.done: list[Stage] = []

    def run(
        self, name: Name, action: Callable[[], Result], detail: Callable[[Result], str]
    ) -> Result:
        """Run a stage, ``detail`` is its evidence. Raises Stopped where it fails."""
        started = time.monotonic()
        try:
            result = action()
        except (SettingsFault, ApprovalRefused, ConnectionFailed) as error:
            self.fail(name, started, error)
        self.add(Stage(name, Status.OK, time.monotonic() - started, detail(result)))
        return result

    def fail(self, name: Name, started: float, error: KisqError) -> NoReturn:
        """A stage that began at ``started`` (monotonic seconds) failed. Raises Stopped."""
        self.add(Stage(name, Status.FAILED, time.monotonic() - started, error.sentence))
        raise Stopped(error) from None

    def add(self, stage: Stage) -> None:
        """A stage ended."""
        self.done.append(stage)
        self._watcher.stage("", stage)

    def report(self, key: Key, error: KisqError) -> KeyReport:
        """What is known of ``key`` where a shared stage failed with ``error``."""
        rest = [Stage(name, Status.SKIPPED) for name in list(Name)[len(self.done) :]]
        step = error.next_step or "Correct the setting, or try --sim."
        judged = verdict.VERDICTS[type(error)]
        stages = [*self.done, *rest]
        return KeyReport(*key, judged, f"{error.sentence}.", verdict.sentence(step), stages)
