"""One run: frames from a source into sinks until something ends it, then an orderly end."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import repeat, starmap
from typing import Protocol

from kisq.errors import (
    EXIT_INTERRUPTED,
    KisqError,
    NothingBroadcast,
    SubscriptionRefused,
    Terminated,
)
from kisq.output.people import People
from kisq.output.stream import Lines, OutputClosed, OutputFailed, OutputStalled
from kisq.output.tally import Tally
from kisq.protocol.frames import DATA, Frame

Hint = Callable[[], str]  # why nothing comes and what to try, worked out when it is needed
_DRAIN_SECONDS = 1.0  # how long a reader that does not read is waited for at the end
_TICK = 0.1  # seconds; how often a silent run looks at its clock


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

    def batches(self, wait: float) -> Iterator[list[Frame]]:
        """What came since the last batch; an empty list after ``wait`` seconds of nothing.

        Frames are taken out of the list; what is left in it comes again from ``close``.
        """

    def close(self) -> list[Frame]:
        """End it in order; the frames that are left and those of the end."""

    def abort(self) -> list[Frame]:
        """End it at once; the frames that are left."""


class Sink(Protocol):
    """Anything that takes frames."""

    def write(self, frame: Frame) -> None:
        """Take one frame."""

    def flush(self, now: float) -> None:
        """Nothing more is there right now; ``now`` is by the clock of the source."""

    def close(self) -> None:
        """Nothing more will come."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a run ends by itself; None is never.

    ``duration`` and ``timeout`` are seconds from its start by the clock of the source, ``timeout``
    only until the first data message; ``count`` is how many order books or data messages to
    show, ``reconnects`` how many losses of the connection in a row are made good.
    """

    duration: float | None = None
    timeout: float | None = None
    count: int | None = None
    reconnects: int = 0


@dataclass(frozen=True, slots=True)
class Input:
    """What a run reads from and what goes with that.

    ``status`` is a sink that shows a person the state of the source, ``hint`` says why nothing
    comes, ``press`` takes keys of the keyboard, ``foot`` gives the last line of a live screen.
    """

    source: Source
    status: Sink
    hint: Hint
    press: Callable[[str], None] | None = None
    foot: Callable[[], str] = str


class Run:
    """One run of ``source`` into ``sinks``, which write to ``out``.

    They are served in their order and closed in the opposite one. ``capture`` is one that comes
    before them and gets everything that was received, also where nobody takes the output. ``poll``
    is called between batches, at least 10 times a second.
    """

    def __init__(
        self,
        source: Source,
        sinks: list[Sink],
        out: Lines,
        tally: Tally,
        people: People,
        poll: Callable[[], None] = lambda: None,
        capture: Sink | None = None,
    ) -> None:
        self._source, self._out = source, out
        self._sinks, self._capture = [*([capture] if capture else []), *sinks], capture
        self._tally, self._people, self._poll = tally, people, poll
        self._pending: deque[Frame] = deque()
        self._failure: KisqError | None = None
        self._started = source.now()
        self._ended: float | None = None

    def until(self, limits: Limits, hint: Hint) -> int:
        """Run until a limit, an interrupt or an error; gives the exit code.

        Raises the KisqError that ended the run, NothingBroadcast where the time ran out without
        data. Whatever ends it, the session is given back, what was received is written as far as
        somebody takes it, and the sinks are closed.
        """
        code, quiet = 0, False
        try:
            self._pump(limits, hint)
        except KeyboardInterrupt as signal:
            code = signal.exit_code if isinstance(signal, Terminated) else EXIT_INTERRUPTED
        except OutputStalled:  # only --duration sets a deadline while the run goes on
            pass
        except OutputClosed:
            quiet = True
        except KisqError as error:
            self._failure = error
        finally:
            self._end()
            if not quiet and (not self._failure or self._tally.messages or self._tally.pingpongs):
                self._people.say(self._sentence())
        if self._failure:
            raise self._failure
        if self._source.refusals and not code:
            code = SubscriptionRefused.exit_code
        return code

    def _pump(self, limits: Limits, hint: Hint) -> None:
        if limits.duration is not None and not self._source.recorded:
            self._out.deadline = time.monotonic() + limits.duration
        for batch in self._source.batches(_TICK):
            # In one step of the interpreter, so that no signal loses a frame or doubles it.
            self._pending.extend(starmap(batch.pop, repeat((0,), len(batch))))
            self._write_pending()
            if self._tally.full:
                if self._source.recorded:  # no session waits for its end, so a reader may be slow
                    self._out.flush()
                return
            self._poll()
            now = self._source.now()
            for sink in self._sinks:
                sink.flush(now)
            if _over(limits, now - self._started, self._tally, hint):
                return

    def _write_pending(self) -> None:
        tally = self._tally
        while self._pending and not tally.full:
            frame, puts = self._pending[0], self._out.puts
            counted = tally.shown, tally.trades
            try:
                for sink in self._sinks:
                    sink.write(frame)
                tally.see(frame)
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt) and self._out.puts == puts:
                    tally.shown, tally.trades = (
                        counted  # not written yet: it stays for the end of the run
                    )
                else:
                    self._pending.popleft()
                raise
            self._pending.popleft()

    def _end(self) -> None:
        """Give the session back, write what is left, close the sinks."""
        try:
            self._pending.extend(self._leave())
            self._out.deadline = time.monotonic() + _DRAIN_SECONDS
            with suppress(OutputClosed, OutputStalled, KeyboardInterrupt):
                self._write_rest()  # a second interrupt ends the wait for a reader
            if self._capture:
                for frame in self._pending:
                    self._capture.write(frame)
        except OutputFailed as error:
            self._failure = self._failure or error
        finally:
            for sink in reversed(self._sinks):
                try:
                    sink.close()
                except OutputFailed as error:
                    self._failure = self._failure or error
                except (OutputClosed, OutputStalled):
                    pass
            self._people.release()

    def _leave(self) -> list[Frame]:
        try:
            return self._source.close()
        except KeyboardInterrupt:  # a second one: no more patience with the server
            return self._source.abort()

    def _write_rest(self) -> None:
        """What was received before the end, but for data beyond --count.

        Of a recording nothing beyond it: there it did not happen before the end.
        """
        if self._tally.full:
            rest = self._pending
            if self._source.recorded and rest:
                self._ended, rest = rest[0].tick, deque()
            self._pending = deque(frame for frame in rest if frame.kind is not DATA)
            self._tally.limit = None
        self._write_pending()
        self._out.flush()

    def _sentence(self) -> str:
        waiting = sum(frame.kind is DATA for frame in self._pending)
        ended = self._source.now() if self._ended is None else self._ended
        seconds = ended - self._started
        return self._tally.sentence(seconds, self._out.left, self._source.lost + waiting)


def _over(limits: Limits, seconds: float, tally: Tally, hint: Hint) -> bool:
    timed_out = limits.timeout is not None and seconds >= limits.timeout and not tally.messages
    ended = limits.duration is not None and seconds >= limits.duration
    if (timed_out or ended) and not tally.messages:
        raise NothingBroadcast(f"no data message came in {seconds:.1f} s. {hint()}")
    return ended
