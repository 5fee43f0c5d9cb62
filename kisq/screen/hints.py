"""The keys of a live screen: in its last line, and all of them on a page of their own."""

from rich.text import Text

from kisq.locale.sentence import Sentence, translated
from kisq.screen.display import Display, cut, left_aligned, whole

LADDER = Sentence("? keys, q quit")
LADDER_OF_BOARD = Sentence("Esc back, ? keys, q quit")
BOARD = Sentence("j k pick, Enter ladder, s sort, / filter, ? keys, q quit")
TYPING = Sentence("/{text}_ (Enter keeps this filter, Esc clears it)")
_TITLE = Sentence("Keys (any key goes back)")
_KEYS = (
    ("q", Sentence("quit")),
    ("?", Sentence("show these keys")),
    ("t", Sentence("show or hide the trades")),
    ("c", Sentence("sizes added up from the best level, or their changes")),
    (Sentence("up down, j k"), Sentence("pick a key on the board")),
    ("Enter", Sentence("show the ladder of the picked key alone")),
    ("Esc", Sentence("go back to the board, or clear the filter")),
    ("s", Sentence("sort the board: as given, by key, % chg or updates per second")),
    ("/", Sentence("filter the board by key or name")),
    (Sentence("space"), Sentence("pause or resume a replay")),
    ("n", Sentence("step to the next message of a replay")),
    ("+ -", Sentence("replay faster or slower")),
)
_KEY_CELLS = 14


def page(width: int, height: int, display: Display) -> list[Text]:
    """All keys and what they do, one per line."""
    lines = [whole(translated(_TITLE), "bold", width, display.glyphs)]
    for key, does in _KEYS:
        text = f"  {left_aligned(translated(key), _KEY_CELLS)}{translated(does)}"
        lines.append(Text(cut(text, width, display.glyphs), no_wrap=True))
    return lines[:height]
