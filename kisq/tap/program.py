"""What a program has done in its session so far; all times are monotonic seconds. Pure."""

from collections import Counter, deque
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from kisq.locale.sentence import Sentence
from kisq.wire.matching import Asked, identities
from kisq.wire.messages import Answer, Key
from kisq.wire.refusal import concerned
from kisq.wire.request_form import read_request

SUBSCRIBE = "1"
UNSUBSCRIBE = "2"
LOOP_CONNECTS = 3  # that many in a minute are a loop
_MOST_WAITING = 100  # PINGPONGs; KIS ends a session after five


class Standing(Enum):
    """Where a registration stands, for people."""

    ASKED = Sentence("not answered")
    ACCEPTED = Sentence("registered")
    REFUSED = Sentence("refused")
    ENDED = Sentence("unsubscribed")
    LOST = Sentence("ended with its connection")


_COUNTING = (Standing.ASKED, Standing.ACCEPTED)  # for KIS, now or soon


@dataclass(slots=True)
class Registration:
    """One key that the program asked for.

    ``asked_at`` is when it last did so, ``settled_at`` when KIS answered in this session.
    ``messages`` is how many data messages came of it in all, ``fresh`` how many since it was
    accepted.
    """

    key: Key
    asked_at: float
    standing: Standing = Standing.ASKED
    settled_at: float | None = None
    refusal: Answer | None = None
    messages: int = 0
    fresh: int = 0


class Sent(NamedTuple):
    """A request as the program sent it; what it lacks is empty."""

    tr_type: str
    key: Key


def sent_request(data: bytes) -> Sent:
    """Read what a text of the program asks for."""
    fields = read_request(data).sent
    key = (str(fields.get("tr_id", "")), str(fields.get("tr_key", "")))
    return Sent(str(fields.get("tr_type", "")), key)


@dataclass(slots=True)
class Program:
    """One program over all its connections: its registrations, PINGPONGs and connects.

    ``attempts`` counts its handshakes, ``recent_attempts`` is when the last ones began.
    ``answer_seconds`` is how long each PINGPONG waited for its answer; ``waiting`` are those that
    still wait, each with its time. ``heard_at`` is when KIS was last heard, None if nobody is
    connected.
    """

    registrations: dict[Key, Registration] = field(default_factory=dict)
    attempts: int = 0
    recent_attempts: deque[float] = field(default_factory=lambda: deque(maxlen=LOOP_CONNECTS))
    opened: int = 0
    heard_at: float | None = None
    pingpongs: int = 0
    answer_seconds: list[float] = field(default_factory=list)
    waiting: deque[tuple[float, bytes]] = field(default_factory=lambda: deque(maxlen=_MOST_WAITING))
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)
    unanswered: list[Key] = field(default_factory=list)  # requests, in their order
    _asked: Asked = field(default_factory=Asked)

    def attempt(self, tick: float) -> None:
        """Note that the program connects, whether KIS lets it or not."""
        self.attempts += 1
        self.recent_attempts.append(tick)

    def open(self, tick: float) -> None:
        """Note that a session begins."""
        self.opened += 1
        self.heard_at = tick

    def close(self) -> None:
        """Note that the session ended, and its registrations with it."""
        self.heard_at = None
        self.waiting.clear()
        self.unanswered.clear()
        for registration in self.registrations.values():
            registration.settled_at = None
            if registration.standing in _COUNTING:
                registration.standing = Standing.LOST

    @property
    def held(self) -> list[Registration]:
        """The registrations that count for KIS, or will."""
        return [each for each in self.registrations.values() if each.standing in _COUNTING]

    @property
    def ticking(self) -> list[Key]:
        """The keys of which data come."""
        return [each.key for each in self.registrations.values() if each.fresh]

    def ask(self, tick: float, key: Key) -> Registration:
        """Note that the program subscribes to ``key``."""
        registration = self.registrations.setdefault(key, Registration(key, tick))
        self._asked.add(key)
        self.unanswered.append(key)
        registration.asked_at = tick
        if registration.standing is not Standing.ACCEPTED:
            registration.standing = Standing.ASKED
            registration.refusal = None
        return registration

    def give_back(self, key: Key) -> Registration | None:
        """Note that the program unsubscribes ``key``; gives its registration, if there was one."""
        self.unanswered.append(key)
        registration = self.registrations.get(key)
        if registration is None or registration.standing not in _COUNTING:
            return None
        registration.standing = Standing.ENDED
        return registration

    def settle(self, tick: float, answer: Answer) -> None:
        """Note that KIS answers a request."""
        named = (answer.tr_id, answer.tr_key)
        if answer.accepted:
            self._accept(tick, named)
            return
        self.refusals[answer.msg_cd, answer.msg1] += 1
        for key in concerned(answer, self.registrations, self.unanswered, []):
            self._forget(key)
            registration = self.registrations.get(key)
            if registration and registration.standing is not Standing.ENDED:
                registration.standing = Standing.REFUSED
                registration.refusal = answer
                registration.settled_at = tick

    def _accept(self, tick: float, named: Key) -> None:
        self._forget(named)
        registration = self.registrations.get(named)
        if registration and registration.standing is Standing.ASKED:
            registration.standing = Standing.ACCEPTED
            registration.settled_at = tick
            registration.fresh = 0

    def _forget(self, key: Key) -> None:
        if key in self.unanswered:
            self.unanswered.remove(key)

    def count(self, text: str) -> None:
        """Count a data message once for each key of which it has a record."""
        keys = {self._asked.key_of(*identity) for identity in identities(text)}
        for key in keys:
            if key is not None:
                registration = self.registrations[key]
                registration.messages += 1
                registration.fresh += 1

    def ping(self, tick: float, data: bytes) -> None:
        """Note that KIS sent a PINGPONG."""
        self.pingpongs += 1
        self.waiting.append((tick, data))

    def pong(self, tick: float, data: bytes) -> float | None:
        """Note that the program answered a PINGPONG; gives how long that took.

        It answers the one with its text, or else the newest; those before it are settled too. None
        if no PINGPONG was waiting.
        """
        if not self.waiting:
            return None
        newest = self.waiting[-1]
        same_text = (each for each in self.waiting if each[1] == data)
        sent_at, _ = next(same_text, newest)
        while self.waiting and self.waiting[0][0] <= sent_at:
            self.waiting.popleft()
        seconds = tick - sent_at
        self.answer_seconds.append(seconds)
        return seconds
