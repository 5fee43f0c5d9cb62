"""The parts of a run: a source of frames, sinks for them, a recorder."""

from collections import deque
from collections.abc import Iterator
from typing import Protocol

from kisq.errors import SubscriptionRefused
from kisq.wire.frames import Frame


class Source(Protocol):
    """Anything that yields frames: a live feed, or a capture.

    ``recorded`` means that its time is not today's, and that nothing more comes after its end.
    """

    recorded: bool
    refusals: list[SubscriptionRefused]

    @property
    def lost(self) -> int:
        """The number of lost messages."""

    def now(self) -> float:
        """The clock for the ticks of its frames, in monotonic seconds."""

    def receive(self, wait: float, into: deque[Frame]) -> Iterator[None]:
        """Append the frames that come to ``into``; yields at least every ``wait`` seconds.

        The caller owns what is in ``into``, at any moment.
        """

    def close(self) -> None:
        """End it in order; frames that come until then are appended as well."""

    def abort(self) -> None:
        """End it at once."""


class Sink(Protocol):
    """Anything that takes frames."""

    def write(self, frame: Frame) -> None:
        """Take one frame."""

    def flush(self, now: float) -> None:
        """Called when no more frames are there right now; ``now`` is the clock of the source."""

    def close(self) -> None:
        """Called when no more frames will come."""


class Recorder(Sink, Protocol):
    """A sink that writes to its own file, ``name``.

    It waits for a reader until ``deadline`` (monotonic seconds), and only if it is ``patient``.
    """

    name: str
    deadline: float | None
    patient: bool

    @property
    def seconds(self) -> float:
        """How long writing took."""
