"""The layouts of a TR, and which of them a record has (protocol.md section 3)."""

import re

from kisq.spec.tables import TRS
from kisq.wire.layout import Layout


class Layouts:
    """The layouts of one TR, the newest last; ``exact`` has those with a width of their own."""

    def __init__(self, tr_id: str) -> None:
        self.tr = TRS[tr_id]
        self.all = [Layout(self.tr, width) for width in self.tr.widths]
        self._tests = [
            (layout, width.place, re.compile(width.pattern).fullmatch)
            for layout, width in zip(self.all, self.tr.widths, strict=True)
            if width.pattern
        ]
        widths = [layout.width for layout in self.all]
        self.exact = {
            layout.width: layout for layout in self.all if widths.count(layout.width) == 1
        }
        self.least = min(widths)
        self.newest = self.all[-1]

    def choose(self, fields: list[str], stride: int) -> Layout | None:
        """The layout of a record of ``stride`` fields, which begins with ``fields``.

        The one with that width; if several have it, the form of a field decides. Otherwise the
        newest that is narrower, and the rest is surplus. None if all are wider.
        """
        if stride in self.exact:
            return self.exact[stride]
        same_width = [layout for layout in self.all if layout.width == stride]
        for layout, place, matches in self._tests:
            if layout in same_width and matches(fields[place]):
                return layout
        if same_width:
            return same_width[0]
        narrower = [layout for layout in self.all if layout.width < stride]
        if narrower:
            return narrower[-1]
        return None


class _LayoutsByTr(dict[str, Layouts | None]):
    """By tr_id, worked out once; None, which is not cached, if kisq does not know the TR."""

    def __missing__(self, tr_id: str) -> Layouts | None:
        if tr_id not in TRS:
            return None
        layouts = Layouts(tr_id)
        self[tr_id] = layouts
        return layouts


LAYOUTS = _LayoutsByTr()
