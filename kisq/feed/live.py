"""A live feed as a source of frames: connect, subscribe, read refusals, reconnect, leave."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial

from kisq.errors import ApprovalRefused, ConnectionFailed, SubscriptionRefused
from kisq.feed.approver import Approver
from kisq.feed.connection import Connection
from kisq.feed.outage import Backoff, Outage, pauses, slices
from kisq.feed.subscription import SPACING, leave
from kisq.feed.subscription import State as State  # noqa: PLC0414 - it is used with the feed
from kisq.locale.sentence import Sentence
from kisq.spec.codes import UNKNOWN_KEY
from kisq.wire.escape import MASK, Redactor
from kisq.wire.frames import CLOSE, DATA, IN, Frame
from kisq.wire.messages import Answer, Key, Request
from kisq.wire.notice_keys import NoticeKeys
from kisq.wire.refusal import concerned, next_step, step_after_loss

_ANSWER_SECONDS = 1.0  # then the next request does not wait for the answer any longer
_DEAD_SECONDS = 90.0  # without anything, even PINGPONG (protocol.md section 2)
_DEAD = Sentence("nothing came for {seconds:.0f} s, not even a PINGPONG")
_UNASKED_REFUSAL = Sentence("KIS refused what kisq did not ask: {code} {text}")
_OTHERS_GO_ON = Sentence("{refusal}; the other keys go on")
_NEW_KEY = Sentence("{code} {text}: issuing a new approval key, once")
_NO_NEW_KEY = Sentence("there is no new approval key: {failure}")


class LiveFeed:
    """A source: iterate over ``receive``, then ``close``, whatever happened.

    ``states`` holds the State of each (tr_id, tr_key), ``sent_at`` when its subscribe was sent on
    this connection (monotonic seconds), ``refusals`` those refused while others went on; all stay
    after ``close``, as does ``lost``, how many data messages were lost because the queue was full.
    ``worked`` is true once a key was accepted; ``through_tap`` says that a `kisq tap` answered the
    handshake.
    """

    recorded = False
    now = staticmethod(time.monotonic)  # the clock of the frames' ticks

    def __init__(
        self,
        url: str,
        keys: list[Key],
        approver: Approver,
        tell: Callable[[Sentence], None],
        redact: Redactor,
        custtype: str = "P",
        backoff: Backoff | None = None,
        notice_keys: NoticeKeys | None = None,
    ) -> None:
        self._url = url
        self._approver = approver
        self._tell = tell
        self._redact = redact
        self._custtype = custtype
        self._outage = Outage(backoff or Backoff(most=0), tell)
        self._notice_keys = notice_keys
        self.states = dict.fromkeys(keys, State.WAITING)
        self.sent_at: dict[Key, float] = {}
        self.refusals: list[SubscriptionRefused] = []
        self._connection: Connection | None = None
        self._into: deque[Frame] = deque()
        self._connected_at = float("-inf")
        self.worked = False
        self.through_tap = False
        self._old_key_answers = 0
        self._ever_accepted: set[Key] = set()
        self.lost = 0

    def _lose(self, number: int) -> None:
        """Count data messages that found no room; the thread that receives calls it."""
        self.lost += number

    def receive(self, wait: float, into: deque[Frame]) -> Iterator[None]:
        """Append to ``into`` what comes, a step at least every ``wait`` seconds.

        It reconnects when a connection dies that worked, with the same approval key. Raises
        what ``Approver.key`` does, ConnectionFailed and SubscriptionRefused; the last two after
        the step that shows why.
        """
        self._into = into
        self._approver.key()  # first, so that a refused key costs no connection
        while True:
            try:
                self._connection = Connection(
                    self._url, self._redact, self._lose, self._notice_keys
                )
                self.through_tap = self._connection.through_tap
                self._connected_at = time.monotonic()
                yield from self._session(self._connection, wait)
            except ConnectionFailed as error:
                pause = self._pause_after_loss(error)
            except SubscriptionRefused as error:
                pause = self._outage.pause_after_refusal(error)
            self._put_away()
            self._begin_again()
            yield
            yield from slices(pause, wait)

    def close(self) -> None:
        """Unsubscribe and close the connection."""
        connection = self._connection
        if connection is None:
            return
        keys = self.sent_at.keys() - self._in(State.REFUSED) | self._ever_accepted
        if keys:
            unsubscribe = partial(self._send, connection, "2")
            leave(connection, keys, unsubscribe, self._into, pauses(self._url))
        self._put_away()

    def abort(self) -> None:
        """Close the connection at once."""
        if self._connection:
            self._connection.abort()
        self._put_away()

    def _session(self, connection: Connection, wait: float) -> Iterator[None]:
        while True:
            self._subscribe_next(connection)
            patience = wait
            if State.WAITING in self.states.values():
                patience = min(wait, SPACING)
            frames = connection.get(patience, self._into)
            control = [frame for frame in frames if frame.kind is not DATA and frame.dir is IN]
            yield
            for frame in control:
                self._react(connection, frame)
            if connection.quiet >= _DEAD_SECONDS:
                dead = _DEAD.format(seconds=_DEAD_SECONDS)
                raise ConnectionFailed(self._url, dead, step_after_loss([]))

    def _pause_after_loss(self, error: ConnectionFailed) -> float:
        """Seconds until the next connection; raises ``error`` if there is to be none."""
        if not self.worked:  # another try would only fail in the same way
            raise error
        lived = 0.0
        if self._connection:  # silence before the end is not health, so up to the last bytes
            lived = self._connection.heard_at - self._connected_at
        return self._outage.pause_after_loss(error, lived)

    def _put_away(self) -> None:
        connection = self._connection
        if connection is None:
            return
        connection.close()
        while connection.get(0, self._into):
            pass
        self._connection = None  # last: ``close`` follows an interrupt before this

    def _begin_again(self) -> None:
        """Let the next connection subscribe to every key that was not refused."""
        refused = {key for refusal in self.refusals for key in refusal.keys}
        self.states |= dict.fromkeys(self.states.keys() - refused, State.WAITING)
        self.sent_at.clear()
        self._ever_accepted.clear()
        self._old_key_answers = 0

    def _in(self, state: State) -> list[Key]:
        """The keys in ``state``."""
        return [key for key, its_state in self.states.items() if its_state is state]

    def _subscribe_next(self, connection: Connection) -> None:
        """Send the next subscribe if it is time; one at a time, so that refusals can be matched."""
        waiting = self._in(State.WAITING)
        pause = _ANSWER_SECONDS if self._in(State.SENT) else SPACING
        last_sent = max(self.sent_at.values(), default=float("-inf"))
        if not waiting or self.now() - last_sent < pause:
            return
        key = waiting[0]
        self.states[key] = State.SENT
        self.sent_at[key] = self.now()
        self._send(connection, "1", key)

    def _send(self, connection: Connection, tr_type: str, key: Key) -> None:
        request = Request(self._approver.key(), tr_type, *key, self._custtype)
        connection.send(request.to_text(), request._replace(approval_key=MASK).to_text())

    def _react(self, connection: Connection, frame: Frame) -> None:
        if frame.kind is CLOSE:
            step = step_after_loss(self._in(State.SENT))
            raise ConnectionFailed(self._url, connection.end_reason, step)
        answer = frame.answer
        if answer is None:
            return
        if not answer.accepted:
            self._refused(answer)
            return
        named = (answer.tr_id, answer.tr_key)
        sent = self._in(State.SENT)
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
        self._outage.end()

    def _refused(self, answer: Answer) -> None:
        if answer.msg_cd == UNKNOWN_KEY and self._old_key_answers > 0:
            self._old_key_answers -= 1  # it answers a request with the key before this one
            return
        keys = concerned(answer, self.states, self._in(State.SENT), self._in(State.WAITING))
        if not keys:
            self._tell(_UNASKED_REFUSAL.format(code=answer.msg_cd, text=answer.msg1))
        elif not (answer.msg_cd == UNKNOWN_KEY and self._replace_key(keys, answer)):
            self._refuse(keys, answer)

    def _refuse(self, keys: list[Key], answer: Answer) -> None:
        """Note that ``keys`` are refused. Raises SubscriptionRefused if no other key is left."""
        self.states |= dict.fromkeys(keys, State.REFUSED)
        step = next_step(answer.msg_cd, keys)
        refusal = SubscriptionRefused(keys, answer.msg_cd, answer.msg1, step)
        if len(self._in(State.REFUSED)) == len(self.states):
            raise refusal
        self.refusals.append(refusal)
        self._tell(_OTHERS_GO_ON.format(refusal=refusal.text))

    def _replace_key(self, keys: list[Key], answer: Answer) -> bool:
        """Answer OPSP0011 with a new approval key for ``keys``, if there may be one."""
        if not self._approver.can_replace(self.now()):
            return False
        self._tell(_NEW_KEY.format(code=answer.msg_cd, text=answer.msg1))
        try:
            self._approver.replace(self.now())
        except (ApprovalRefused, ConnectionFailed) as error:
            self._tell(_NO_NEW_KEY.format(failure=error.text))
            return False
        self._old_key_answers = max(0, len(self._in(State.SENT)) - 1)
        self.states |= dict.fromkeys(keys, State.WAITING)
        return True
