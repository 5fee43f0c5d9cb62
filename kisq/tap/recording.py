"""The recording of a tap, which may fail without ending the session of a program."""

from collections.abc import Callable

from kisq.errors import OutputFailed
from kisq.flow import Recorder
from kisq.locale.sentence import Sentence
from kisq.wire.frames import Frame

_FAILED = Sentence("{failure}; the session goes on, but nothing more of it is recorded")


class LastingRecorder:
    """A recorder in front of ``recorder``; tells ``say`` once if that cannot be written.

    ``failure`` is why, for whoever ends the run.
    """

    def __init__(self, recorder: Recorder, say: Callable[[Sentence], None]) -> None:
        self._recorder = recorder
        self._say = say
        self.name = recorder.name
        self.failure: OutputFailed | None = None
        self.deadline: float | None = None
        self.patient = True

    @property
    def seconds(self) -> float:
        """How long writing took."""
        return self._recorder.seconds

    def write(self, frame: Frame) -> None:
        self._try(lambda: self._recorder.write(frame))

    def flush(self, now: float) -> None:
        self._recorder.deadline = self.deadline
        self._recorder.patient = self.patient
        self._try(lambda: self._recorder.flush(now))

    def close(self) -> None:
        self._recorder.deadline = self.deadline
        self._try(self._recorder.close)

    def _try(self, work: Callable[[], None]) -> None:
        if self.failure:
            return
        try:
            work()
        except OutputFailed as failure:
            self.failure = failure
            self._say(_FAILED.format(failure=failure.text))
