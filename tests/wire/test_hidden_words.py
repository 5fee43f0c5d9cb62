"""Words that stand alone are hidden, and no parts of other words."""

import pytest

from kisq.wire.escape import HiddenWords


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("me and me2", "*** and ***"),
        ("name, me_2 and meme", "name, me_2 and meme"),
        ('{"tr_key":"me"}', '{"tr_key":"***"}'),
        ("", ""),
    ],
)
def test_a_word_is_hidden_where_it_stands_alone(text: str, shown: str) -> None:
    """In text and in bytes, each of the words that were told; before any was, nothing is."""
    words = HiddenWords()
    assert (words(text), words.clean(text.encode())) == (text, text.encode())
    words.add("me")
    words.add("me2")
    assert (words(text), words.clean(text.encode())) == (shown, shown.encode())
