"""Where the subscription of a key stands."""

from enum import Enum


class State(Enum):
    """Where the subscription of one key stands."""

    WAITING = "not sent yet"
    SENT = "sent, not answered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
