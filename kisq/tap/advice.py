"""What a program does wrong, said once each: a sink of frames that is also told of handshakes.

Time comes in with the frames and the flushes, so that nothing here reads a clock.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator

from kisq.reasons.silence import WhySilent
from kisq.simulator.keepalive import answers_pingpong
from kisq.spec.limits import MOST_REGISTRATIONS
from kisq.spec.notices import is_notice
from kisq.tap import sentences as texts
from kisq.tap.masking import Mask
from kisq.tap.program import (
    LOOP_CONNECTS,
    SUBSCRIBE,
    UNSUBSCRIBE,
    Program,
    Registration,
    Standing,
    sent_request,
)
from kisq.tap.shapes import Note, Shapes
from kisq.wire.frames import CLOSE, CONTROL, DATA, IN, OPEN, PING, PINGPONG, PONG, Frame
from kisq.wire.messages import Answer, Key, load_object
from kisq.wire.refusal import next_step
from kisq.wire.request_judgement import judge_request

LATE_SECONDS = 10.0  # from a PINGPONG to its answer
UNANSWERED_SECONDS = 30.0  # from a PINGPONG without an answer: half as much again as to the next
OVERLOOKED_SECONDS = 30.0  # from a refusal to the next request for that key
SHORT_SECONDS = 10.0  # from a subscribe to the unsubscribe that makes it useless
SPACING_SECONDS = 0.05  # between requests (protocol.md section 2)
LOOP_SECONDS = 60.0  # in which three connects are a loop
SILENT_SECONDS = 10.0  # as `watch` has it
DEAD_SECONDS = 90.0  # protocol.md section 2
_LOOK_SECONDS = 1.0  # how often what time tells is looked at while messages come
_MOST_ONCE = 2000  # sentences that are remembered; a program may invent keys without end
_MOST_PINGS = 8
_NEVER = float("-inf")


class Advice:
    """A sink: says with ``say`` what the program does wrong, when everything else is shown.

    ``mask`` hides its secrets in what is quoted; ``why_silent`` explains a key that is silent.
    ``likely_keys`` names the keys that KIS's symbol files have for the symbol of one that they
    lack, and is empty where nothing is wrong or known.
    """

    def __init__(
        self,
        program: Program,
        say: Callable[[str], None],
        mask: Mask,
        why_silent: WhySilent,
        likely_keys: Callable[[Key], str] = lambda _: "",
    ) -> None:
        self._program, self._say, self._mask, self._why_silent = program, say, mask, why_silent
        self._likely_keys = likely_keys
        self._shapes = Shapes()
        self._due: list[str] = []  # to be said
        self._once: set[Hashable] = set()
        self._pings: deque[bytes] = deque(maxlen=_MOST_PINGS)  # the PING frames of KIS
        self._requested_at = self._looked_at = _NEVER
        self._written_at: float | None = None  # the newest frame since the last flush

    def write(self, frame: Frame) -> None:
        self._written_at = frame.tick
        if frame.tick - self._looked_at >= _LOOK_SECONDS:
            self._look(frame.tick)
        if frame.kind is DATA:
            self._program.heard_at = frame.tick
            self._program.count(frame.text)
            self._say_once(self._shapes.see(frame.text))
        else:
            self._say_once(self._other(frame))

    def flush(self, now: float) -> None:
        """Say what is due. While frames come, the newest tells the time: more may be waiting."""
        self._look(now if self._written_at is None else self._written_at)
        self._written_at = None
        due, self._due = self._due, []
        for sentence in due:
            self._say(sentence)

    def close(self) -> None:
        for sentence in self._due:
            self._say(sentence)

    def attempt(self, tick: float) -> None:
        """The program connects at ``tick`` (monotonic seconds), whether KIS lets it or not."""
        self._program.attempt(tick)
        recent = self._program.recent_attempts
        if len(recent) == LOOP_CONNECTS and tick - recent[0] <= LOOP_SECONDS:
            self._say_once([Note("connects", texts.CONNECTS.format(seconds=LOOP_SECONDS))])

    def judge(self, data: bytes) -> None:
        """The program sent ``data``, its secrets not hidden, as a request."""
        judgement = judge_request(data)
        right = judgement.right.to_text()
        for fault in judgement.faults:
            template = texts.WRONG_REQUEST if fault.code else texts.WRONG_REQUEST_WITHOUT_CODE
            sentence = template.format(fault=fault.sentence, code=fault.code, right=right)
            about = (fault.kind, fault.field, *sorted(fault.values.items()))
            self._say_once([Note(about, self._mask.sentence(sentence))])

    def _say_once(self, notes: Iterable[Note]) -> None:
        for about, sentence in notes:
            if self._is_new(about):
                self._once.add(about)
                self._due.append(sentence)

    def _is_new(self, about: Hashable) -> bool:
        return about not in self._once and len(self._once) < _MOST_ONCE

    def _other(self, frame: Frame) -> Iterator[Note]:
        """What a frame that holds no data tells."""
        program = self._program
        if frame.kind is OPEN:
            program.open(frame.tick)
            self._requested_at = _NEVER
        elif frame.kind is CLOSE:
            program.close()
        elif frame.dir is IN:
            self._from_kis(frame)
        elif frame.kind is CONTROL:
            yield from self._request(frame)
        elif frame.kind in (PINGPONG, PING, PONG):
            yield from self._answer_to_pingpong(frame)

    def _from_kis(self, frame: Frame) -> None:
        self._program.heard_at = frame.tick
        if frame.kind is PING:
            self._pings.append(frame.data)
        elif frame.kind is PINGPONG:
            self._program.ping(frame.tick, frame.data)
        elif isinstance(answer := frame.answer, Answer):
            self._program.settle(frame.tick, answer)

    def _request(self, frame: Frame) -> Iterator[Note]:
        apart = frame.tick - self._requested_at
        self._requested_at = frame.tick
        if apart < SPACING_SECONDS:
            yield Note("fast", texts.TOO_FAST.format(milliseconds=apart * 1000))
        tr_type, key = sent_request(frame.data)
        if not all(key):
            return
        if tr_type == SUBSCRIBE:
            yield from self._subscribe(frame.tick, *key)
        elif tr_type == UNSUBSCRIBE:
            yield from self._unsubscribe(frame.tick, *key)

    def _subscribe(self, tick: float, tr_id: str, tr_key: str) -> Iterator[Note]:
        program = self._program
        program.ask(tick, (tr_id, tr_key))
        about = ("market", tr_id, tr_key)
        if self._is_new(about) and (keys := self._likely_keys((tr_id, tr_key))):
            names: dict[str, object] = {"tr_id": tr_id, "tr_key": tr_key, "keys": keys}
            yield Note(about, texts.ANOTHER_MARKET.format(**names))
        number = len(program.held)
        if number > MOST_REGISTRATIONS:
            names = {"tr_id": tr_id, "tr_key": tr_key, "most": MOST_REGISTRATIONS}
            yield Note("many", texts.TOO_MANY.format(number=number, **names))

    def _unsubscribe(self, tick: float, tr_id: str, tr_key: str) -> Iterator[Note]:
        had = self._program.give_back((tr_id, tr_key))
        if had and tick - had.asked_at <= SHORT_SECONDS:
            names = {"tr_id": tr_id, "tr_key": tr_key, "seconds": tick - had.asked_at}
            yield Note(("unsubscribed", had.key), texts.UNSUBSCRIBED.format(**names))

    def _answer_to_pingpong(self, frame: Frame) -> Iterator[Note]:
        """A PINGPONG is answered, or a frame came that may be meant to."""
        waiting = self._program.waiting
        if frame.kind is PING and not answers_pingpong(frame.text):
            return  # the keep-alive of its library, which is no answer
        if frame.kind is PONG and frame.data in self._pings:
            return  # its library answers a PING frame of KIS
        form = _odd_form(frame, [text for _, text in waiting])
        if form and waiting:
            yield Note("odd", texts.PINGPONG_ODD.format(form=form))
        seconds = self._program.pong(frame.tick, frame.data)
        if seconds is not None and seconds > LATE_SECONDS:
            yield Note("late", texts.PINGPONG_LATE.format(seconds=seconds))

    def _look(self, now: float) -> None:
        """What only time tells."""
        self._looked_at = now
        program = self._program
        if program.heard_at is not None and now - program.heard_at >= DEAD_SECONDS:
            sentence = texts.HALF_OPEN.format(seconds=now - program.heard_at)
            self._say_once([Note(("dead", program.opened), sentence)])
        if program.waiting and now - program.waiting[0][0] >= UNANSWERED_SECONDS:
            seconds = now - program.waiting[0][0]
            self._say_once([Note("unanswered", texts.PINGPONG_UNANSWERED.format(seconds=seconds))])
        for registration in program.registrations.values():
            self._say_once(self._of_registration(registration, now))

    def _of_registration(self, registration: Registration, now: float) -> Iterator[Note]:
        if registration.settled_at is None:
            return
        seconds, (tr_id, tr_key) = now - registration.settled_at, registration.key
        names: dict[str, object] = {"tr_id": tr_id, "tr_key": tr_key, "seconds": seconds}
        silent = registration.standing is Standing.ACCEPTED and not registration.fresh
        if silent and seconds >= SILENT_SECONDS and not is_notice(tr_id):
            yield from self._silent(registration, names)
        refusal = registration.refusal
        if refusal and registration.standing is Standing.REFUSED and seconds >= OVERLOOKED_SECONDS:
            step = next_step(refusal.msg_cd, [registration.key])
            names |= {"code": refusal.msg_cd, "text": refusal.msg1, "next_step": step}
            sentence = texts.REFUSAL_OVERLOOKED.format(**names)
            yield Note(("overlooked", registration.key), sentence)

    def _silent(self, registration: Registration, names: dict[str, object]) -> Iterator[Note]:
        about = ("silent", registration.key)
        if self._is_new(about):  # the reason takes its time
            why = self._why_silent(registration.key, self._program.ticking)
            reason = {"reason": why.reason, "next_step": why.next_step}
            yield Note(about, texts.SILENT.format(**names, **reason))


def _odd_form(frame: Frame, waiting: list[bytes]) -> str:
    """In which form a PINGPONG is answered, where that is none that KIS is known to take."""
    if frame.kind is PING:
        return texts.PING_FRAME
    if frame.kind is PONG:
        return texts.NOT_THE_SAME_TEXT
    same = frame.data in waiting or load_object(frame.data) in map(load_object, waiting)
    return "" if same else texts.OWN_TEXT
