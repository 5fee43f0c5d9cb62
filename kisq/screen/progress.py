"""What a person sees of a replay: how far it is, and what happened to the session in it."""

import shutil
import time
from math import inf
from typing import Protocol

from kisq.locale.sentence import Sentence
from kisq.output.notices import Notices
from kisq.screen.display import NOTHING
from kisq.wire.frames import CLOSE, CONTROL, DATA, IN, Frame, is_known, received_at
from kisq.wire.messages import Answer

_SHOW_SECONDS = 0.1
_MOST_NOTES = 5
_TO_THE_SECOND = slice(5, 19)  # of ISO 8601, from the month on
_PLAYED = Sentence("replay{share}, {at}, {speed}")
_PAUSED = Sentence("paused{share}, {at}, {speed}")
_PLAYED_AND_KEYS = Sentence(
    "replay{share}, {at}, {speed}: space pauses, n steps, + - speed, q ends"
)
_PAUSED_AND_KEYS = Sentence("paused{share}, {at}, {speed}: space plays, n steps, + - speed, q ends")
_SHARE = " {share:.0%}"
_SPEED = "x{speed:g}"
_FULL_SPEED = Sentence("full speed")
_ENDED = Sentence("in the recording the connection ended: {reason}")
_REFUSED = Sentence("in the recording KIS refused {tr_key}: {code} {text}")
_REQUEST_REFUSED = Sentence("in the recording KIS refused a request: {code} {text}")
_NO_MORE = Sentence("further notes of this kind are not shown")


class Player(Protocol):
    """What plays a recording.

    ``at`` is the recorded time (epoch seconds or NaN), ``share`` how much of it was played.
    """

    at: float
    speed: float
    paused: bool

    @property
    def share(self) -> float | None:
        """None where nobody knows how long it is."""


class Progress:
    """A sink of frames: tells ``notices`` of refusals and losses in the recording.

    With ``shown`` it keeps a status line about ``player`` as well, which says with ``keyed`` what
    the keys do.
    """

    def __init__(self, notices: Notices, player: Player, *, keyed: bool, shown: bool) -> None:
        self._notices = notices
        self._player = player
        self._keyed = keyed
        self._shown = shown and notices.is_terminal
        self._shown_at = 0.0
        self._notes = 0

    def line(self) -> str:
        """How far the replay is and which keys there are."""
        player = self._player
        at = NOTHING
        if is_known(player.at):
            moment = received_at(player.at)[_TO_THE_SECOND].replace("T", " ")
            at = f"{moment} KST"
        share = ""
        if player.share is not None:
            share = _SHARE.format(share=player.share)
        speed: str = _FULL_SPEED
        if player.speed != inf:
            speed = _SPEED.format(speed=player.speed)
        return self._template().format(share=share, at=at, speed=speed)

    def _template(self) -> Sentence:
        if self._player.paused:
            return _PAUSED_AND_KEYS if self._keyed else _PAUSED
        return _PLAYED_AND_KEYS if self._keyed else _PLAYED

    def write(self, frame: Frame) -> None:
        if self._shown:
            self._notices.status("")  # this frame may be shown in its place
        if frame.kind is DATA or frame.dir is not IN:
            return
        if frame.kind is CLOSE:
            self._note(_ENDED.format(reason=frame.text))
        elif frame.kind is CONTROL:
            self._note_refusal(frame.answer)

    def flush(self, now: float) -> None:
        if self._shown and time.monotonic() - self._shown_at >= _SHOW_SECONDS:
            self._shown_at = time.monotonic()
            self._notices.status(self.line(), shutil.get_terminal_size().columns)

    def close(self) -> None:
        if self._shown:
            self._notices.status("")

    def _note_refusal(self, answer: Answer | None) -> None:
        if answer is None or answer.accepted:
            return
        template = _REFUSED if answer.tr_key else _REQUEST_REFUSED
        fields = {"tr_key": answer.tr_key, "code": answer.msg_cd, "text": answer.msg1}
        self._note(template.format(**fields))

    def _note(self, sentence: Sentence) -> None:
        self._notes += 1
        if self._notes <= _MOST_NOTES:
            self._notices.say(sentence)
        elif self._notes == _MOST_NOTES + 1:
            self._notices.say(_NO_MORE)
