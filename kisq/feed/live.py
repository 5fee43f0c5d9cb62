"""A live feed as a source of frames: connect, subscribe, read refusals, stay, leave in order."""

import time
from collections.abc import Callable, Iterator
from enum import Enum

from kisq.errors import ConnectionFailed, SubscriptionRefused
from kisq.feed.approval import Approver
from kisq.feed.backoff import Backoff
from kisq.feed.connection import Connection
from kisq.feed.leaving import SPACING, leave
from kisq.protocol.escape import MASK, Redactor
from kisq.protocol.frames import CLOSE, CONTROL, DATA, IN, Frame
from kisq.protocol.messages import Answer, Key, Request, parse
from kisq.spec.codes import HANDSHAKE, IN_USE, OPSP, UNKNOWN_KEY, WHOLE_SESSION, Retry

_ANSWER_SECONDS = 1.0  # then the next request does not wait for the answer any longer
_DEAD_SECONDS = 90.0  # without anything, even PINGPONG (protocol.md section 2)
_DEAD = f"nothing came for {_DEAD_SECONDS:.0f} s, not even a PINGPONG"
_LOST = "check the network and start again; if it keeps dying, wait some minutes first"
_UNKNOWN = "look the code up in KIS's API documentation"


class State(Enum):
    """Where the subscription of one key stands."""

    WAITING = "not sent yet"
    SENT = "sent, not answered"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class LiveFeed:
    """A source: iterate over ``batches``, then ``close``, whatever happened.

    ``states`` holds the State of each (tr_id, tr_key), ``refusals`` those refused while others went
    on; ``worked`` after any was accepted. ``tell`` is given sentences, ``redact`` hides secrets.
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
    ) -> None:
        self._url, self._approver, self._tell, self._redact = url, approver, tell, redact
        self._custtype, self._backoff = custtype, backoff or Backoff(most=0)
        self.states = dict.fromkeys(keys, State.WAITING)
        self.refusals: list[SubscriptionRefused] = []
        self._connection: Connection | None = None
        self._taken: list[Frame] = []  # from the connection; ours until somebody takes them out
        self._connected_at = self._sent_at = float("-inf")
        self._outage_began: float | None = None
        self.worked = self._renewed = False
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

    def batches(self, wait: float) -> Iterator[list[Frame]]:
        """What came since the last batch; an empty list after ``wait`` seconds without anything.

        A connection that dies after it worked is made again, with the same approval key. Raises
        what ``Approver.key`` does, ConnectionFailed and SubscriptionRefused; the last two after
        the batch that shows why.
        """
        self._approver.key()  # first, so that a refused key costs no connection
        while True:
            try:
                self._connection = Connection(self._url, self._redact)
                self._connected_at = time.monotonic()
                yield from self._session(self._connection, wait)
            except ConnectionFailed as error:
                pause = self._pause_after_loss(error)
            except SubscriptionRefused as error:
                pause = self._pause_after_refusal(error)
            self._put_away()
            yield self._taken
            self._taken.clear()
            yield from _pauses(pause, wait)

    def close(self) -> list[Frame]:
        """Unsubscribe and close the connection; gives the frames that came until then."""
        connection = self._connection
        if connection:
            keys = {k for k, s in self.states.items() if s in (State.SENT, State.ACCEPTED)}
            keys |= self._ever_accepted
            leave(connection, keys, lambda key: self._send(connection, "2", key), self._taken)
            self._put_away()
        return self._taken

    def abort(self) -> list[Frame]:
        """Close the connection at once; gives the frames that came until then."""
        if self._connection:
            self._connection.abort()
        self._put_away()
        return self._taken

    def _session(self, connection: Connection, wait: float) -> Iterator[list[Frame]]:
        while True:
            self._subscribe_next(connection)
            subscribing = State.WAITING in self.states.values()
            connection.get(min(wait, SPACING) if subscribing else wait, self._taken)
            control = [f for f in self._taken if f.kind is not DATA and f.dir is IN]
            yield self._taken
            self._taken.clear()
            for frame in control:
                self._react(frame)
            if connection.quiet >= _DEAD_SECONDS:
                raise ConnectionFailed(self._url, _DEAD, _LOST)

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
        self._tell(
            f"{error.code} {error.text}: our own old session is not freed yet; connecting again "
            f"in {pause:.0f} s"
        )
        return pause

    def _put_away(self) -> None:
        """Close the connection, and let the next one subscribe to what was not refused."""
        connection = self._connection
        if connection is None:
            return
        connection.close()
        while connection.get(0, self._taken):
            pass
        self._ever_accepted.clear()
        self._wait_again()
        self._lost_before += connection.lost
        self._connection = None  # last: an interrupt before this is followed by ``close``

    def _wait_again(self) -> None:
        refused = {key for refusal in self.refusals for key in refusal.keys}
        self.states |= dict.fromkeys(self.states.keys() - refused, State.WAITING)

    def _subscribe_next(self, connection: Connection) -> None:
        """Send the next subscribe if it is time; one at a time, so that refusals can be matched."""
        since = time.monotonic() - self._sent_at
        if since < (_ANSWER_SECONDS if State.SENT in self.states.values() else SPACING):
            return
        due = next((key for key, state in self.states.items() if state is State.WAITING), None)
        if due:
            self.states[due] = State.SENT
            self._sent_at = time.monotonic()
            self._send(connection, "1", due)

    def _send(self, connection: Connection, tr_type: str, key: Key) -> None:
        request = Request(self._approver.key(), tr_type, *key, self._custtype)
        connection.send(request.to_text(), request._replace(approval_key=MASK).to_text())

    def _react(self, frame: Frame) -> None:
        if frame.kind is CLOSE:
            raise ConnectionFailed(self._url, frame.text, _LOST)
        answer = parse(frame.text) if frame.kind is CONTROL else None
        if not isinstance(answer, Answer):
            return
        if not answer.accepted:
            self._refused(answer)
            return
        sent = [key for key, state in self.states.items() if state is State.SENT]
        named = (answer.tr_id, answer.tr_key)
        if named in self.states:
            self._accepted(named)
        elif not answer.tr_key and len(sent) == 1:  # tr_key may be missing
            self._accepted(sent[0])

    def _accepted(self, key: Key) -> None:
        self.states[key] = State.ACCEPTED
        self._ever_accepted.add(key)
        self.worked, self._renewed = True, False
        if self._outage_began is not None:
            outage = time.monotonic() - self._outage_began
            self._outage_began = None
            self._tell(f"connected again, after an outage of {outage:.1f} s")

    def _refused(self, answer: Answer) -> None:
        code = OPSP.get(answer.msg_cd)
        if code and code.retry is Retry.NEW_KEY and not self._renewed and self._approver.can_issue:
            self._renewed = True
            self._tell(f"{answer.msg_cd} {answer.msg1}: issuing a new approval key, once")
            self._old_key_answers = list(self.states.values()).count(State.SENT) - 1
            self._approver.renew()
            self._wait_again()
            return
        if answer.msg_cd == UNKNOWN_KEY and self._old_key_answers > 0:
            self._old_key_answers -= 1  # it answers a request with the key before this one
            return
        concerned = self._concerned(answer)
        if not concerned:
            self._tell(f"KIS refused what kisq did not ask: {answer.msg_cd} {answer.msg1}")
            return
        self.states |= dict.fromkeys(concerned, State.REFUSED)
        refusal = SubscriptionRefused(
            concerned, answer.msg_cd, answer.msg1, code.next_step if code else _UNKNOWN
        )
        if all(state is State.REFUSED for state in self.states.values()):
            raise refusal
        self.refusals.append(refusal)
        self._tell(f"{refusal}; the other keys go on")

    def _concerned(self, answer: Answer) -> list[Key]:
        """The keys that a refusal concerns: one with rt_cd 9 does not name its request."""
        named = (answer.tr_id, answer.tr_key)
        sent = [key for key, state in self.states.items() if state is State.SENT]
        if answer.msg_cd in WHOLE_SESSION:
            return list(self.states)
        if named in self.states:
            return [named]
        return [] if answer.tr_key else sent


def _pauses(seconds: float, wait: float) -> Iterator[list[Frame]]:
    """Empty batches for ``seconds``."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(wait, left))
        yield []
