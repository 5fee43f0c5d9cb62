"""A rich console that writes to one of kisq's streams."""

from typing import TYPE_CHECKING, TextIO, cast

from kisq.output.stream import Lines

if TYPE_CHECKING:
    from rich.console import Console


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


class TextLines:
    """Lines as the text file that rich wants; ``errors`` as ``str.encode`` takes it.

    It is not a class of ``io``: their finaliser flushes, which fails if stdout does.
    """

    def __init__(self, out: Lines, encoding: str, errors: str, *, terminal: bool) -> None:
        self._out = out
        self._encoding = encoding
        self._errors = errors
        self._terminal = terminal

    @property
    def encoding(self) -> str:
        """The encoding of stdout."""
        return self._encoding

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> int:
        self._out.put(text.encode(self._encoding, self._errors))
        return len(text)

    def flush(self) -> None:
        """Do nothing: rich calls it in the middle of its work, which must not wait for a reader."""
