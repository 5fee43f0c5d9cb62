"""Where the fields of a TR stand in a record, worked out from the spec."""

import re
from collections.abc import Callable
from functools import cached_property
from operator import itemgetter
from typing import Any

from kisq.protocol.moments import nearest_date
from kisq.spec.fields import Kind, Tr
from kisq.spec.trs import TRS

Clock = tuple[str, str, str, str]  # exchange date and time, Korean date and time
Places = tuple[int, int, int | None]  # of a level's price, size and change
# The form that may stand in JSON as it is: this many digits are more than KIS documents (12).
# The possessive ++ and ?+ never go back for another try, which halves the time.
_JSON_READY = {
    Kind.TEXT: r"[0-9A-Za-z/._-]++",
    Kind.DATE: r"[0-9]{8}",
    Kind.TIME: r"[0-9]{6}",
    Kind.INTEGER: r"-?+(?!0[0-9])[0-9]{1,18}+",
    Kind.DECIMAL: r"-?+(?!0[0-9])[0-9]{1,18}+(?:\.[0-9]{1,12}+)?+",
}
# Anything that still is a number, or empty; text and clocks may hold anything.
_NUMBER = {
    Kind.INTEGER: r" *+(?:[+-]?+[0-9]{1,18}+ *+)?+",
    Kind.DECIMAL: r" *+(?:[+-]?+[0-9]{1,18}+(?:\.[0-9]{0,12}+)?+ *+)?+",
}
_ANYTHING = r"[^^]*+"
Matches = Callable[[str], Any]


class Layout:
    """The places of one TR's fields.

    ``index`` is by KIS's mnemonic, ``places`` by the roles that stand for one field each. ``bids``
    and ``asks`` are the places of the levels, best first. ``json_ready`` matches the fields of a
    record, joined by ``^``, if each may stand in JSON as it is, ``valid`` if each number is one.
    """

    def __init__(self, tr: Tr) -> None:
        self.tr = tr
        self.width = len(tr.fields)
        self.least = tr.least or self.width
        self.index = {field.name: i for i, field in enumerate(tr.fields)}
        self.places = {r: self.index[name] for r, name in tr.roles.items() if name in self.index}
        self.numbers = [
            (i, field, re.compile(_NUMBER[field.kind]).fullmatch)
            for i, field in enumerate(tr.fields)
            if field.kind in _NUMBER
        ]
        self.bids, self.asks = self._side("bid"), self._side("ask")
        self.clock = self._clock()

    @cached_property  # to compile it takes a while, and most runs need it of one TR only
    def json_ready(self) -> Matches:
        return self._matches(lambda kind: _JSON_READY[kind])

    @cached_property
    def valid(self) -> Matches:
        return self._matches(lambda kind: _NUMBER.get(kind, _ANYTHING))

    def _matches(self, pattern: Callable[[Kind], str]) -> Matches:
        return re.compile(r"\^".join(pattern(field.kind) for field in self.tr.fields)).fullmatch

    def _side(self, side: str) -> list[Places]:
        roles = self.tr.roles
        price, size, change = (roles.get(side + what) for what in ("", "_size", "_size_change"))
        return [
            (
                self.index[f"{price}{n}"],
                self.index[f"{size}{n}"],
                self.index[f"{change}{n}"] if change else None,
            )
            for n in range(1, self.tr.levels + 1)
        ]

    def _clock(self) -> Callable[[list[str], float], Clock]:
        """What reads the clocks of a record that came at a moment (epoch seconds)."""
        if "korean_date" in self.places:
            names = ("exchange_date", "exchange_time", "korean_date", "korean_time")
            dated: Callable[[list[str]], Clock] = itemgetter(*(self.places[n] for n in names))
            return lambda values, _: dated(values)
        time = self.places["korean_time"]

        def undated(values: list[str], at: float) -> Clock:
            date = nearest_date(values[time], at)
            return date, values[time], date, values[time]

        return undated


LAYOUTS = {tr_id: Layout(tr) for tr_id, tr in TRS.items()}
