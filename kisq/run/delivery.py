"""From a source to a capture and to the sinks, neither of which waits for the other."""

import time
from collections import deque
from collections.abc import Iterator

from kisq.errors import Interrupted, KisqError, OutputFailed
from kisq.flow import Recorder, Sink, Source
from kisq.locale.sentence import Sentence
from kisq.output.counts import Loss, Losses
from kisq.output.stream import OutputClosed, OutputStalled
from kisq.output.streams import Streams
from kisq.wire.frames import DATA, Frame, leave_out_data

_DRAIN_SECONDS = 1.0  # at the end, how long to wait for a reader that does not read
_TICK = 0.1  # seconds; how often a silent run looks at its clock
_MOST_AT_ONCE = 10_000  # frames shown before keys and limits are looked at again
_MOST_WEIGHT = 256 * 1024 * 1024  # bytes that may wait to be shown, with this overhead per frame:
_FRAME_WEIGHT = 256
_END_LOST = Sentence("the end of the recording is LOST: nobody reads {name}")


class Delivery:
    """Takes frames from ``source`` and gives each to ``capture`` and to ``sinks``.

    The sinks write to ``streams``; they are served in order and closed in reverse. A live source
    is recorded even while nobody reads the output. ``most`` is how much to show (``Counts.shown``),
    None for all. ``failure`` is why the capture or the output could not be written, which ends the
    run; ``quiet`` is true once the reader of a capture on stdout went away.
    """

    def __init__(
        self,
        source: Source,
        sinks: list[Sink],
        streams: Streams,
        capture: Recorder | None = None,
        most: int | None = None,
    ) -> None:
        self._source = source
        self._sinks = sinks
        self._capture = capture
        self._out = streams.out
        self._notices = streams.notices
        self._counts = streams.counts
        self._most = most
        self._steps: Iterator[None] = iter(())
        self._received: deque[Frame] = deque()  # neither recorded nor shown yet
        self._recorded: deque[Frame] = deque()  # not shown yet
        self._weight = 0  # of those in _recorded
        self._late: KisqError | None = None  # what ended the source
        self.failure: KisqError | None = None
        self.quiet = False
        self._started = source.now()
        self._ended: float | None = None  # by the clock of the source, if before the source's end
        self.losses = Losses(source, streams.out, capture)
        self._unwritable = False

    def begin(self, seconds: float | None) -> None:
        """Begin to receive; a live source waits for readers at most ``seconds``."""
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
        """Deliver the next batch; False if nothing more comes. Raises what ended the source."""
        more = self._take()
        self.losses.look()
        self._show(_MOST_AT_ONCE)
        if self._late and not (self._recorded or self._received):
            raise self._late
        if self.full and self._source.recorded:
            self._out.flush()  # no session waits for its end, so a reader may be slow
        elif self.full:
            self._out.offer()  # before the session is left, which waits for the server
        return more and not self.failure and not self.quiet

    @property
    def full(self) -> bool:
        """Whether ``most`` has been shown."""
        return self._counts.shown == self._most

    @property
    def seconds(self) -> float:
        """How long it runs or ran, by the clock of the source."""
        end = self._source.now() if self._ended is None else self._ended
        return end - self._started

    def flush(self) -> None:
        """Flush the capture and the sinks."""
        now = self._source.now()
        self._flush_capture(now)
        for sink in self._sinks:
            sink.flush(now)

    def end(self) -> None:
        """Leave the session, write what is left as far as somebody reads it, close everything."""
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
        """Add to ``losses`` what the source lost and what was received but not shown."""
        waiting = sum(frame.kind is DATA for frame in (*self._received, *self._recorded))
        self.losses.end(waiting, unwritable=self._unwritable)

    def fail(self, error: OutputFailed) -> None:
        """Note that the output cannot be written."""
        self._unwritable = True
        self.failure = self.failure or error

    def _take(self) -> bool:
        """Receive the next batch; False at the end."""
        try:
            for _ in self._steps:
                return True
        except KisqError as error:  # ``step`` raises it once everything before it is shown
            self._late = error
        return self._late is not None

    def _show(self, most: int) -> None:
        """Show what was received, at most ``most`` frames."""
        sinks = self._sinks
        out = self._out
        counts = self._counts
        for _ in range(min(most, len(self._recorded) + len(self._received))):
            if counts.shown == self._most:
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
        """Record what comes while nobody reads the output."""
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
        """Show what was received before the end, except data beyond --count.

        Of a recording, show nothing beyond it: there it did not happen before the end.
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
            self.quiet = full  # a signal that ended the run ended the reader too
        except (OutputStalled, Interrupted):
            pass  # a second signal ends the wait for a reader
        except OutputFailed as error:
            self.fail(error)

    def _wait_until(self, seconds: float) -> None:
        """From now on wait for readers at most ``seconds``."""
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
                self._capture.deadline = 0.0  # its reader had its time
                self._close_capture()

    def _lose_capture(self, error: OutputFailed) -> None:
        """Close a capture that cannot be written; the output goes on with what was received."""
        self.failure = self.failure or error
        self._close_capture()

    def _close_capture(self) -> None:
        capture = self._capture
        if capture is None:
            return
        self._capture = None
        try:
            capture.close()
        except OutputFailed as error:
            self.failure = self.failure or error
        except OutputClosed:
            self.quiet = True
        except (OutputStalled, Interrupted):
            self._notices.say(_END_LOST.format(name=capture.name))

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
        except Interrupted:  # a second signal: wait for the server no longer
            self._source.abort()
