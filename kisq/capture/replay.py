"""A capture as a source of frames, by the recording's clock, at the recorded speed or another."""

import time
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterator
from math import inf, nan
from operator import attrgetter
from typing import TYPE_CHECKING

from kisq.capture.reader import CaptureReader
from kisq.signals import SIGNALS
from kisq.wire.frames import DATA, Frame, is_known
from kisq.wire.matching import AskedOfAnyTr, identities

if TYPE_CHECKING:
    from kisq.errors import SubscriptionRefused

_BATCH = 512
_FACTORS = {"+": 2.0, "=": 2.0, "-": 0.5}  # = is + without shift
_SLOWEST = 1 / 16
_FASTEST = 1024.0
_tick_of = attrgetter("tick")
Keep = Callable[[Frame], bool]


class Replay:
    """A source: the frames of ``reader`` for which ``keep`` is true.

    ``speed`` is in recorded seconds per second; infinity waits for nothing. The clock is that of
    the recording: 0 at the first frame, and it never goes back. No batch holds frames from both
    sides of one of ``stops`` (seconds of that clock), and the clock is seen to stop there.
    """

    recorded = True
    lost = 0

    def __init__(
        self,
        reader: CaptureReader,
        speed: float = inf,
        keep: Keep | None = None,
        stops: tuple[float, ...] = (),
    ) -> None:
        self._reader = reader
        self.speed = speed
        self._keep = keep
        self._stops = sorted(stops)
        self.refusals: list[SubscriptionRefused] = []
        self.at = nan  # epoch seconds of the newest frame handed out, NaN if unknown
        self.paused = False
        self._ahead: list[Frame] = []
        self._next = 0  # in _ahead
        self._read_tick = 0.0  # of the newest frame that was read
        self._read_at = nan  # epoch seconds of the newest frame that was read
        self._handed = 0.0  # the tick of the newest frame handed out
        self._steps = 0  # data messages to hand out while paused
        self._over = False
        self._ended = False
        self._go_on()

    def now(self) -> float:
        """Seconds of the recording; between two frames it goes on at the speed."""
        if self.paused or self._next == len(self._ahead):
            return self._handed
        due = self._handed if self.speed == inf else self._due()
        return max(self._handed, min(due, self._ahead[self._next].tick))

    @property
    def share(self) -> float | None:
        """How much of the file was handed out, 0 to 1; None if its size is unknown."""
        if not self._ahead:
            return self._reader.share(1.0)
        return self._reader.share(self._next / len(self._ahead))

    def press(self, key: str) -> None:
        """React to a key.

        Space pauses or goes on, ``n`` steps one data message, ``+`` and ``-`` double and halve the
        speed, ``q`` ends.
        """
        if key == "q":
            self._over = True
        elif key == "space" and self.paused:
            self.paused = False
            self._steps = 0
            self._go_on()
        elif key in _FACTORS and self.speed != inf:
            self._handed = self.now()
            self.speed = min(max(_SLOWEST, self.speed * _FACTORS[key]), _FASTEST)
            self._go_on()
        elif key in ("space", "n"):
            self._handed = self.now()
            self.paused = True
            if key == "n":
                self._steps += 1

    def receive(self, wait: float, into: deque[Frame]) -> Iterator[None]:
        """Append to ``into`` what is due, a step at least every ``wait`` seconds."""
        while not self._over:
            if self._next == len(self._ahead):
                self._fill(wait)
                if self._ended:
                    return
            into.extend(self._batch(wait))
            yield

    def close(self) -> None:
        """Close the file."""
        self._reader.close()

    def abort(self) -> None:
        self.close()

    def _go_on(self) -> None:
        self._since = time.monotonic()
        self._from = self._handed

    def _due(self) -> float:
        """Up to which second of the recording frames are due."""
        return self._from + (time.monotonic() - self._since) * self.speed

    def _fill(self, wait: float) -> None:
        """Read on, and give each frame its tick."""
        frames = self._reader.frames(wait)
        self._ended = frames is None
        self._ahead = []
        self._next = 0
        for frame in frames or ():
            if is_known(frame.at):
                if frame.at > self._read_at:  # it is not, if the recording's clock was set back
                    self._read_tick += frame.at - self._read_at
                self._read_at = frame.at
            if self._keep is None or self._keep(frame):
                self._ahead.append(Frame(*frame[:4], self._read_tick))

    def _batch(self, wait: float) -> list[Frame]:
        if self._next == len(self._ahead):
            return []
        if self.paused:
            return self._step(wait)
        due = inf if self.speed == inf else self._due()
        end = self._before_stop(bisect_right(self._ahead, due, self._next, key=_tick_of))
        if end > self._next:
            return self._hand_out(min(end, self._next + _BATCH))
        coming = self._ahead[self._next].tick
        if self._stop <= min(due, coming):
            self._handed = self._stops.pop(0)
        else:
            SIGNALS.sleep(min(wait, (min(coming, self._stop) - due) / self.speed))
        return []

    @property
    def _stop(self) -> float:
        """The next stop, infinity if there is none."""
        return self._stops[0] if self._stops else inf

    def _before_stop(self, end: int) -> int:
        """The place in ``_ahead`` of the next stop, if that comes before ``end``."""
        return min(end, bisect_left(self._ahead, self._stop, self._next, key=_tick_of))

    def _step(self, wait: float) -> list[Frame]:
        """While paused: hand out up to the next data message, if asked for, or the next stop."""
        if not self._steps:
            SIGNALS.sleep(wait)
            return []
        after_data = self._after_next_data()
        end = self._before_stop(after_data or len(self._ahead))
        if end == self._next:
            self._handed = self._stops.pop(0)
            return []
        if end == after_data:
            self._steps -= 1
        return self._hand_out(end)

    def _after_next_data(self) -> int | None:
        """The place in ``_ahead`` after the next data message, None if there is none ahead."""
        for place in range(self._next, len(self._ahead)):
            if self._ahead[place].kind is DATA:
                return place + 1
        return None

    def _hand_out(self, end: int) -> list[Frame]:
        batch = self._ahead[self._next : end]
        self._next = end
        newest = batch[-1]
        self._handed = newest.tick
        self.at = newest.at
        return batch


def keep_only(asked: AskedOfAnyTr) -> Keep:
    """A ``Keep`` for data messages with a record that was asked for, and all other frames."""

    def keep(frame: Frame) -> bool:
        if frame.kind is not DATA:
            return True
        return any(asked.key_of(*identity) for identity in identities(frame.text))

    return keep
