"""From a source to a capture and to what is shown, neither of which waits for the other."""

import time
from collections import deque
from collections.abc import Iterator

from kisq.errors import Interrupted, KisqError, OutputFailed
from kisq.flow import Recorder, Sink, Source
from kisq.output.counts import Loss
from kisq.output.stream import OutputClosed, OutputStalled
from kisq.output.streams import Streams
from kisq.run.losses import Losses
from kisq.wire.frames import DATA, Frame, leave_out_data

_DRAIN_SECONDS = 1.0  # how long a reader that does not read is waited for at the end
_TICK = 0.1  # seconds; how often a silent run looks at its clock
_MOST_AT_ONCE = 10_000  # frames that are shown before keys and limits are looked at again
_MOST_WEIGHT = 256 * 1024 * 1024  # bytes that may wait to be shown, with what holds a frame:
_FRAME_WEIGHT = 256


class Delivery:
    """Takes frames from ``source``: all go to ``capture`` and ``sinks``, which write ``streams``.

    The sinks are served in their order and closed in the opposite one. A live source is recorded
    also while nobody takes what is shown. ``most`` is how much to show, None for all; what counts
    as shown is up to the sinks (``Counts.shown``). ``failure`` is why one of the two could not be
    written, which ends the run, and ``quiet`` that the reader of a capture on stdout went away.
    """

    def __init__(
        self,
        source: Source,
        sinks: list[Sink],
        streams: Streams,
        capture: Recorder | None = None,
        most: int | None = None,
    ) -> None:
        self._source, self._sinks, self._capture = source, sinks, capture
        self._out, self._notices, self._counts = streams.out, streams.notices, streams.counts
        self._most = most
        self._steps: Iterator[None] = iter(())
        self._received: deque[Frame] = deque()  # neither recorded nor shown yet
        self._recorded: deque[Frame] = deque()  # not shown yet
        self._weight = 0  # of those
        self._late: KisqError | None = None  # what ended the source
        self.failure: KisqError | None = None
        self.quiet = False
        self._started = source.now()
        self._ended: float | None = None  # by the clock of the source, where it is not its end
        self.losses = Losses(source, streams.out, capture)
        self._unwritable = False

    def begin(self, seconds: float | None) -> None:
        """Begin to receive; a live source waits for readers so long and no longer."""
        self._steps = self._source.receive(_TICK, self._received)
        self.losses.look()
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
        self.losses.look()
        self._show(_MOST_AT_ONCE)
        if self._late and not (self._recorded or self._received):
            raise self._late
        if self.full and self._source.recorded:  # no session waits for its end,
            self._out.flush()  # so a reader may be slow
        return more and not self.failure and not self.quiet

    @property
    def full(self) -> bool:
        """Whether as much was shown as was asked for."""
        return self._counts.shown == self._most

    @property
    def seconds(self) -> float:
        """How long it runs or ran, by the clock of the source."""
        return (self._source.now() if self._ended is None else self._ended) - self._started

    def flush(self) -> None:
        """Hand over what is there."""
        now = self._source.now()
        self._flush_capture(now)
        for sink in self._sinks:
            sink.flush(now)

    def end(self) -> None:
        """Give the session back, write what is left as far as somebody takes it, close all."""
        self._out.meanwhile = None
        self.losses.look()
        try:
            self._leave()
            self._wait_until(_DRAIN_SECONDS)
            self._show_rest()
            while self._received:
                self._recorded.append(self._record_next())
        finally:
            for sink in reversed(self._sinks):
                self._close(sink)
            self._close_capture()
            self._notices.release()

    def count_losses(self) -> None:
        """Add to ``losses`` what the source lost and what was received and not shown."""
        waiting = sum(frame.kind is DATA for frame in (*self._received, *self._recorded))
        self.losses.end(waiting, unwritable=self._unwritable)

    def fail(self, error: OutputFailed) -> None:
        """What is shown cannot be written."""
        self._unwritable = True
        self.failure = self.failure or error

    def _take(self) -> bool:
        """Receive the next batch; False at the end."""
        try:
            for _ in self._steps:
                return True
        except KisqError as error:  # raised when what came before it is shown
            self._late = error
        return self._late is not None

    def _show(self, most: int) -> None:
        """Show what was received, but at most so many frames."""
        sinks, out = self._sinks, self._out
        for _ in range(min(most, len(self._recorded) + len(self._received))):
            if self.full:
                return
            frame = self._next() if self._recorded else self._record_next()
            for sink in sinks:
                sink.write(frame)
            out.relieve()

    def _next(self) -> Frame:
        frame = self._recorded.popleft()
        self._weight -= len(frame.data) + _FRAME_WEIGHT
        return frame

    def _record_next(self) -> Frame:
        frame = self._received.popleft()
        self._counts.see(frame)
        if self._capture:
            try:
                self._capture.write(frame)
            except OutputFailed as error:
                self._lose_capture(error)
        return frame

    def _record_meanwhile(self) -> None:
        """While nobody takes what is shown, record what comes."""
        self._take()
        while self._received:
            self._keep(self._record_next())
        self._flush_capture(self._source.now())

    def _keep(self, frame: Frame) -> None:
        weight = len(frame.data) + _FRAME_WEIGHT
        if self._weight + weight > _MOST_WEIGHT:
            self.losses.add(Loss.NOBODY, frame.kind is DATA)
        else:
            self._weight += weight
            self._recorded.append(frame)

    def _show_rest(self) -> None:
        """What was received before the end, but for data beyond --count.

        Of a recording nothing beyond it: there it did not happen before the end.
        """
        full = self.full
        if full:
            if self._source.recorded and self._received:
                self._ended = self._received[0].tick
                self._received.clear()
            leave_out_data(self._received)
            leave_out_data(self._recorded)
            self._most = None
        try:
            self._show(len(self._recorded) + len(self._received))
            self._out.flush()
        except OutputClosed:
            self.quiet = full  # where a signal ended it, that ended the reader too
        except (OutputStalled, Interrupted):
            pass  # a second signal ends the wait for a reader
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
        except (OutputStalled, Interrupted):
            self._notices.say(f"the end of the recording is LOST: nobody reads {capture.name}")

    def _close(self, sink: Sink) -> None:
        try:
            sink.close()
        except OutputFailed as error:
            self.fail(error)
        except (OutputClosed, OutputStalled, Interrupted):
            pass

    def _leave(self) -> None:
        try:
            self._source.close()
        except Interrupted:  # a second signal: no more patience with the server
            self._source.abort()
