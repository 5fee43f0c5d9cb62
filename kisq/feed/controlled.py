"""A live feed that registers a control key where a key stays silent, and shows nothing of it.

The control key tells whether the feed is fine. It is no key that was asked for: none of its frames
goes on, and neither its refusal nor its data count.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress

from kisq.errors import ConnectionFailed
from kisq.feed.live import LiveFeed, State
from kisq.spec.limits import MOST_REGISTRATIONS
from kisq.wire.frames import CONTROL, DATA, IN, Frame
from kisq.wire.matching import Asked, identities
from kisq.wire.messages import Answer, Key

SILENT_SECONDS = 5.0  # after its subscribe a key without data counts as silent
CONTROL_SECONDS = 4.0  # after which the silence of a control key says something
_HEAD_BYTES = 80  # of a data message: the envelope and the first field
_REGISTERED = "control key {key} ({tr_id}) is registered, for nothing came of {silent}"

# For a silent key, the keys asked for and those of which data came: the control key, or None.
ControlFor = Callable[[Key, list[Key], list[Key]], Key | None]


class ControlledFeed(LiveFeed):
    """As LiveFeed; ``control_for`` chooses the control key, ``detail`` is told of it.

    ``control`` is that key, whether it ticked, and the seconds for which it was listened to: None
    where there is none, or it cannot tell yet.
    """

    _control_for: ControlFor | None = None
    _detail: Callable[[str], None]

    def watch_silence(self, control_for: ControlFor, detail: Callable[[str], None]) -> None:
        """Register a control key when a key has been silent for 5 s; else it is a LiveFeed."""
        self._control_for, self._detail = control_for, detail
        self._asked = list(self.states)
        self._matching = Asked(self._asked)
        self._silent = dict.fromkeys(self._asked)  # of which nothing came
        self._pending = set(self._asked)  # among those, for which no control key was looked for
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
        return (self._control, self._ticked, seconds) if self._ticked or is_silent else None

    def receive(self, wait: float, into: deque[Frame]) -> Iterator[None]:
        """As of a LiveFeed, without what concerns the control key."""
        for _ in super().receive(wait, into):
            if self._control_for:
                self._look(into)
            yield

    def close(self) -> None:
        if self._control_for:
            self._closed_at = self.now()
        super().close()
        if self._control_for and self._control:
            self._take_out(self._into)

    def _look(self, into: deque[Frame]) -> None:
        if self._control:
            self._take_out(into)
            return
        if not self._pending or len(self.states) >= MOST_REGISTRATIONS:
            return
        for frame in into:
            if frame.kind is DATA:
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
        self._pending -= set(self._in(State.REFUSED))
        ticking = [key for key in self._asked if key not in self._silent]
        for key in self._silent:
            if key not in self._pending or not self._is_silent(key):
                continue
            self._pending.discard(key)
            control = self._control_for(key, self._asked, ticking) if self._control_for else None
            if control:
                self._control = control
                self.states[control] = State.WAITING
                self._registered_at = self.now()
                tr_id, text = control
                self._detail(_REGISTERED.format(key=text, tr_id=tr_id, silent=key[1]))
                return

    def _is_silent(self, key: Key) -> bool:
        is_accepted = self.states.get(key) is State.ACCEPTED
        return is_accepted and self.now() - self.sent_at.get(key, self.now()) >= SILENT_SECONDS

    def _take_out(self, into: deque[Frame]) -> None:
        """Leave in ``into`` what does not concern the control key, in its order."""
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
        """Whether it answers a request for the control key; one that names none may."""
        if answer is None or self._control is None:
            return False
        is_unanswered = self.states.get(self._control) is State.SENT
        return (answer.tr_id, answer.tr_key) == self._control or (
            is_unanswered and not answer.tr_key
        )

    def _tick(self) -> None:
        """The feed is fine, which was all there was to know: give the registration back."""
        self._ticked = True
        connection, control = self._connection, self._control
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
        """A new connection is for what was asked for."""
        if self._control_for:
            self._drop_control()
        super()._begin_again()

    def _refuse(self, keys: list[Key], answer: Answer) -> None:
        """As of a LiveFeed; that the control key is refused concerns nobody."""
        is_controlled = self._control_for is not None and self._control in keys
        others = [key for key in keys if not is_controlled or key != self._control]
        if is_controlled:
            self._drop_control()
        if others:
            super()._refuse(others, answer)
