"""A rich console on a stream of ours."""

from typing import TYPE_CHECKING, TextIO, cast

from kisq.output.stream import Lines, TextLines

if TYPE_CHECKING:
    from rich.console import Console


def console(out: Lines, *, colour: bool, errors: str = "backslashreplace") -> "Console":
    """A rich console on ``out``, a terminal only where that is one that can be steered.

    ``errors`` (as ``str.encode`` takes it) says what becomes of a character that the encoding of
    ``out`` lacks: text keeps it as an escape, a drawing has no room for more than ``?``.
    """
    from rich.console import Console

    file = TextLines(out, out.encoding, errors, terminal=out.terminal)
    no_color = None if colour else True
    return Console(
        file=cast("TextIO", file), force_terminal=out.terminal, no_color=no_color, highlight=False
    )
