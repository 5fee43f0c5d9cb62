"""What the simulator can be told to do wrong, so that each kind of trouble can be seen at will."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any

from kisq.errors import WrongUsage
from kisq.locale.sentence import Sentence
from kisq.spec.codes import OPSP
from kisq.spec.http_codes import EGW

_MOST_SURPLUS = 1000
_UNKNOWN_CODE = Sentence("{text!r} is not a code that kisq knows; nearest are {codes}")
_UNKNOWN_FAULT = Sentence("{text!r} is not a fault of the simulator: {faults}")
_NEEDS_A_VALUE = Sentence("the fault {fault} needs a value: {fault}={value}, for example {example}")
_HAS_NO_VALUE = Sentence("the fault {fault} takes no value: write {fault}")
_WRONG_VALUE = Sentence(
    "{value!r} is not a valid {wanted} for the fault {fault}: write, for example, {example}"
)


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
        if self.shifted:
            del values[0]
        if self.short:
            del values[-1]
        surplus = [str(number) for number in range(1, self.surplus + 1)]
        return values + surplus


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
            raise WrongUsage(_UNKNOWN_CODE.format(text=text, codes=near))
        return text

    return read


def _status(text: str) -> int:
    number = int(text)
    if not 200 <= number <= 599:
        raise ValueError
    return number


# What stands behind the = of a fault: its name in the help, an example, and how it is read.
_VALUES: dict[str, tuple[str, str, Callable[[str], object]]] = {
    "refuse": ("OPSPxxxx", "OPSP8996", _one_of(OPSP)),
    "drop": ("SECONDS", "30", _above_zero),
    "half-open": ("SECONDS", "30", _above_zero),
    "surplus": ("N", "2", _few),
    "garbage": ("RATIO", "0.3", _share),
    "handshake": ("STATUS", "403", _status),
    "approval": ("EGWxxxxx", "EGW00103", _one_of(EGW)),
    "delay": ("SECONDS", "90", _above_zero),
    "held": ("SECONDS", "60", _above_zero),
}
NAMES = [field.name.replace("_", "-") for field in fields(Faults)]
NO_FAULTS = Faults()


def _form(name: str) -> str:
    """How a fault is written on the command line."""
    if name in _VALUES:
        return f"{name}={_VALUES[name][0]}"
    return name


HELP = ", ".join(map(_form, NAMES))


def parse_faults(texts: list[str]) -> Faults:
    """The faults that the texts ask for. Raises WrongUsage for one that does not exist."""
    asked: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if name not in NAMES:
            raise WrongUsage(_UNKNOWN_FAULT.format(text=text, faults=HELP))
        field = name.replace("-", "_")
        if name in _VALUES:
            asked[field] = _read(name, value if equals else None)
        elif equals:
            raise WrongUsage(_HAS_NO_VALUE.format(fault=name))
        else:
            asked[field] = True
    return Faults(**asked)


def _read(name: str, value: str | None) -> object:
    wanted, value_of_example, read = _VALUES[name]
    example = f"{name}={value_of_example}"
    if value is None:
        raise WrongUsage(_NEEDS_A_VALUE.format(fault=name, value=wanted, example=example))
    try:
        return read(value)
    except ValueError:
        fault = _WRONG_VALUE.format(value=value, wanted=wanted, fault=name, example=example)
        raise WrongUsage(fault) from None
