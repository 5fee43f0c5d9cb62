"""One live session as a source of frames: connect, subscribe, read refusals, leave in order."""

import time
from collections.abc import Callable, Iterator
from enum import Enum

from kisq.errors import ConnectionFailed, SubscriptionRefused
from kisq.feed.approval import Approver
from kisq.feed.connection import Connection
from kisq.protocol.frames import CLOSE, CONTROL, DATA, IN, Frame
from kisq.protocol.messages import Answer, Request, parse
from kisq.spec.codes import OPSP, WHOLE_SESSION, Retry

Key = tuple[str, str]  # tr_id, tr_key

_SPACING = 0.06  # seconds between subscribes; KIS wants 50-100 ms (protocol.md section 2)
_ANSWER_SECONDS = 1.0  # then the next request does not wait for the answer any longer
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

    ``states`` holds the State of each (tr_id, tr_key), ``refusals`` those that KIS refused while
    others went on. ``tell`` is given sentences for people.
    """

    def __init__(
        self,
        url: str,
        keys: list[Key],
        approver: Approver,
        tell: Callable[[str], None],
        custtype: str = "P",
    ) -> None:
        self._url, self._approver, self._tell = url, approver, tell
        self._custtype = custtype
        self.states = dict.fromkeys(keys, State.WAITING)
        self.refusals: list[SubscriptionRefused] = []
        self._connection: Connection | None = None
        self._renewed = False
        self._sent_at = -_ANSWER_SECONDS

    @property
    def lost(self) -> int:
        """How many messages were lost because the queue was full."""
        return self._connection.lost if self._connection else 0

    def batches(self, wait: float) -> Iterator[list[Frame]]:
        """What came since the last batch; an empty list after ``wait`` seconds without anything.

        Raises what ``Approver.key`` does, ConnectionFailed and SubscriptionRefused; the last two
        after the batch that shows why.
        """
        self._approver.key()  # first, so that a refused key costs no connection
        self._connection = connection = Connection(self._url)
        while True:
            self._subscribe_next(connection)
            subscribing = State.WAITING in self.states.values()
            batch = connection.get(min(wait, _SPACING) if subscribing else wait)
            yield batch
            for frame in batch:
                if frame.kind is not DATA and frame.dir is IN:
                    self._react(frame)

    def close(self) -> list[Frame]:
        """Unsubscribe and close the connection; gives the control frames of doing so."""
        connection = self._connection
        if connection is None:
            return []
        frames: list[Frame] = []
        for key, state in self.states.items():
            if state in (State.SENT, State.ACCEPTED) and not connection.ended:
                self._send(connection, "2", key)
                frames += _until_answered(connection, key)
        connection.close()
        while batch := connection.get(0):
            frames += batch
        return [frame for frame in frames if frame.kind is not DATA]

    def _subscribe_next(self, connection: Connection) -> None:
        """Send the next subscribe if it is time; one at a time, so that refusals can be matched."""
        since = time.monotonic() - self._sent_at
        if since < (_ANSWER_SECONDS if State.SENT in self.states.values() else _SPACING):
            return
        due = next((key for key, state in self.states.items() if state is State.WAITING), None)
        if due:
            self.states[due] = State.SENT
            self._sent_at = time.monotonic()
            self._send(connection, "1", due)

    def _send(self, connection: Connection, tr_type: str, key: Key) -> None:
        approval_key = self._approver.key()
        text = Request(approval_key, tr_type, *key, self._custtype).to_text()
        connection.send(text, text.replace(approval_key, "***"))

    def _react(self, frame: Frame) -> None:
        if frame.kind is CLOSE:
            raise ConnectionFailed(self._url, frame.text, _LOST)
        answer = parse(frame.text) if frame.kind is CONTROL else None
        if not isinstance(answer, Answer):
            return
        if not answer.accepted:
            self._refused(answer)
        elif (answer.tr_id, answer.tr_key) in self.states:
            self.states[answer.tr_id, answer.tr_key] = State.ACCEPTED

    def _refused(self, answer: Answer) -> None:
        code = OPSP.get(answer.msg_cd)
        if code and code.retry is Retry.NEW_KEY and not self._renewed and self._approver.can_issue:
            self._renewed = True
            self._tell(f"{answer.msg_cd} {answer.msg1}: issuing a new approval key, once")
            self._approver.renew()
            self.states = dict.fromkeys(self.states, State.WAITING)
            return
        concerned = self._concerned(answer)
        self.states.update(dict.fromkeys(concerned, State.REFUSED))
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
        return sent if len(sent) == 1 else list(self.states)


def _until_answered(connection: Connection, key: Key) -> list[Frame]:
    """The frames up to the answer that names ``key``, or those of the time it may take."""
    frames: list[Frame] = []
    until = time.monotonic() + _ANSWER_SECONDS
    while not connection.ended and (left := until - time.monotonic()) > 0:
        batch = connection.get(left)
        frames += batch
        if any(frame.kind is CONTROL and _names(frame, key) for frame in batch):
            break
    return frames


def _names(frame: Frame, key: Key) -> bool:
    answer = parse(frame.text) if frame.dir is IN else None
    return isinstance(answer, Answer) and (answer.tr_id, answer.tr_key) == key
