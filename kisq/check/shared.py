"""The stages that all keys of a live check share, in order: each may be the last."""

import time
from collections.abc import Callable
from typing import NoReturn, TypeVar

from kisq.check import verdict
from kisq.check.listener import Watcher
from kisq.check.report import KeyReport, Stage, StageName, Status
from kisq.errors import ApprovalRefused, ConnectionFailed, KisqError, SettingsFault
from kisq.locale.sentence import Sentence, as_sentence, ended
from kisq.wire.messages import Key

Result = TypeVar("Result")
_CORRECT = Sentence("Correct the setting, or try --sim.")


class Stopped(Exception):
    """A stage that all keys share failed with ``error``."""

    def __init__(self, error: KisqError) -> None:
        self.error = error
        super().__init__(str(error))


class SharedStages:
    """Settings, approval key and handshake: ``done`` so far, each shown when it ends."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self.done: list[Stage] = []

    def run(
        self, name: StageName, action: Callable[[], Result], detail: Callable[[Result], str]
    ) -> Result:
        """Run a stage; ``detail`` gives its evidence. Raises Stopped if it fails."""
        started = time.monotonic()
        try:
            result = action()
        except (SettingsFault, ApprovalRefused, ConnectionFailed) as error:
            self.fail(name, started, error)
        self.add(Stage(name, Status.OK, time.monotonic() - started, detail(result)))
        return result

    def fail(self, name: StageName, started: float, error: KisqError) -> NoReturn:
        """Note that a stage begun at ``started`` (monotonic seconds) failed. Raises Stopped."""
        self.add(Stage(name, Status.FAILED, time.monotonic() - started, error.sentence))
        raise Stopped(error) from None

    def add(self, stage: Stage) -> None:
        """Note that a stage ended."""
        self.done.append(stage)
        self._watcher.stage("", stage)

    def report(self, key: Key, error: KisqError) -> KeyReport:
        """The report of ``key`` if a shared stage failed with ``error``."""
        skipped = [Stage(name, Status.SKIPPED) for name in list(StageName)[len(self.done) :]]
        return KeyReport(
            *key,
            verdict.VERDICTS[type(error)],
            ended(error.sentence),
            as_sentence(error.next_step or _CORRECT),
            [*self.done, *skipped],
        )
