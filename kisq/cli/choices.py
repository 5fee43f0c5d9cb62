"""The values that some options choose from."""

from enum import StrEnum


class Environment(StrEnum):
    """KIS's two environments."""

    REAL = "real"
    MOCK = "mock"


class Venue(StrEnum):
    """Where Korean stocks are traded (spec.markets.VENUES): KRX, NXT, or both together."""

    KRX = "krx"
    NXT = "nxt"
    UNIFIED = "unified"


class PaletteName(StrEnum):
    """Whose colours the ladder has."""

    KR = "kr"
    US = "us"


class MessageKind(StrEnum):
    """The kinds of messages that ``raw`` can show alone, called as in its JSON."""

    DATA = "data"
    CONTROL = "control"
    PINGPONG = "pingpong"
