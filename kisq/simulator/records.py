"""Records that are neither books nor trades: like the examples of their TR, and alive."""

import random
from collections.abc import Iterator
from datetime import datetime

from kisq.simulator.faults import NO_FAULTS, Faults
from kisq.simulator.market import UNSET
from kisq.spec.fields import Field, Kind, Tr, Width
from kisq.wire.clocks import KST
from kisq.wire.trkey import TrKey

_MOVED = 0.3  # the share of the numbers that change from one record to the next
# What counts up over a day and never down, by the words of its mnemonic.
_COUNTS_UP = ("ACML", "CNQN", "TOTAL", "GLOB_TOTAL", "SMTN", "PBMN", "CSNU")
_STAYS = (
    "_HGPR",
    "_LWPR",
    "_OPRC",
    "OPRC_",
    "HGPR",
    "LWPR",
    "HPRC_",
    "LPRC_",
    "_STND_",
    "PRDY_SMNS",
)
# Differences that hold in every example: the name, and what is taken from what.
_DIFFERENCES = {
    "NTBY_CNQN": ("SHNU_CNQN", "SELN_CNQN"),
    "NTBY_TR_PBMN": ("SHNU_TR_PBMN", "SELN_TR_PBMN"),
    "NTBY_CNTG_CSNU": ("SHNU_CNTG_CSNU", "SELN_CNTG_CSNU"),
    "WHOL_NTBY_QTY": ("SHNU_RSQN", "SELN_RSQN"),
    "GLOB_NTBY_QTY": ("GLOB_TOTAL_SHNU_QTY", "GLOB_TOTAL_SELN_QTY"),
}

# Price, high and low of a day.
_DAYS = (
    ("PRPR_NMIX", "NMIX_HGPR", "NMIX_LWPR"),
    ("NAV", "HPRC_NAV", "LPRC_NAV"),
    ("STCK_PRPR", "STCK_HGPR", "STCK_LWPR"),
)


class RecordMaker:
    """Makes one record after another for one key; the same seed gives the same records.

    It begins with the examples of the table. What is empty or 0 in them stays so.
    """

    def __init__(self, tr: Tr, key: TrKey, seed: int, width: Width | None = None) -> None:
        self._tr = tr
        self._key = key
        self._fields = (width or tr.newest).fields
        self._random = random.Random(f"{seed} {tr.id} {key.text}")  # noqa: S311 - a game
        self._values = {field.name: self._first(field) for field in self._fields}

    def message(self, now: datetime, faults: Faults = NO_FAULTS) -> str:
        """The next record as a data message; ``now`` is the time of day, with its zone."""
        return f"0|{self._tr.id}|001|{'^'.join(faults.spoil(self.record(now)))}"

    def record(self, now: datetime) -> dict[str, str]:
        """The next record: the text of each field under its mnemonic, in wire order."""
        korean = now.astimezone(KST)
        for field in self._fields:
            if field.kind in (Kind.INTEGER, Kind.DECIMAL) and self._random.random() < _MOVED:
                self._values[field.name] = self._moved(field, self._values[field.name])
        self._values |= dict(self._differences())
        self._stretch()
        by_role = {
            "tr_key": self._key.text,
            "symbol": self._key.symbol,
            "korean_date": f"{korean:%Y%m%d}",
            "korean_time": f"{korean:%H%M%S}",
        }
        for field in self._fields:
            for role in field.roles:
                self._values[field.name] = by_role.get(role, self._values[field.name])
        return self._values

    def _first(self, field: Field) -> str:
        if self._tr.examples:
            return field.example
        return field.example or UNSET[field.kind]

    def _moved(self, field: Field, text: str) -> str:
        """A number a little further on, with as many decimals as before."""
        if not text.strip("+-0.") or any(word in field.name for word in _STAYS):
            return text
        decimals = len(text.partition(".")[2])
        number = float(text)
        step = abs(number) * self._random.uniform(0, 0.002) + 10.0**-decimals
        if not any(word in field.name for word in _COUNTS_UP) and self._random.random() < 0.5:
            step = -step
        moved = number + step
        if (moved < 0) != (number < 0):
            return text
        if text.startswith("+"):
            return f"{moved:+.{decimals}f}"
        return f"{moved:.{decimals}f}"

    def _stretch(self) -> None:
        """Widen high and low of the day to hold the price."""
        values = self._values
        for price, high, low in _DAYS:
            if not all(values.get(name, "").strip("0.") for name in (price, high, low)):
                continue  # no trade yet
            values[high] = max(values[high], values[price], key=float)
            values[low] = min(values[low], values[price], key=float)

    def _differences(self) -> Iterator[tuple[str, str]]:
        """Fields that follow from two others, by mnemonic."""
        for name, (more, less) in _DIFFERENCES.items():
            if name in self._values and more in self._values and less in self._values:
                yield name, str(int(self._values[more] or 0) - int(self._values[less] or 0))
