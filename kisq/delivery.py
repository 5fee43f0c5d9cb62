"""From a source to a capture and to what is shown, neither of which waits for the other."""

import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress

from kisq.errors import KisqError, OutputFailed
from kisq.flow import Recorder, Sink, Source
from kisq.interrupts import INTERRUPTS
from kisq.output.people import People
from kisq.output.stream import Lines, OutputClosed, OutputStalled
from kisq.output.tally import Loss, Tally
from kisq.protocol.frames import DATA, Frame

_DRAIN_SECONDS = 1.0  # how long a reader that does not read is waited for at the end
_TICK = 0.1  # seconds; how often a silent run looks at its clock
_MOST_AT_ONCE = 10_000  # frames that are shown before keys and limits are looked at again
_MOST_WEIGHT = 256 * 1024 * 1024  # bytes that may wait to be shown, with what holds a frame:
_FRAME_WEIGHT = 256


class Delivery:
    """Takes frames from ``source``: all go to ``capture``, and to ``sinks``, which write ``out``.

    The sinks are served in their order and closed in the opposite one. A live source is recorded
    also while nobody takes what is shown. ``failure`` is why one of the two could not be written,
    which ends the run, and ``quiet`` that the reader of a capture on stdout went away.
    """

    def __init__(
        self,
        source: Source,
        sinks: list[Sink],
        out: Lines,
        tally: Tally,
        people: People,
        capture: Recorder | None,
    ) -> None:
        self._source, self._sinks, self._out = source, sinks, out
        self._tally, self._people, self._capture = tally, people, capture
        self._batches: Iterator[list[Frame]] = iter(())
        self._received: deque[Frame] = deque()  # neither recorded nor shown yet
        self._recorded: deque[Frame] = deque()  # not shown yet
        self._weight = 0  # of those
        self._late: KisqError | None = None  # what ended the source
        self.failure: KisqError | None = None
        self.quiet = False
        self.ended: float | None = None  # by the clock of the source, where it is not its end
        self.losses: Counter[Loss] = Counter()  # of data messages, by reason
        self._unwritable = False
        self._lost = 0  # by the source, and ascribed
        self._looked_at = self._out_seconds = self._capture_seconds = 0.0

    def begin(self, seconds: float | None) -> None:
        """Begin to receive; a live source waits for readers so long and no longer."""
        self._batches = self._source.batches(_TICK)
        self._ascribe()
        if self._source.recorded:
            return
        if self._capture:
            self._capture.patient = False
            self._out.meanwhile = self._record_meanwhile
        if seconds is not None:
            self._wait_until(seconds)

    def step(self) -> bool:
        """Deliver the next batch; False where nothing more comes. Raises what ended the source."""
        more = self._take()
        self._ascribe()
        self._show(_MOST_AT_ONCE)
        if self._late and not (self._recorded or self._received):
            raise self._late
        if self._tally.full and self._source.recorded:  # no session waits for its end,
            self._out.flush()  # so a reader may be slow
        return more and not self.failure and not self.quiet

    def flush(self, now: float) -> None:
        """Hand over what is there; ``now`` is by the clock of the source."""
        self._flush_capture(now)
        for sink in self._sinks:
            sink.flush(now)

    def end(self) -> None:
        """Give the session back, write what is left as far as somebody takes it, close all."""
        self._out.meanwhile = None
        self._ascribe()
        try:
            self._received.extend(self._leave())
            self._wait_until(_DRAIN_SECONDS)
            self._show_rest()
            while self._received:  # which is soon done, so an interrupt has to wait
                with suppress(KeyboardInterrupt), INTERRUPTS:
                    self._recorded.append(self._record_next())
        finally:
            for sink in reversed(self._sinks):
                self._close(sink)
            self._close_capture()
            self._people.release()

    def count_losses(self) -> None:
        """Add to ``losses`` what the source lost and what was received and not shown."""
        self._ascribe()
        waiting = sum(frame.kind is DATA for frame in (*self._received, *self._recorded))
        self.losses[Loss.FULL if self._unwritable else Loss.NOBODY] += waiting + self._out.left

    def fail(self, error: OutputFailed) -> None:
        """What is shown cannot be written."""
        self._unwritable = True
        self.failure = self.failure or error

    def _take(self) -> bool:
        """Receive the next batch; False at the end."""
        try:
            for batch in self._batches:
                with INTERRUPTS:
                    self._received.extend(batch)
                    batch.clear()
                return True
        except KisqError as error:  # raised when what came before it is shown
            self._late = error
        return self._late is not None

    def _show(self, most: int) -> None:
        """Show what was received, but at most so many frames."""
        for _ in range(min(most, len(self._recorded) + len(self._received))):
            if self._tally.full:
                return
            with INTERRUPTS:  # all sinks get it, whole and once
                frame = self._next()
                for sink in self._sinks:
                    sink.write(frame)
            self._out.relieve()

    def _next(self) -> Frame:
        if not self._recorded:
            return self._record_next()
        frame = self._recorded.popleft()
        self._weight -= len(frame.data) + _FRAME_WEIGHT
        return frame

    def _record_next(self) -> Frame:
        frame = self._received.popleft()
        self._tally.see(frame)
        if self._capture:
            try:
                self._capture.write(frame)
            except OutputFailed as error:
                self._lose_capture(error)
        return frame

    def _record_meanwhile(self) -> None:
        """While nobody takes what is shown, record what comes."""
        if INTERRUPTS.held or not self._capture:
            return
        self._take()
        while self._received:
            with INTERRUPTS:
                self._keep(self._record_next())
        self._flush_capture(self._source.now())

    def _keep(self, frame: Frame) -> None:
        weight = len(frame.data) + _FRAME_WEIGHT
        if self._weight + weight > _MOST_WEIGHT:
            self.losses[Loss.NOBODY] += frame.kind is DATA
        else:
            self._weight += weight
            self._recorded.append(frame)

    def _show_rest(self) -> None:
        """What was received before the end, but for data beyond --count.

        Of a recording nothing beyond it: there it did not happen before the end.
        """
        if self._tally.full:
            if self._source.recorded and self._received:
                self.ended = self._received[0].tick
                self._received.clear()
            self._received = deque(frame for frame in self._received if frame.kind is not DATA)
            self._recorded = deque(frame for frame in self._recorded if frame.kind is not DATA)
            self._tally.limit = None
        try:
            self._show(len(self._recorded) + len(self._received))
            self._out.flush()
        except (OutputClosed, OutputStalled, KeyboardInterrupt):
            pass  # a second interrupt ends the wait for a reader
        except OutputFailed as error:
            self.fail(error)

    def _wait_until(self, seconds: float) -> None:
        """From now on wait for readers so long and no longer."""
        self._out.deadline = time.monotonic() + seconds
        if self._capture:
            self._capture.deadline = self._out.deadline

    def _flush_capture(self, now: float) -> None:
        if self._capture:
            try:
                self._capture.flush(now)
            except OutputFailed as error:
                self._lose_capture(error)
            except (OutputClosed, OutputStalled):
                self._capture.deadline = 0.0  # its reader was waited for
                self._close_capture()

    def _lose_capture(self, error: OutputFailed) -> None:
        """It cannot be written: what is shown goes on to the end of what was received."""
        self.failure = self.failure or error
        self._close_capture()

    def _close_capture(self) -> None:
        capture, self._capture = self._capture, None
        if capture is None:
            return
        try:
            capture.close()
        except OutputFailed as error:
            self.failure = self.failure or error
        except OutputClosed:
            self.quiet = True
        except OutputStalled:
            self._people.say(f"the end of the recording is LOST: nobody reads {capture.name}")

    def _close(self, sink: Sink) -> None:
        try:
            sink.close()
        except OutputFailed as error:
            self.fail(error)
        except (OutputClosed, OutputStalled):
            pass

    def _leave(self) -> list[Frame]:
        try:
            return self._source.close()
        except KeyboardInterrupt:  # a second one: no more patience with the server
            return self._source.abort()

    def _ascribe(self) -> None:
        """If the source lost any since the last time, note what took the most time meanwhile."""
        out, capture = self._out.seconds, self._capture.seconds if self._capture else 0.0
        now, lost = time.monotonic(), self._source.lost
        if lost > self._lost:
            shares = {
                Loss.NOBODY: out - self._out_seconds,
                Loss.CAPTURE: capture - self._capture_seconds,
                Loss.SLOW: (now - self._looked_at) / 2,
            }
            self.losses[max(shares, key=shares.__getitem__)] += lost - self._lost
        self._lost, self._looked_at = lost, now
        self._out_seconds, self._capture_seconds = out, capture
