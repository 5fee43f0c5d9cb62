"""Tells once of each thing that a program does wrong: a sink of frames, also told of handshakes.

Time comes in with the frames and the flushes, so nothing here reads a clock.
"""

from collections import deque
from collections.abc import Callable, Iterator

from kisq.locale.sentence import Sentence
from kisq.reasons.silence import WhySilent
from kisq.simulator.keepalive import answers_pingpong
from kisq.spec.limits import MOST_REGISTRATIONS
from kisq.spec.notices import is_notice
from kisq.tap import sentences as texts
from kisq.tap.masking import Mask
from kisq.tap.notes import Note, Notes, Shapes
from kisq.tap.program import (
    LOOP_CONNECTS,
    SUBSCRIBE,
    UNSUBSCRIBE,
    Program,
    Registration,
    Standing,
    sent_request,
)
from kisq.wire.frames import CLOSE, CONTROL, DATA, IN, OPEN, PING, PINGPONG, PONG, Frame
from kisq.wire.messages import Answer, Key, load_object
from kisq.wire.refusal import next_step
from kisq.wire.request_judgement import judge_request

LATE_SECONDS = 10.0  # from a PINGPONG to its answer
UNANSWERED_SECONDS = 30.0  # without an answer to a PINGPONG; the next one comes after some 20 s
OVERLOOKED_SECONDS = 30.0  # from a refusal to the next request for that key
SHORT_SECONDS = 10.0  # from a subscribe to the unsubscribe that makes it useless
SPACING_SECONDS = 0.05  # between requests (protocol.md section 2)
LOOP_SECONDS = 60.0  # in which three connects are a loop
SILENT_SECONDS = 10.0  # as `watch` has it
DEAD_SECONDS = 90.0  # protocol.md section 2
_LOOK_SECONDS = 1.0  # how often to look for what only time tells, while messages come
_MOST_PINGS = 8
_NEVER = float("-inf")


