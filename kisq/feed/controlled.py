"""A live feed that registers a control key where a key stays silent, and shows nothing of it.

The control key tells whether the feed is fine. Nobody asked for it: none of its frames goes on, and
neither its refusal nor its data count.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress

from kisq.errors import ConnectionFailed
from kisq.feed.live import LiveFeed, State
from kisq.locale.sentence import Sentence
from kisq.spec.limits import MOST_REGISTRATIONS
from kisq.wire.frames import CONTROL, DATA, IN, Frame
from kisq.wire.matching import Asked, identities
from kisq.wire.messages import Answer, Key

SILENT_SECONDS = 5.0  # without data for so long after its subscribe, a key counts as silent
CONTROL_SECONDS = 4.0  # after which the silence of a control key means something
_HEAD_BYTES = 80  # of a data message: the envelope and the first field
_REGISTERED = Sentence(
    "control key {key} ({tr_id}) is registered, because nothing came for {silent}"
)

# Takes a silent key, the keys asked for and those of which data came; gives the control key.
ControlFor = Callable[[Key, list[Key], list[Key]], Key | None]


class ControlledFeed(LiveFeed):
    """As LiveFeed; ``control_for`` chooses the control key, ``detail`` is told of it.

    ``control`` is that key, whether it ticked, and for how many seconds the feed listened to it;
    None if there is no control key, or it cannot tell yet.
    """

    _control_for: ControlFor | None = None
    _detail: Callable[[Sentence], None]

    def watch_silence(self, control_for: ControlFor, detail: Callable[[Sentence], None]) -> None:
        """Register a control key once a key has been silent for 5 s."""
        self._control_for = control_for
        self._detail = detail
        self._asked = list(self.states)
        self._matching = Asked(self._asked)
        self._silent = dict.fromkeys(self._asked)  # of which nothing came
        self._pending = set(self._asked)  # of which no control key has been chosen yet
        self._control: Key | None = None
        self._registered_at = float("-inf")
        self._closed_at: float | None = None
        self._ticked = False

    @property
    def control(self) -> tuple[Key, bool, float] | None:
        if self._control_for is None or self._control is None:
            return None
        until = self.now() if self._closed_at is None else self._closed_at
        seconds = until - self._registered_at
        is_accepted = self.states.get(self._control) is State.ACCEPTED
        is_silent = is_accepted and seconds >= CONTROL_SECONDS
        if not self._ticked and not is_silent:
            return None
        return self._control, self._ticked, seconds

    def receive(self, wait: float, into: deque[Frame]) -> Iterator[None]:
        """As LiveFeed, without what concerns the control key."""
        if self._control_for is None:
            yield from super().receive(wait, into)
            return
        for _ in super().receive(wait, into):
            data: list[Frame] = []
            if self._control:
                self._take_out(into)
            elif self._pending:
                data = [frame for frame in into if frame.kind is DATA]
            yield
            if self._pending and not self._control:  # now that the data are shown
                self._look(data)

    def close(self) -> None:
        if self._control_for:
            self._closed_at = self.now()
        super().close()
        if self._control_for and self._control:
            self._take_out(self._into)

    def _look(self, data: list[Frame]) -> None:
        """Note which keys ``data`` came of, and register a control key if one is silent."""
        if len(self.states) >= MOST_REGISTRATIONS:
            return
        for frame in data:
            self._note_data(frame.text)
        self._register()

    def _note_data(self, text: str) -> None:
        for identity in identities(text):
            key = self._matching.key_of(*identity)
            if key:
                self._silent.pop(key, None)
                self._pending.discard(key)

    def _register(self) -> None:
        """Register a control key if a key is silent, and there is one for it."""
        if self._control_for is None:
            return
        self._pending -= set(self._in(State.REFUSED))
        ticking = [key for key in self._asked if key not in self._silent]
        for key in self._silent:
            if key not in self._pending or not self._is_silent(key):
                continue
            self._pending.discard(key)
            control = self._control_for(key, self._asked, ticking)
            if control:
                self._control = control
                self.states[control] = State.WAITING
                self._registered_at = self.now()
                tr_id, tr_key = control
                self._detail(_REGISTERED.format(key=tr_key, tr_id=tr_id, silent=key[1]))
                return

    def _is_silent(self, key: Key) -> bool:
        is_accepted = self.states.get(key) is State.ACCEPTED
        return is_accepted and self.now() - self.sent_at.get(key, self.now()) >= SILENT_SECONDS

    def _take_out(self, into: deque[Frame]) -> None:
        """Remove from ``into`` what concerns the control key; the rest keeps its order."""
        for _ in range(len(into)):
            frame = into.popleft()
            if not self._is_of_control(frame):
                into.append(frame)

    def _is_of_control(self, frame: Frame) -> bool:
        if self._control is None:
            return False
        tr_id, tr_key = self._control
        if frame.kind is DATA:
            head = frame.data[:_HEAD_BYTES]
            is_its_own = f"|{tr_id}|".encode() in head and f"|{tr_key}^".encode() in head
            if is_its_own and not self._ticked:
                self._tick()
            return is_its_own
        if frame.kind is not CONTROL:
            return False
        if frame.dir is IN:
            return self._is_answer(frame.answer)
        return f'"tr_key":"{tr_key}"' in frame.text and f'"{tr_id}"' in frame.text

    def _is_answer(self, answer: Answer | None) -> bool:
        """Whether it answers a request for the control key; an answer without a key may."""
        if answer is None or self._control is None:
            return False
        if not answer.tr_key and self.states.get(self._control) is State.SENT:
            return True
        return (answer.tr_id, answer.tr_key) == self._control

    def _tick(self) -> None:
        """Note that the feed is fine, and unsubscribe the control key, which has done its work."""
        self._ticked = True
        connection = self._connection
        control = self._control
        if connection is None or control is None or control not in self.states:
            return
        with suppress(ConnectionFailed):
            self._send(connection, "2", control)
        self._drop_control()

    def _drop_control(self) -> None:
        if self._control:
            self.states.pop(self._control, None)
            self.sent_at.pop(self._control, None)
            self._ever_accepted.discard(self._control)

    def _begin_again(self) -> None:
        """As LiveFeed; a new connection is for the keys asked for only."""
        if self._control_for:
            self._drop_control()
        super()._begin_again()

    def _refuse(self, keys: list[Key], answer: Answer) -> None:
        """As LiveFeed; nobody needs to know that the control key was refused."""
        is_controlled = self._control_for is not None and self._control in keys
        others = [key for key in keys if not is_controlled or key != self._control]
        if is_controlled:
            self._drop_control()
        if others:
            super()._refuse(others, answer)
