"""What a check knows of one key when it stops listening."""

from dataclasses import dataclass

from kisq.check.measure import Measure
from kisq.errors import KisqError, SubscriptionRefused
from kisq.wire.messages import Key


@dataclass(frozen=True, slots=True)
class Keepalive:
    """The PINGPONGs of a session; times are monotonic seconds.

    ``answered`` is None if a recording does not hold what the client sent; ``quiet`` is the longest
    time without any message of the server.
    """

    first_at: float | None
    received: int
    answered: int | None
    quiet: float


@dataclass(frozen=True, slots=True)
class Others:
    """What came and does not belong to this key.

    ``nameless`` counts messages of its TR that cannot be decoded and name no key; ``reason`` is
    that of the first. ``decoded`` counts the records of the TR that were decoded for any key,
    ``foreign`` the messages of keys that were not asked for. ``refusal`` is KIS's code and text of
    a refusal that concerns no key that was asked for, or empty. ``ticking`` are the keys asked for
    of which records came.
    """

    nameless: int
    reason: str
    decoded: int
    foreign: dict[Key, int]
    refusal: str
    ticking: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """One key; times are monotonic seconds.

    ``sent_at`` is when its subscribe was sent, None if it was not; ``accepted`` is KIS's code and
    text; ``unsubscribed_at`` is when KIS answered that it was unsubscribed. Nothing was due after
    ``ended_at``, and ``session_ended_at`` is when the whole session ended. ``refusal`` tells how
    the subscription was refused, ``lost`` how the connection was lost. ``recorded`` marks a
    recording; if it holds no request for the key, ``asked`` is false.
    """

    measure: Measure
    started_at: float
    sent_at: float | None
    accepted_at: float | None
    accepted: str
    unsubscribed_at: float | None
    ended_at: float
    session_ended_at: float
    keepalive: Keepalive
    others: Others
    refusal: SubscriptionRefused | None
    lost: KisqError | None
    recorded: bool = False
    asked: bool = True

    @property
    def since(self) -> float:
        """When the waiting began: with the subscribe, or with a recording that has none."""
        if self.sent_at is None:
            return self.started_at
        return self.sent_at

    @property
    def listened(self) -> float:
        """Seconds for which data were due."""
        return self.ended_at - self.since

    @property
    def undecodable(self) -> float:
        """The share of the key's records, or of its TR's messages, that cannot be decoded."""
        own = self.measure.malformed / max(1, self.measure.records + self.measure.malformed)
        nameless = self.others.nameless / max(1, self.others.decoded + self.others.nameless)
        return max(own, nameless)