class Advice:
    """A sink: tells ``say`` what the program does wrong, once everything else is shown.

    ``mask`` hides secrets in what it quotes; ``why_silent`` explains a key that is silent.
    ``likely_keys`` names the keys that KIS's symbol files have for the symbol of a key that they
    lack; it gives nothing if the key is right or nothing is known.
    """

    def __init__(
        self,
        program: Program,
        say: Callable[[Sentence], None],
        mask: Mask,
        why_silent: WhySilent,
        likely_keys: Callable[[Key], str] = lambda _: "",
    ) -> None:
        self._program = program
        self._say = say
        self._mask = mask
        self._why_silent = why_silent
        self._likely_keys = likely_keys
        self._shapes = Shapes()
        self._notes = Notes()
        self._pings: deque[bytes] = deque(maxlen=_MOST_PINGS)  # the PING frames of KIS
        self._requested_at = _NEVER
        self._looked_at = _NEVER
        self._written_at: float | None = None  # the newest frame since the last flush

    def write(self, frame: Frame) -> None:
        self._written_at = frame.tick
        if frame.tick - self._looked_at >= _LOOK_SECONDS:
            self._look(frame.tick)
        if frame.kind is DATA:
            self._program.heard_at = frame.tick
            self._program.count(frame.text)
            self._notes.add(self._shapes.see(frame.text))
        else:
            self._notes.add(self._other(frame))

    def flush(self, now: float) -> None:
        """Say what is due. While frames come, the newest tells the time: more may be waiting."""
        self._look(now if self._written_at is None else self._written_at)
        self._written_at = None
        self._say_notes()

    def close(self) -> None:
        self._say_notes()

    def attempt(self, tick: float) -> None:
        """Note that the program connects at ``tick`` (monotonic seconds)."""
        self._program.attempt(tick)
        recent = self._program.recent_attempts
        if len(recent) == LOOP_CONNECTS and tick - recent[0] <= LOOP_SECONDS:
            self._notes.add([Note("connects", texts.CONNECTS.format(seconds=LOOP_SECONDS))])

    def judge(self, data: bytes) -> None:
        """Judge ``data``, which the program sent as a request, with its secrets."""
        judgement = judge_request(data)
        right = judgement.right.to_text()
        for fault in judgement.faults:
            template = texts.WRONG_REQUEST if fault.code else texts.WRONG_REQUEST_WITHOUT_CODE
            sentence = template.format(fault=fault.sentence, code=fault.code, right=right)
            about = (fault.kind, fault.field, *sorted(fault.values.items()))
            self._notes.add([Note(about, self._mask.sentence(sentence))])

    def _say_notes(self) -> None:
        for sentence in self._notes.take():
            self._say(sentence)

    def _other(self, frame: Frame) -> Iterator[Note]:
        """Note what a frame without data shows."""
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
        elif frame.answer:
            self._program.settle(frame.tick, frame.answer)

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
        if self._notes.is_new(about):
            keys = self._likely_keys((tr_id, tr_key))
            if keys:
                sentence = texts.ANOTHER_MARKET.format(tr_id=tr_id, tr_key=tr_key, keys=keys)
                yield Note(about, sentence)
        number = len(program.held)
        if number > MOST_REGISTRATIONS:
            sentence = texts.TOO_MANY.format(
                tr_id=tr_id, tr_key=tr_key, number=number, most=MOST_REGISTRATIONS
            )
            yield Note("many", sentence)

    def _unsubscribe(self, tick: float, tr_id: str, tr_key: str) -> Iterator[Note]:
        registration = self._program.give_back((tr_id, tr_key))
        if registration is None:
            return
        seconds = tick - registration.asked_at
        if seconds <= SHORT_SECONDS:
            sentence = texts.UNSUBSCRIBED.format(tr_id=tr_id, tr_key=tr_key, seconds=seconds)
            yield Note(("unsubscribed", registration.key), sentence)

    def _answer_to_pingpong(self, frame: Frame) -> Iterator[Note]:
        """Note an answer to PINGPONG, or a frame that may be meant to be one."""
        waiting = self._program.waiting
        if frame.kind is PING and not answers_pingpong(frame.text):
            return  # the keep-alive of its library, which is not an answer
        if frame.kind is PONG and frame.data in self._pings:
            return  # its library answers a PING frame of KIS
        form = _odd_form(frame, [text for _, text in waiting])
        if form and waiting:
            yield Note("odd", texts.PINGPONG_ODD.format(form=form))
        seconds = self._program.pong(frame.tick, frame.data)
        if seconds is not None and seconds > LATE_SECONDS:
            yield Note("late", texts.PINGPONG_LATE.format(seconds=seconds))

    def _look(self, now: float) -> None:
        """Note what only time tells."""
        self._looked_at = now
        program = self._program
        if program.heard_at is not None and now - program.heard_at >= DEAD_SECONDS:
            sentence = texts.HALF_OPEN.format(seconds=now - program.heard_at)
            self._notes.add([Note(("dead", program.opened), sentence)])
        if program.waiting and now - program.waiting[0][0] >= UNANSWERED_SECONDS:
            seconds = now - program.waiting[0][0]
            self._notes.add([Note("unanswered", texts.PINGPONG_UNANSWERED.format(seconds=seconds))])
        for registration in program.registrations.values():
            self._notes.add(self._of_registration(registration, now))

    def _of_registration(self, registration: Registration, now: float) -> Iterator[Note]:
        if registration.settled_at is None:
            return
        seconds = now - registration.settled_at
        is_silent = registration.standing is Standing.ACCEPTED and not registration.fresh
        if is_silent and seconds >= SILENT_SECONDS and not is_notice(registration.key[0]):
            yield from self._silent(registration.key, seconds)
        is_refused = registration.standing is Standing.REFUSED
        if registration.refusal and is_refused and seconds >= OVERLOOKED_SECONDS:
            yield _overlooked(registration.key, registration.refusal, seconds)

    def _silent(self, key: Key, seconds: float) -> Iterator[Note]:
        about = ("silent", key)
        if not self._notes.is_new(about):
            return
        why = self._why_silent(key, self._program.ticking)  # which takes its time
        tr_id, tr_key = key
        sentence = texts.SILENT.format(
            tr_id=tr_id, tr_key=tr_key, seconds=seconds, reason=why.reason, next_step=why.next_step
        )
        yield Note(about, sentence)


def _overlooked(key: Key, refusal: Answer, seconds: float) -> Note:
    tr_id, tr_key = key
    sentence = texts.REFUSAL_OVERLOOKED.format(
        tr_id=tr_id,
        tr_key=tr_key,
        seconds=seconds,
        code=refusal.msg_cd,
        text=refusal.msg1,
        next_step=next_step(refusal.msg_cd, [key]),
    )
    return Note(("overlooked", key), sentence)


def _odd_form(frame: Frame, waiting: list[bytes]) -> Sentence | None:
    """The form of an answer to PINGPONG, if KIS is not known to accept it."""
    if frame.kind is PING:
        return texts.PING_FRAME
    if frame.kind is PONG:
        return texts.NOT_THE_SAME_TEXT
    if frame.data in waiting or load_object(frame.data) in map(load_object, waiting):
        return None
    return texts.OWN_TEXT
