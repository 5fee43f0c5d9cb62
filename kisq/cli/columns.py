"""Columns of text, measured in the cells of a terminal: a Korean letter takes two."""

from collections.abc import Iterable, Sequence

_GAP = "  "


def widths_of(rows: Iterable[Sequence[str]]) -> list[int]:
    """The cells that each column of ``rows`` takes."""
    from rich.cells import cell_len

    return [max(map(cell_len, column)) for column in zip(*rows, strict=True)]


def left(text: str, width: int) -> str:
    """``text`` on the left of ``width`` cells."""
    from rich.cells import cell_len

    return text + " " * (width - cell_len(text))


def right(text: str, width: int) -> str:
    """``text`` on the right of ``width`` cells."""
    from rich.cells import cell_len

    return " " * (width - cell_len(text)) + text


def row(cells: Iterable[str]) -> str:
    """Padded cells as one line."""
    return _GAP.join(cells).rstrip()
