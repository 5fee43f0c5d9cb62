"""What a person sees of a replay: how far it is, and what happened to the session in it."""

import shutil
import time
from math import inf
from typing import Protocol

from kisq.output.notices import Notices
from kisq.wire.frames import CLOSE, CONTROL, DATA, IN, Frame, is_known, received_at

_SHOW_SECONDS = 0.1
_MOST_NOTES = 5
_PLAYED = "재생 replay{share} · {at} · {speed}"
_PAUSED = "일시정지 paused{share} · {at} · {speed}"
_KEYS_PLAYED = "space pauses, n steps, q ends"
_KEYS_PAUSED = "space plays, n steps, q ends"
_UNKNOWN_TIME = "–"
_ENDED = "in the recording the connection ended: {reason}"
_REFUSED = "in the recording KIS refused {tr_key}: {code} {text}"
_REQUEST_REFUSED = "in the recording KIS refused a request: {code} {text}"
_NO_MORE = "more of this kind is not said"


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
        self._notices, self._player, self._keyed = notices, player, keyed
        self._shown = shown and notices.is_terminal
        self._shown_at = 0.0
        self._notes = 0

    def line(self) -> str:
        """How far the replay is and which keys there are."""
        player = self._player
        at = _UNKNOWN_TIME
        if is_known(player.at):
            at = f"{received_at(player.at)[5:19].replace('T', ' ')} KST"
        share = "" if player.share is None else f" {player.share:.0%}"
        speed = "max" if player.speed == inf else f"×{player.speed:g}"
        state = _PAUSED if player.paused else _PLAYED
        line = state.format(share=share, at=at, speed=speed)
        keys = _KEYS_PAUSED if player.paused else _KEYS_PLAYED
        return f"{line} · {keys}" if self._keyed else line

    def write(self, frame: Frame) -> None:
        if self._shown:
            self._notices.status("")  # this frame may be shown in its place
        if frame.kind is DATA or frame.dir is not IN:
            return
        if frame.kind is CLOSE:
            self._note(_ENDED.format(reason=frame.text))
        elif frame.kind is CONTROL:
            answer = frame.answer
            if answer and not answer.accepted:
                refused = _REFUSED if answer.tr_key else _REQUEST_REFUSED
                texts = {"tr_key": answer.tr_key, "code": answer.msg_cd, "text": answer.msg1}
                self._note(refused.format(**texts))

    def flush(self, now: float) -> None:
        if self._shown and time.monotonic() - self._shown_at >= _SHOW_SECONDS:
            self._shown_at = time.monotonic()
            self._notices.status(self.line(), shutil.get_terminal_size().columns)

    def close(self) -> None:
        if self._shown:
            self._notices.status("")

    def _note(self, sentence: str) -> None:
        self._notes += 1
        if self._notes <= _MOST_NOTES:
            self._notices.say(sentence)
        elif self._notes == _MOST_NOTES + 1:
            self._notices.say(_NO_MORE)
