"""The PINGPONGs of a session, and the time without any message; pure."""

from kisq.check.observation import Keepalive
from kisq.wire.frames import IN, PINGPONG, Frame


class Heartbeats:
    """Counts the PINGPONGs of a session that began at ``started`` (monotonic seconds)."""

    def __init__(self, started: float) -> None:
        self._heard_at = started
        self._quiet = 0.0
        self._first_at: float | None = None
        self._received = 0
        self.answered = 0

    def see(self, frame: Frame) -> None:
        """Take in any frame of the session."""
        if frame.dir is IN:
            self._quiet = max(self._quiet, frame.tick - self._heard_at)
            self._heard_at = frame.tick
        if frame.kind is not PINGPONG:
            return
        if frame.dir is IN:
            self._received += 1
        else:
            self.answered += 1
        if self._first_at is None:
            self._first_at = frame.tick

    def until(self, ended: float, *, is_answer_known: bool) -> Keepalive:
        """The facts at the moment ``ended``; the answers may be unknown in a recording."""
        answered = None
        if is_answer_known:
            answered = self.answered
        quiet = max(self._quiet, ended - self._heard_at)
        return Keepalive(self._first_at, self._received, answered, quiet)
