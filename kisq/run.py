"""One run: frames from a source into sinks until something ends it, then an orderly end."""

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from kisq.errors import (
    Interrupted,
    KisqError,
    NothingBroadcast,
    OutputFailed,
    SubscriptionRefused,
)
from kisq.flow import Recorder, Sink, Source
from kisq.interrupts import INTERRUPTS
from kisq.output.people import People
from kisq.output.stream import Lines, OutputClosed, OutputStalled
from kisq.output.tally import Tally
from kisq.protocol.frames import DATA, Frame

Hint = Callable[[], str]  # why nothing comes and what to try, worked out when it is needed
_DRAIN_SECONDS = 1.0  # how long a reader that does not read is waited for at the end
_TICK = 0.1  # seconds; how often a silent run looks at its clock


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
        capture: Recorder | None = None,
    ) -> None:
        self._source, self._out = source, out
        self._sinks: list[Sink] = [*([capture] if capture else []), *sinks]
        self._capture = capture
        self._tally, self._people, self._poll = tally, people, poll
        self._pending: deque[Frame] = deque()
        self._failure: KisqError | None = None
        self._started = source.now()
        self._ended: float | None = None
        self._silent: float | None = None  # seconds without data until a limit ended the run

    def until(self, limits: Limits, hint: Hint) -> int:
        """Run until a limit, an interrupt or an error; gives the exit code.

        Raises the KisqError that ended the run, NothingBroadcast where the time ran out without
        data. Whatever ends it, the session is given back, what was received is written as far as
        somebody takes it, and the sinks are closed.
        """
        code, quiet = 0, False
        try:
            self._pump(limits)
        except Interrupted as signal:
            code = signal.exit_code
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
        # Only now: to say why may take its time, and data may have come while it unsubscribed.
        if self._silent is not None and not self._tally.messages:
            raise NothingBroadcast(f"no data message came in {self._silent:.1f} s. {hint()}")
        if self._source.refusals and not code:
            code = SubscriptionRefused.exit_code
        return code

    def _pump(self, limits: Limits) -> None:
        if limits.duration is not None and not self._source.recorded:
            self._grant(limits.duration)
        for batch in self._source.batches(_TICK):
            with INTERRUPTS:
                self._pending.extend(batch)
                batch.clear()
            self._write_pending()
            if self._tally.full:
                if self._source.recorded:  # no session waits for its end, so a reader may be slow
                    self._out.flush()
                return
            self._poll()
            now = self._source.now()
            for sink in self._sinks:
                sink.flush(now)
            if self._is_over(limits, now - self._started):
                return

    def _is_over(self, limits: Limits, seconds: float) -> bool:
        """Whether a limit ends the run after ``seconds``; notes if that was without data."""
        ended = limits.duration is not None and seconds >= limits.duration
        if self._tally.messages:
            return ended
        timed_out = limits.timeout is not None and seconds >= limits.timeout
        self._silent = seconds if ended or timed_out else None
        return ended or timed_out

    def _grant(self, seconds: float) -> None:
        """From now on wait for readers so long and no longer."""
        deadline = time.monotonic() + seconds
        self._out.deadline = deadline
        if self._capture:
            self._capture.lines.deadline = deadline

    def _write_pending(self) -> None:
        while self._pending and not self._tally.full:
            with INTERRUPTS:  # all sinks get it, whole and once
                frame = self._pending.popleft()
                for sink in self._sinks:
                    sink.write(frame)
                self._tally.see(frame)
            self._relieve()

    def _relieve(self) -> None:
        """Hand over what has gathered; what is shown does not wait for a capture that is stuck."""
        if capture := self._capture:
            try:
                capture.lines.relieve()
            except OutputStalled:
                self._close(capture)
                self._sinks.remove(capture)
                self._capture = None
                self._grant(_DRAIN_SECONDS)
        self._out.relieve()

    def _end(self) -> None:
        """Give the session back, write what is left, close the sinks."""
        try:
            self._pending.extend(self._leave())
            self._grant(_DRAIN_SECONDS)
            with suppress(OutputClosed, OutputStalled, KeyboardInterrupt):
                self._write_rest()  # a second interrupt ends the wait for a reader
            if self._capture:
                for frame in self._pending:
                    self._capture.write(frame)
        except OutputFailed as error:
            self._failure = self._failure or error
        finally:
            for sink in reversed(self._sinks):
                self._close(sink)
            self._people.release()

    def _close(self, sink: Sink) -> None:
        try:
            sink.close()
        except OutputFailed as error:
            self._failure = self._failure or error
        except OutputClosed:
            pass
        except OutputStalled:
            if self._capture and sink is self._capture:
                name = self._capture.name
                self._people.say(f"the end of the recording is LOST: nobody reads {name}")

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
