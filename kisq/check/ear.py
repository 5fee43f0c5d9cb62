"""Listening: what is heard of each key, from whatever source."""

from collections.abc import Iterator
from typing import Protocol

from kisq.check.measure import Measure
from kisq.check.stages import EARLY, Heard
from kisq.errors import ApprovalRefused, ConnectionFailed, KisqError, SettingsFault
from kisq.errors import SubscriptionRefused as Refused
from kisq.flow import Source
from kisq.protocol.frames import CONTROL, DATA, IN, OUT, PINGPONG, Frame
from kisq.protocol.messages import Answer, Key, load_object, parse, part
from kisq.protocol.report import Name, Stage, Status

TICK = 0.1


class Watcher(Protocol):
    """Who is shown a check while it runs."""

    def stage(self, key: str, stage: Stage) -> None:
        """A stage ended; ``key`` is empty for one that all keys share."""

    def waiting(self, sentence: str) -> None:
        """What is being waited for."""


class Ear:
    """Listens to a source and keeps what it heard of each key; times are by the source's clock."""

    def __init__(
        self, keys: list[Key], timeout: float, listen: float, watcher: Watcher, started: float
    ) -> None:
        self._timeout, self._listen, self._watcher = timeout, listen, watcher
        self._measures: dict[Key, Measure] = {}
        for key in keys:
            self.measure(key)
        self._started = self._ended = started
        self._sent_at: dict[Key, float] = {}
        self._accepted: dict[Key, tuple[float, str]] = {}
        self._pingpong_at: float | None = None
        self._pingpongs = self._answered = 0
        self._shown: set[tuple[Key, Name]] = set()
        self._lost: KisqError | None = None
        self._refused: list[Refused] = []

    def measure(self, key: Key) -> None:
        """Measure ``key`` from now on."""
        if key not in self._measures:
            self._measures[key] = Measure(*key)

    def listen(self, batches: Iterator[list[Frame]], feed: Source) -> None:
        """Listen until everything is known, or its time is over."""
        try:
            for batch in batches:
                self._ended = feed.now()
                for frame in batch:
                    self._see(frame, frame.tick)
                self._show(feed)
                if self._over(feed):
                    return
        except (ConnectionFailed, ApprovalRefused, SettingsFault) as error:
            self._lost = error
        except Refused as error:
            self._refused.append(error)

    def heard(self, feed: Source) -> list[Heard]:
        """What was heard of each key."""
        refusals = {key: r for r in (*feed.refusals, *self._refused) for key in r.keys}
        found = []
        for key, measure in self._measures.items():
            accepted_at, said = self._accepted.get(key, (None, ""))
            heard = Heard(
                measure,
                self._sent_at.get(key, self._started),
                accepted_at,
                said,
                self._ended,
                self._pingpong_at,
                self._pingpongs,
                self._answered,
                refusals.get(key),
                self._lost,
            )
            found.append(heard)
        return found

    def _see(self, frame: Frame, at: float) -> None:
        if frame.kind is DATA:
            self._see_data(frame, at)
        elif frame.kind is PINGPONG:
            self._pingpongs += frame.dir is IN
            self._answered += frame.dir is OUT
            self._pingpong_at = at if self._pingpong_at is None else self._pingpong_at
        elif frame.kind is CONTROL and frame.dir is OUT:
            asked = part(part(load_object(frame.text) or {}, "body"), "input")
            key = (str(asked.get("tr_id")), str(asked.get("tr_key")))
            self._sent_at.setdefault(key, at)
        elif frame.kind is CONTROL:
            answer = parse(frame.text)
            if isinstance(answer, Answer) and answer.accepted:
                said = f"{answer.msg_cd} {answer.msg1}"
                self._accepted.setdefault(self._meant(answer), (at, said))

    def _meant(self, answer: Answer) -> Key:
        """The key that an answer is for; tr_key may be missing, then it is the only one asked."""
        pending = [key for key in self._sent_at if key not in self._accepted]
        nameless = not answer.tr_key and len(pending) == 1
        return pending[0] if nameless else (answer.tr_id, answer.tr_key)

    def _see_data(self, frame: Frame, at: float) -> None:
        text = frame.text
        measure = next((m for m in self._measures.values() if m.concerns(text)), None)
        if measure:
            measure.see(frame, at)
            return
        for key, other in self._measures.items():
            if key in self._sent_at and other.may_concern(text):
                other.see_stray(frame)

    def _show(self, feed: Source) -> None:
        """Show the stages that are known to be well by now."""
        if len(self._shown) == len(self._measures) * len(EARLY):
            return
        for heard in self.heard(feed):
            key = heard.measure.tr_id, heard.measure.tr_key
            for name, judge in EARLY.items():
                stage = judge(heard)
                if stage.status is Status.OK and (key, name) not in self._shown:
                    self._shown.add((key, name))
                    self._watcher.stage(key[1], stage)

    def _over(self, feed: Source) -> bool:
        refused = {key for refusal in feed.refusals for key in refusal.keys}
        firsts = [m.first_at for key, m in self._measures.items() if key not in refused]
        heard = [first for first in firsts if first is not None]
        waited = self._ended - self._started
        if len(heard) < len(firsts) and waited < self._timeout:
            self._watcher.waiting(f"waiting for data, {waited:.0f} s")
            return False
        listened = self._ended - max(heard, default=float("-inf"))
        if listened < self._listen:
            self._watcher.waiting(f"listening, {self._listen - listened:.0f} s left")
            return False
        return True
