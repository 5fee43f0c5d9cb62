"""What a person sees of a replay: how far it is, and what happened to the session in it."""

import shutil
import time
from math import inf
from typing import Protocol

from kisq.output.notices import Notices
from kisq.wire.frames import CLOSE, CONTROL, DATA, IN, Frame, is_known, received_at

_SHOW_SECONDS = 0.1
_MOST_NOTES = 5


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
        state = "일시정지 paused" if player.paused else "재생 replay"
        at = f"{received_at(player.at)[5:19].replace('T', ' ')} KST" if is_known(player.at) else "–"
        share = "" if player.share is None else f" {player.share:.0%}"
        speed = "max" if player.speed == inf else f"×{player.speed:g}"
        keys = f" · space {'plays' if player.paused else 'pauses'}, n steps, q ends"
        return f"{state}{share} · {at} · {speed}{keys if self._keyed else ''}"

    def write(self, frame: Frame) -> None:
        if self._shown:
            self._notices.status("")  # this frame may be shown in its place
        if frame.kind is DATA or frame.dir is not IN:
            return
        if frame.kind is CLOSE:
            self._note(f"in the recording the connection ended: {frame.text}")
        elif frame.kind is CONTROL:
            answer = frame.answer
            if answer and not answer.accepted:
                reason = f"{answer.msg_cd} {answer.msg1}"
                self._note(f"in the recording KIS refused {answer.tr_key or 'a request'}: {reason}")

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
            self._notices.say("more of this kind is not said")
