"""Where the subscription of a key stands, and how to unsubscribe without waiting for long."""

import threading
import time
from collections import deque
from collections.abc import Callable
from enum import Enum

from kisq.feed.connection import Connection
from kisq.signals import SIGNALS
from kisq.wire.frames import Frame
from kisq.wire.messages import Key


class State(Enum):
    """Where the subscription of one key stands."""

    WAITING = "not sent yet"
    SENT = "sent, not answered"
    ACCEPTED = "accepted"
    REFUSED = "refused"


SPACING = 0.06  # seconds between requests; KIS wants 50-100 ms (protocol.md section 2)
_ANSWER_SECONDS = 1.0
_MORE_SECONDS = 1.5  # longer than that plus the requests: the server does not even read


def leave(
    connection: Connection,
    keys: set[Key],
    unsubscribe: Callable[[Key], None],
    frames: deque[Frame],
    pauses: float = 1.0,
) -> None:
    """Unsubscribe ``keys``, a request every 60 ms, and wait at most 1 s for the answers.

    What comes until then is appended to ``frames``. A server that does not even read is cut off.
    ``pauses`` is a factor on that second.
    """
    unanswered = set(keys)
    patience = _ANSWER_SECONDS * pauses
    longest = patience + _MORE_SECONDS + SPACING * len(keys)
    limit = threading.Timer(longest, connection.cut)
    limit.start()
    try:
        for key in keys:
            if not connection.ended:
                unsubscribe(key)
                _listen(connection, SPACING, unanswered, frames)
        _listen(connection, patience, unanswered, frames)
    finally:
        limit.cancel()


def _listen(
    connection: Connection, seconds: float, unanswered: set[Key], frames: deque[Frame]
) -> None:
    """Append to ``frames`` what comes, for ``seconds`` or until no key is ``unanswered``.

    Keys that are answered are removed from ``unanswered``. Raises Interrupted if a signal comes.
    """
    until = time.monotonic() + seconds
    while unanswered and not connection.ended and (left := until - time.monotonic()) > 0:
        SIGNALS.check()
        for frame in connection.get(left, frames):
            if answer := frame.answer:
                unanswered.discard((answer.tr_id, answer.tr_key))
