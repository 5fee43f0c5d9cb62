"""Where a run writes and what it counts, as one value."""

from typing import TYPE_CHECKING, NamedTuple, TextIO, cast

from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.output.stream import Lines, TextLines

if TYPE_CHECKING:
    from rich.console import Console


class Streams(NamedTuple):
    """``out`` takes what is shown, ``notices`` the sentences for people; ``counts`` of the run."""

    out: Lines
    notices: Notices
    counts: Counts


def console(out: Lines, *, colour: bool, errors: str = "backslashreplace") -> "Console":
    """A rich console on ``out``; it is a terminal only if ``out`` is one that can be steered.

    ``errors`` (as ``str.encode`` takes it) is for characters that the encoding of ``out`` lacks:
    text keeps them as escapes, a drawing has no room for more than ``?``.
    """
    from rich.console import Console

    file = TextLines(out, out.encoding, errors, terminal=out.terminal)
    no_color = None  # rich decides
    if not colour:
        no_color = True
    return Console(
        file=cast("TextIO", file), force_terminal=out.terminal, no_color=no_color, highlight=False
    )
