"""One run: frames from a source into sinks until something ends it, then an orderly end."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from kisq.errors import (
    EXIT_INTERRUPTED,
    KisqError,
    NothingBroadcast,
    SubscriptionRefused,
    Terminated,
)
from kisq.output.people import People
from kisq.output.stream import OutputClosed
from kisq.output.tally import Tally
from kisq.protocol.frames import Frame

Hint = Callable[[], str]  # why nothing comes and what to try, worked out when it is needed
_TICK = 0.1  # seconds; how often a silent run looks at its clock


class Source(Protocol):
    """Anything that yields frames: a live feed, later a capture."""

    refusals: list[SubscriptionRefused]

    @property
    def lost(self) -> int:
        """How many messages were lost."""

    def batches(self, wait: float) -> Iterator[list[Frame]]:
        """What came since the last batch; an empty list after ``wait`` seconds of nothing."""

    def close(self) -> list[Frame]:
        """End it; the control frames of doing so."""


class Sink(Protocol):
    """Anything that takes frames."""

    def write(self, frame: Frame) -> None:
        """Take one frame."""

    def flush(self, now: float) -> None:
        """Nothing more is there right now; ``now`` is monotonic."""

    def close(self) -> None:
        """Nothing more will come."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a run ends by itself; None is never.

    ``duration`` and ``timeout`` are seconds from its start, ``timeout`` only until the first data
    message; ``count`` is how many order books or data messages to show, ``reconnects`` how many
    losses of the connection in a row are made good.
    """

    duration: float | None = None
    timeout: float | None = None
    count: int | None = None
    reconnects: int = 0


def run(
    source: Source,
    sinks: list[Sink],
    tally: Tally,
    limits: Limits,
    hint: Hint,
    people: People,
) -> int:
    """Run until a limit, an interrupt or an error; gives the exit code.

    ``sinks`` are served in their order and closed in the opposite one.
    Raises the KisqError that ended the run, NothingBroadcast where the time ran out without data.
    """
    started = time.monotonic()
    code, quiet, failure = 0, False, None
    try:
        _pump(source, sinks, tally, limits, started, hint)
    except KeyboardInterrupt as signal:
        code = signal.exit_code if isinstance(signal, Terminated) else EXIT_INTERRUPTED
    except OutputClosed:
        quiet = True
    except KisqError as error:
        failure = error
    finally:
        last = source.close()
    if not quiet:
        _finish(sinks, last)
        if not failure or tally.messages or tally.pingpongs:
            people.say(tally.sentence(time.monotonic() - started, source.lost))
    if failure:
        raise failure
    if source.refusals and not code:
        code = SubscriptionRefused.exit_code
    return code


def _pump(
    source: Source,
    sinks: list[Sink],
    tally: Tally,
    limits: Limits,
    started: float,
    hint: Hint,
) -> None:
    for batch in source.batches(_TICK):
        for frame in batch:
            tally.see(frame)
            for sink in sinks:
                sink.write(frame)
            if tally.full:
                return
        now = time.monotonic()
        for sink in sinks:
            sink.flush(now)
        if _over(limits, now - started, tally, hint):
            return


def _over(limits: Limits, seconds: float, tally: Tally, hint: Hint) -> bool:
    timed_out = limits.timeout is not None and seconds >= limits.timeout and not tally.messages
    ended = limits.duration is not None and seconds >= limits.duration
    if (timed_out or ended) and not tally.messages:
        raise NothingBroadcast(f"no data message came in {seconds:.1f} s. {hint()}")
    return ended


def _finish(sinks: list[Sink], last: list[Frame]) -> None:
    try:
        for frame in last:
            for sink in sinks:
                sink.write(frame)
        for sink in reversed(sinks):
            sink.close()
    except OutputClosed:  # nobody reads any more; the session is closed already
        pass
