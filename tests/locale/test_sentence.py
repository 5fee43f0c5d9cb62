"""Sentences that stay translatable."""

import pytest

from kisq.locale.sentence import Name, Plural, Sentence, joined, verbatim, with_fields


def test_sentence_is_its_english_text_and_keeps_template_and_fields() -> None:
    """A filled template is plain English for whoever wants a string, and remembers its fields."""
    sentence = Sentence("Try {key}.").format(key="DNASAAPL")
    assert sentence == "Try DNASAAPL."
    assert sentence.template == "Try {key}."
    assert sentence.fields == {"key": "DNASAAPL"}


def test_template_may_be_filled_again() -> None:
    """Filling a template leaves it as it was, and a filled one can be filled with other fields."""
    template = Sentence("Try {key}.")
    first = template.format(key="DNASAAPL")
    assert first.format(key="DNASMSFT") == "Try DNASMSFT."
    assert template == "Try {key}."


def test_missing_field_is_an_error() -> None:
    """A template without one of its fields is a bug, which is raised at once."""
    with pytest.raises(KeyError):
        Sentence("Try {key}.").format(symbol="AAPL")


def test_name_is_its_english_text_and_keeps_its_korean() -> None:
    """A name that a table has in both languages is the English one wherever a string is wanted."""
    name = Name("Nasdaq", "나스닥")
    assert name == "Nasdaq"
    assert name.korean == "나스닥"


def test_joined_parts_keep_their_sentences() -> None:
    """Sentences in a row are one text, and each is still a sentence in its fields."""
    parts = [Sentence("Try {key}.").format(key="DNASAAPL"), "OPSP0011", Sentence("Wait.")]
    text = joined("; ", parts)
    assert text == "Try DNASAAPL.; OPSP0011; Wait."
    assert list(text.fields.values()) == parts


def test_braces_in_joined_parts_are_kept() -> None:
    """What KIS sends may hold braces, which are no fields."""
    assert joined(" ", ["{x}", "}"]) == "{x} }"


@pytest.mark.parametrize(("number", "text"), [(0, "0 keys"), (1, "one key"), (2, "2 keys")])
def test_plural_has_a_template_for_one(number: int, text: str) -> None:
    """One takes the first template, every other number the second."""
    assert Plural("one key", "{number} keys").of(number) == text


def test_verbatim_text_is_its_own_field() -> None:
    """What KIS says is no template, whatever it holds, and is the same in each language."""
    text = verbatim("{x} 100%")
    assert text == "{x} 100%"
    assert list(text.fields.values()) == ["{x} 100%"]


def test_texts_in_fields_can_be_changed() -> None:
    """A secret is hidden in the fields of a sentence, also in those of a field; words stay."""
    inner = Sentence("a key {key}").format(key="secret")
    outer = Sentence("{count}: {what} of {name}").format(count=2, what=inner, name="secret")
    masked = with_fields(outer, lambda text: text.replace("secret", "***"))
    assert masked == "2: a key *** of ***"
    assert masked.template == outer.template
    assert with_fields(Sentence("secret"), str.upper) == "secret"
