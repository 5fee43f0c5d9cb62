"""What all connections of a simulator share: its options, its accounts and its market."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kisq.locale.sentence import Sentence
from kisq.simulator.accounts import Accounts
from kisq.simulator.faults import NO_FAULTS, Faults
from kisq.simulator.makers import Makers
from kisq.simulator.market import BookMaker
from kisq.simulator.symbols import Symbols, well_known
from kisq.wire.clocks import KST
from kisq.wire.trkey import TrKey


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a simulator.

    ``rate`` is in messages per second and key, ``seed`` is that of the books, ``symbols`` are
    those that are traded. ``pingpong`` are the seconds between PINGPONGs; None is KIS's own rhythm.
    Each TR comes in the layout that KIS sent on the Korean day ``as_of``.
    """

    rate: float = 5.0
    seed: int = 1
    pingpong: float | None = None
    port: int = 0
    faults: Faults = NO_FAULTS
    symbols: Symbols = field(default_factory=well_known)
    as_of: date = date.max


# (tr_id, tr_key) → the messages to broadcast, each with the seconds since the first of them, or
# with NaN to follow the rate of the options. It is read in another thread.
Played = Callable[[str, str], Iterator[tuple[float, str]]]


def ignore(_: str) -> None:
    """Do nothing: nobody wants to know."""


@dataclass
class SharedState:
    """What all connections of a simulator share.

    ``log`` is told each step, ``report`` what somebody should know without asking, ``sent`` each
    data message that was sent. ``played`` has the messages to broadcast, if they are not to be
    made here; ``over`` is told of each tr_key whose messages ended, and how many there were.
    ``connections`` counts all connections so far, ``connected`` those open now,
    ``most_connected`` the most that were open at once.
    """

    options: Options
    log: Callable[[Sentence], None] = ignore
    sent: Callable[[str], None] = ignore
    over: Callable[[str, int], None] = lambda *_: None
    played: Played | None = None
    report: Callable[[Sentence], None] = ignore
    connections: int = 0
    connected: int = 0
    most_connected: int = 0
    accounts: Accounts = field(init=False)
    _messages: int = 0
    _stopped_at: datetime | None = None

    def __post_init__(self) -> None:
        strict = self.options.faults.approval_rate
        self.accounts = Accounts(strict=strict, report=self.report)
        self._makers = Makers(self.options.seed, self.options.as_of)

    def message(self, tr_id: str, key: TrKey) -> str:
        """The next data message of a key, as the faults have it; the market goes on for all."""
        faults = self.options.faults
        text = self._makers.of(tr_id, key).message(self._now(), faults)
        before = int(self._messages * faults.garbage)
        self._messages += 1
        after = int(self._messages * faults.garbage)
        if after > before:
            return f"0|{tr_id}|001|\x00garbage^\x1b[31m\ufffd"
        return text

    def book(self, key: TrKey) -> BookMaker:
        """The market of a key, with at least one order book."""
        books = self._makers.books(key)
        if not books.made:
            books.record(self._now())
        return books

    def _now(self) -> datetime:
        now = datetime.now(KST) - timedelta(seconds=self.options.faults.delay)
        if self._stopped_at is None:
            self._stopped_at = now
        if self.options.faults.stale:
            return self._stopped_at
        return now

    def enter(self) -> int:
        """Count a new connection; gives its number."""
        self.connections += 1
        self.connected += 1
        self.most_connected = max(self.most_connected, self.connected)
        return self.connections
