"""What can be made to go wrong in the simulator, so that each cause can be seen at will."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any

from kisq.errors import WrongUsage
from kisq.spec.codes import OPSP
from kisq.spec.http_codes import EGW

_MOST_SURPLUS = 1000


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults of a simulator; the attribute ``no_ack`` is ``no-ack`` on the command line."""

    silent: bool = False
    no_ack: bool = False
    refuse: str = ""
    drop: float = 0.0
    half_open: float = 0.0
    no_pingpong: bool = False
    surplus: int = 0
    short: bool = False
    garbage: float = 0.0
    shifted: bool = False
    stale: bool = False
    crossed: bool = False
    handshake: int = 0
    approval: str = ""
    delay: float = 0.0
    approval_rate: bool = False
    no_pong: bool = False
    held: float = 0.0
    throttle: bool = False
    fragments: bool = False
    broken_bytes: bool = False

    def spoil(self, record: dict[str, str], best: tuple[str, str] | None = None) -> list[str]:
        """The fields of a record as this simulator sends them.

        ``best`` are the mnemonics of a book's best bid and ask.
        """
        if self.crossed and best:
            bid, ask = best
            record = record | {bid: record[ask], ask: record[bid]}
        values = list(record.values())
        values = values[1:] if self.shifted else values
        values = values[:-1] if self.short else values
        return values + [str(n) for n in range(1, self.surplus + 1)]


def _above_zero(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError
    return number


def _share(text: str) -> float:
    number = _above_zero(text)
    if number > 1:
        raise ValueError
    return number


def _few(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MOST_SURPLUS:
        raise ValueError
    return number


def _one_of(codes: dict[str, Any]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in codes:
            near = ", ".join(get_close_matches(text, codes, 3, 0.0))
            raise WrongUsage(f"{text!r} is no code that kisq knows; nearest are {near}")
        return text

    return read


def _status(text: str) -> int:
    number = int(text)
    if not 200 <= number <= 599:
        raise ValueError
    return number


# What stands behind the = of a fault: its name in the help, and how it is read.
_VALUES: dict[str, tuple[str, Callable[[str], object]]] = {
    "refuse": ("OPSPxxxx", _one_of(OPSP)),
    "drop": ("SECONDS", _above_zero),
    "half-open": ("SECONDS", _above_zero),
    "surplus": ("N", _few),
    "garbage": ("RATIO", _share),
    "handshake": ("STATUS", _status),
    "approval": ("EGWxxxxx", _one_of(EGW)),
    "delay": ("SECONDS", _above_zero),
    "held": ("SECONDS", _above_zero),
}
NAMES = [field.name.replace("_", "-") for field in fields(Faults)]
NO_FAULTS = Faults()
HELP = ", ".join(f"{n}={_VALUES[n][0]}" if n in _VALUES else n for n in NAMES)


def parse_faults(texts: list[str]) -> Faults:
    """The faults that the texts ask for. Raises WrongUsage for one that does not exist."""
    asked: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if name not in NAMES:
            raise WrongUsage(f"{text!r} is no fault of the simulator: {HELP}")
        if bool(equals) != (name in _VALUES):
            wants = (
                f"wants a value: {name}={_VALUES[name][0]}" if name in _VALUES else "has no value"
            )
            raise WrongUsage(f"the fault {name} {wants}")
        asked[name.replace("-", "_")] = _read(name, value) if equals else True
    return Faults(**asked)


def _read(name: str, value: str) -> object:
    wanted, read = _VALUES[name]
    try:
        return read(value)
    except ValueError:
        raise WrongUsage(f"{value!r} is no {wanted} for the fault {name}") from None
