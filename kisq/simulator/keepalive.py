"""When a PINGPONG is due, what counts as an answer to it, and when an unanswered session ends."""

from kisq.wire.messages import load_object, part

# A live log: after 10.0 s of quiet, then every 20.0 s (protocol.md section 2).
_FIRST_QUIET_SECONDS = 10.0
_EVERY_SECONDS = 20.0
_MOST_UNANSWERED = 5  # and half an interval more: 100 s, after which KIS ends a session
_MOST_UNANSWERED_IF_EVEN = 10
_PLAIN_ANSWER = "0|pingpong"


def answers_pingpong(text: str) -> bool:
    """Whether a client answers a PINGPONG with ``text``, in any of the forms that clients use.

    The text may be written anew: Python's ``json`` puts spaces into it.
    """
    if text.strip().lower() == _PLAIN_ANSWER:
        return True
    if "PINGPONG" not in text:
        return False
    header = part(load_object(text) or {}, "header")
    return header.get("tr_id") == "PINGPONG"


class KeepAlive:
    """The PINGPONGs of one connection; all times are monotonic seconds.

    Without ``every`` they come as KIS sends them: when the stream has been quiet for 10 s, then
    every 20 s (protocol.md section 2). With it they come every ``every`` seconds, quiet or not.
    """

    def __init__(self, now: float, every: float | None = None) -> None:
        self._every = every
        self._quiet_since = now
        self._last = now
        self._unanswered = 0
        self._most = _MOST_UNANSWERED_IF_EVEN if every else _MOST_UNANSWERED

    @property
    def due(self) -> float:
        """When the next step is due: a PINGPONG, or the end of the session."""
        every = self._every or _EVERY_SECONDS
        if self.over:
            return self._last + every / 2
        if self._every is None and self._quiet_since >= self._last:
            return self._quiet_since + _FIRST_QUIET_SECONDS
        return self._last + every

    @property
    def over(self) -> bool:
        """Whether too many PINGPONGs are unanswered, so that the session ends next."""
        return self._unanswered >= self._most

    def sent_other(self, now: float) -> None:
        """Note that something else was sent: the stream is not quiet."""
        self._quiet_since = now

    def sent_pingpong(self, now: float) -> None:
        self._last = now
        self._unanswered += 1

    def answered(self) -> None:
        self._unanswered = 0
