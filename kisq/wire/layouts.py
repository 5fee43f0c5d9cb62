"""The layouts of a TR, and which of them a record has (protocol.md section 3)."""

import re

from kisq.spec.tables import TRS
from kisq.wire.layout import Layout


class Layouts:
    """The layouts of one TR, the newest last; ``exact`` has those whose width no other one has."""

    def __init__(self, tr_id: str) -> None:
        self.tr = TRS[tr_id]
        self.all = [Layout(self.tr, width) for width in self.tr.widths]
        self._tests = [
            (layout, width.place, re.compile(width.pattern).fullmatch)
            for layout, width in zip(self.all, self.tr.widths, strict=True)
            if width.pattern
        ]
        widths = [layout.width for layout in self.all]
        self.exact = {one.width: one for one in self.all if widths.count(one.width) == 1}
        self.least = min(widths)
        self.newest = self.all[-1]

    def choose(self, fields: list[str], stride: int) -> Layout | None:
        """The layout of a record that begins with ``fields`` and has ``stride`` of them.

        The exact width decides first, and of two with one width the form of a field; else it is the
        newest that is not wider, and the rest is surplus. None where there is no such.
        """
        if stride in self.exact:
            return self.exact[stride]
        fitting = [layout for layout in self.all if layout.width <= stride]
        alike = [layout for layout in fitting if layout.width == stride]
        for layout, place, matches in self._tests:
            if layout in alike and matches(fields[place]):
                return layout
        if alike:
            return alike[0]
        return fitting[-1] if fitting else None


class _LayoutsByTr(dict[str, Layouts | None]):
    """By tr_id, worked out once; None, which is not kept, where kisq does not know the TR."""

    def __missing__(self, tr_id: str) -> Layouts | None:
        if tr_id not in TRS:
            return None
        layouts = self[tr_id] = Layouts(tr_id)
        return layouts


LAYOUTS = _LayoutsByTr()
