"""What a run is made of: a source of frames, sinks for them, a capture."""

from collections import deque
from collections.abc import Iterator
from typing import Protocol

from kisq.errors import SubscriptionRefused
from kisq.wire.frames import Frame


class Source(Protocol):
    """Anything that yields frames: a live feed, or a capture.

    ``recorded`` says that its time is not today's, and that nothing more happens at its end.
    """

    recorded: bool
    refusals: list[SubscriptionRefused]

    @property
    def lost(self) -> int:
        """How many messages were lost."""

    def now(self) -> float:
        """The clock that the ticks of its frames are measured by, in monotonic seconds."""

    def receive(self, wait: float, into: deque[Frame]) -> Iterator[None]:
        """Append to ``into`` what comes, a step at least every ``wait`` seconds.

        Whoever gave ``into`` owns what is in it, at any moment.
        """

    def close(self) -> None:
        """End it in order; what comes until then is appended as well."""

    def abort(self) -> None:
        """End it at once."""


class Sink(Protocol):
    """Anything that takes frames."""

    def write(self, frame: Frame) -> None:
        """Take one frame."""

    def flush(self, now: float) -> None:
        """Nothing more is there right now; ``now`` is by the clock of the source."""

    def close(self) -> None:
        """Nothing more will come."""


class Recorder(Sink, Protocol):
    """A sink that writes to a file of its own, ``name``.

    It waits for a reader until ``deadline`` (monotonic seconds), and only where it is ``patient``.
    """

    name: str
    deadline: float | None
    patient: bool

    @property
    def seconds(self) -> float:
        """How long writing took."""
