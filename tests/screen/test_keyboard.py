"""Keys of a terminal: bytes → names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kisq.screen.keyboard import names


@pytest.mark.parametrize(
    ("pressed", "keys", "left"),
    [
        (b"q", ["q"], b""),
        (b" n\r", ["space", "n", "enter"], b""),
        (b"\x1b[A\x1bOB", ["up", "down"], b""),
        (b"\x1b", [], b"\x1b"),
        (b"\x1b[", [], b"\x1b["),
        (b"\x1bq", ["escape", "q"], b""),
        (b"\x1b[1;5C\x1b[15~q", ["q"], b""),
        ("한".encode(), ["�"] * 3, b""),
    ],
)
def test_keys_have_names(pressed: bytes, keys: list[str], left: bytes) -> None:
    """Keys are named, unknown sequences are no keys, and the beginning of one waits for its end."""
    assert names(pressed) == (keys, left)


@given(st.binary(max_size=40), st.integers(0, 40))
def test_keys_may_come_in_pieces(pressed: bytes, cut: int) -> None:
    """Where the bytes are cut makes no difference; nothing that was pressed is lost or invented."""
    first, left = names(pressed[:cut])
    second, rest = names(left + pressed[cut:])
    assert (first + second, rest) == names(pressed)
