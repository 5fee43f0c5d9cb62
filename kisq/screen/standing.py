"""Whether the book of a key stands still while its connection lives, and why it is doubted."""

from kisq.locale.sentence import Sentence
from kisq.screen import labels
from kisq.wire.record import Record

_QUIET = Sentence("no update for {seconds:.0f} s, only PINGPONG")
_CLOCK = Sentence("its clock stands still at {clock}")
# As `check` judges a clock that does not go on (contract.md): so many messages in so many seconds.
_CLOCK_MESSAGES = 5
_CLOCK_SECONDS = 3.0


class Standing:
    """What is told of the records of one key; times are seconds of the clock of the source."""

    def __init__(self) -> None:
        self._updates = 0
        self._pingpongs = 0  # when the last update was seen
        self._clock = ""
        self._clock_since = 0.0
        self._clock_updates = 0

    def sentence(self, record: Record, now: float, age: float, updates: int, pingpongs: int) -> str:
        """Why the newest record may not be relied upon; empty where nothing speaks against it."""
        if updates != self._updates:
            self._updates = updates
            self._pingpongs = pingpongs
        if pingpongs > self._pingpongs:
            return _QUIET.format(seconds=age)
        clock = labels.clock(record.exchange_time)
        if clock != self._clock:
            self._clock = clock
            self._clock_since = now
            self._clock_updates = updates
        is_old = now - self._clock_since >= _CLOCK_SECONDS
        if record.exchange_time and is_old and updates - self._clock_updates >= _CLOCK_MESSAGES:
            return _CLOCK.format(clock=clock)
        return ""
