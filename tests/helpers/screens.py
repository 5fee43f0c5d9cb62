"""Screens as text: literal ones of tests/screens, in both languages."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import polib
import pytest
from rich.console import Console, Group
from rich.text import Text

from helpers.catalogue import SOURCE
from helpers.places import SCREENS
from kisq.locale import sentence


def plain(lines: Sequence[Text], width: int) -> list[str]:
    """What a console of ``width`` cells makes of the lines, without colour."""
    console = Console(width=width, height=1000, file=io.StringIO(), record=True)
    console.print(Group(*lines))
    return [text.rstrip() for text in console.export_text().splitlines()]


def coloured(lines: Sequence[Text], width: int) -> list[str]:
    """The same with the codes of 16 colours."""
    file = io.StringIO()
    console = Console(width=width, file=file, force_terminal=True, color_system="standard")
    console.print(Group(*lines))
    return file.getvalue().splitlines()


@contextmanager
def in_language(name: str) -> Iterator[None]:
    """What is shown meanwhile is in that language, ``en`` or ``ko``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(sentence.VARIABLE, name)
        sentence.is_korean.cache_clear()
        try:
            yield
        finally:
            sentence.is_korean.cache_clear()


def literal(name: str) -> list[str]:
    """The lines of the file of that name in tests/screens."""
    return (SCREENS / f"{name}.txt").read_text("utf-8").splitlines()


def korean_texts() -> list[tuple[str, str]]:
    """The file of each template and its Korean."""
    return [(entry.occurrences[0][0], entry.msgstr) for entry in polib.pofile(SOURCE)]
