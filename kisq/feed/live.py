"""A live feed as a source of frames: connect, subscribe, read refusals, stay, leave in order."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial

from kisq.errors import ApprovalRefused, ConnectionFailed, SubscriptionRefused
from kisq.feed.approval import Approver
from kisq.feed.backoff import Backoff, slices
from kisq.feed.connection import Connection
from kisq.feed.leaving import SPACING, leave
from kisq.feed.pauses import pauses
from kisq.feed.state import State as State  # noqa: PLC0414 - it is used with the feed
from kisq.spec.codes import IN_USE, UNKNOWN_KEY
from kisq.spec.http_codes import HANDSHAKE
from kisq.wire.escape import MASK, Redactor
from kisq.wire.frames import CLOSE, DATA, IN, Frame
from kisq.wire.messages import Answer, Key, Request
from kisq.wire.notice_keys import NoticeKeys
from kisq.wire.refusal import concerned, next_step, step_after_loss

_ANSWER_SECONDS = 1.0  # then the next request does not wait for the answer any longer
_DEAD_SECONDS = 90.0  # without anything, even PINGPONG (protocol.md section 2)
_DEAD = f"nothing came for {_DEAD_SECONDS:.0f} s, not even a PINGPONG"
_NOT_FREED = (
    "{code} {text}: our own old session is not freed yet; connecting again in {seconds:.0f} s"
)


class LiveFeed:
    """A source: iterate over ``receive``, then ``close``, whatever happened.

    ``states`` holds the State of each (tr_id, tr_key), ``sent_at`` when its subscribe was sent on
    this connection (monotonic seconds), ``refusals`` those refused while others went on; all stay
    after ``close``. ``worked`` after any was accepted; ``through_tap`` as its connection is.
    """

    recorded = False

    def __init__(
        self,
        url: str,
        keys: list[Key],
        approver: Approver,
        tell: Callable[[str], None],
        redact: Redactor,
        custtype: str = "P",
        backoff: Backoff | None = None,
        notice_keys: NoticeKeys | None = None,
    ) -> None:
        self._url, self._approver, self._tell, self._redact = url, approver, tell, redact
        self._custtype, self._backoff = custtype, backoff or Backoff(most=0)
        self._notice_keys = notice_keys
        self.states = dict.fromkeys(keys, State.WAITING)
        self.sent_at: dict[Key, float] = {}
        self.refusals: list[SubscriptionRefused] = []
        self._connection: Connection | None = None
        self._into: deque[Frame] = deque()
        self._connected_at = float("-inf")
        self._outage_began: float | None = None
        self.worked = self.through_tap = False
        self._old_key_answers = 0
        self._ever_accepted: set[Key] = set()
        self._lost_before = 0

    @property
    def lost(self) -> int:
        """How many messages were lost because the queue was full."""
        return self._lost_before + (self._connection.lost if self._connection else 0)

    def now(self) -> float:
        """Monotonic seconds, as the ticks of the frames."""
        return time.monotonic()

    def receive(self, wait: float, into: deque[Frame]) -> Iterator[None]:
        """Append to ``into`` what comes, a step at least every ``wait`` seconds.

        A connection that dies after it worked is made again, with the same approval key. Raises
        what ``Approver.key`` does, ConnectionFailed and SubscriptionRefused; the last two after
        the step that shows why.
        """
        self._into = into
        self._approver.key()  # first, so that a refused key costs no connection
        while True:
            try:
                self._connection = Connection(self._url, self._redact, self._notice_keys)
                self.through_tap = self._connection.through_tap
                self._connected_at = time.monotonic()
                yield from self._session(self._connection, wait)
            except ConnectionFailed as error:
                pause = self._pause_after_loss(error)
            except SubscriptionRefused as error:
                pause = self._pause_after_refusal(error)
            self._put_away()
            self._begin_again()
            yield
            yield from slices(pause, wait)

    def close(self) -> None:
        """Unsubscribe and close the connection."""
        connection = self._connection
        if connection:
            keys = self.sent_at.keys() - self._in(State.REFUSED) | self._ever_accepted
            if keys:
                send = partial(self._send, connection, "2")
                leave(connection, keys, send, self._into, pauses(self._url))
            self._put_away()

    def abort(self) -> None:
        """Close the connection at once."""
        if self._connection:
            self._connection.abort()
        self._put_away()

    def _session(self, connection: Connection, wait: float) -> Iterator[None]:
        while True:
            self._subscribe_next(connection)
            subscribing = State.WAITING in self.states.values()
            came = connection.get(min(wait, SPACING) if subscribing else wait, self._into)
            control = [f for f in came if f.kind is not DATA and f.dir is IN]
            yield
            for frame in control:
                self._react(frame)
            if connection.quiet >= _DEAD_SECONDS:
                raise ConnectionFailed(self._url, _DEAD, step_after_loss([]))

    def _pause_after_loss(self, error: ConnectionFailed) -> float:
        """Seconds until the next connection; raises ``error`` if there is to be none."""
        now = time.monotonic()
        # Silence before the end is no health: it counts up to when the server was last heard.
        lived = self._connection.heard_at - self._connected_at if self._connection else 0.0
        pause = None
        if self.worked:  # otherwise another try would only be the same again
            pause = self._backoff.after(lived, throttled=error.status in HANDSHAKE)
        if pause is None:
            raise error
        self._outage_began = now if self._outage_began is None else self._outage_began
        self._tell(f"{error.happened}; connecting again in {pause:.1f} s")
        return pause

    def _pause_after_refusal(self, error: SubscriptionRefused) -> float:
        """As above; only our own old session may hold the appkey, and only after an outage."""
        ours = self._outage_began is not None and error.code == IN_USE
        pause = self._backoff.after_in_use() if ours else None
        if pause is None:
            raise error
        self._tell(_NOT_FREED.format(code=error.code, text=error.kis_text, seconds=pause))
        return pause

    def _put_away(self) -> None:
        connection = self._connection
        if connection is None:
            return
        connection.close()
        while connection.get(0, self._into):
            pass
        self._lost_before += connection.lost
        self._connection = None  # last: an interrupt before this is followed by ``close``

    def _begin_again(self) -> None:
        """Let the next connection subscribe to what was not refused."""
        refused = {key for refusal in self.refusals for key in refusal.keys}
        self.states |= dict.fromkeys(self.states.keys() - refused, State.WAITING)
        self.sent_at.clear()
        self._ever_accepted.clear()
        self._old_key_answers = 0

    def _in(self, state: State) -> list[Key]:
        """The keys that stand there."""
        return [key for key, stands in self.states.items() if stands is state]

    def _subscribe_next(self, connection: Connection) -> None:
        """Send the next subscribe if it is time; one at a time, so that refusals can be matched."""
        due = self._in(State.WAITING)[:1]
        pause = _ANSWER_SECONDS if self._in(State.SENT) else SPACING
        if not due or self.now() - max(self.sent_at.values(), default=float("-inf")) < pause:
            return
        self.states[due[0]] = State.SENT
        self.sent_at[due[0]] = self.now()
        self._send(connection, "1", due[0])

    def _send(self, connection: Connection, tr_type: str, key: Key) -> None:
        request = Request(self._approver.key(), tr_type, *key, self._custtype)
        connection.send(request.to_text(), request._replace(approval_key=MASK).to_text())

    def _react(self, frame: Frame) -> None:
        if frame.kind is CLOSE:
            raise ConnectionFailed(self._url, frame.text, step_after_loss(self._in(State.SENT)))
        answer = frame.answer
        if answer is None:
            return
        if not answer.accepted:
            self._refused(answer)
            return
        sent, named = self._in(State.SENT), (answer.tr_id, answer.tr_key)
        if self.states.get(named, State.WAITING) is not State.WAITING:
            self._accepted(named)
        elif not answer.tr_key and len(sent) == 1:  # tr_key may be missing
            self._accepted(sent[0])

    def _accepted(self, key: Key) -> None:
        self.states[key] = State.ACCEPTED
        self.refusals[:] = [refusal for refusal in self.refusals if refusal.keys != [key]]
        self._ever_accepted.add(key)
        self.worked = True
        self._old_key_answers = 0  # answers come in order
        if self._outage_began is not None:
            outage = time.monotonic() - self._outage_began
            self._outage_began = None
            self._tell(f"connected again, after an outage of {outage:.1f} s")

    def _refused(self, answer: Answer) -> None:
        if answer.msg_cd == UNKNOWN_KEY and self._old_key_answers > 0:
            self._old_key_answers -= 1  # it answers a request with the key before this one
            return
        keys = concerned(answer, self.states, self._in(State.SENT), self._in(State.WAITING))
        if not keys:
            self._tell(f"KIS refused what kisq did not ask: {answer.msg_cd} {answer.msg1}")
        elif not (answer.msg_cd == UNKNOWN_KEY and self._replace_key(keys, answer)):
            self._refuse(keys, answer)

    def _refuse(self, keys: list[Key], answer: Answer) -> None:
        """Note that ``keys`` are refused. Raises SubscriptionRefused where no other is left."""
        self.states |= dict.fromkeys(keys, State.REFUSED)
        step = next_step(answer.msg_cd, keys)
        refusal = SubscriptionRefused(keys, answer.msg_cd, answer.msg1, step)
        if len(self._in(State.REFUSED)) == len(self.states):
            raise refusal
        self.refusals.append(refusal)
        self._tell(f"{refusal}; the other keys go on")

    def _replace_key(self, keys: list[Key], answer: Answer) -> bool:
        """Answer OPSP0011 with a new approval key for ``keys``, if there may be one."""
        if not self._approver.can_replace(self.now()):
            return False
        self._tell(f"{answer.msg_cd} {answer.msg1}: issuing a new approval key, once")
        try:
            self._approver.replace(self.now())
        except (ApprovalRefused, ConnectionFailed) as error:
            self._tell(f"there is no new approval key: {error}")
            return False
        self._old_key_answers = max(0, len(self._in(State.SENT)) - 1)
        self.states |= dict.fromkeys(keys, State.WAITING)
        return True
