"""Sentences and labels that stay translatable until somebody reads them.

JSON, plain lines and CSV are English whatever the language is (contract.md), and the same sentence
may go to both a JSON object and a screen. So a sentence is an English string that also keeps its
template and its fields; what is written for people is translated where it is written.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from types import MappingProxyType
from typing import Self

_NO_FIELDS: Mapping[str, object] = MappingProxyType({})


class Sentence(str):
    """English text, with the template and the fields from which it was made.

    A template is written as one literal, ``Sentence("Try {key}.")``, because the catalogue is
    checked against those literals. Its fields are named; one that is a sentence is translated too.
    """

    template: str
    fields: Mapping[str, object]

    def __new__(
        cls, template: str, fields: Mapping[str, object] = _NO_FIELDS, *, english: str | None = None
    ) -> Self:
        """``english`` is the template with its fields filled in, if it has any."""
        if english is None:
            english = template
        self = super().__new__(cls, english)
        self.template = template
        self.fields = fields
        return self

    def format(self, *_: object, **fields: object) -> "Sentence":
        """The template with ``fields`` filled in. Raises KeyError if one is missing."""
        english = str.format(self.template, **fields)
        return Sentence(self.template, fields, english=english)


class Name(Sentence):
    """A name that a table holds in both languages, so that the catalogue need not hold it."""

    korean: str

    def __new__(cls, english: str, korean: str) -> Self:
        self = super().__new__(cls, english)
        self.korean = korean
        return self


def joined(separator: str, texts: Iterable[str]) -> Sentence:
    """``texts`` with ``separator`` between them; those that are sentences are translated."""
    fields = {f"text{number}": text for number, text in enumerate(texts)}
    template = separator.join(f"{{{name}}}" for name in fields)
    return Sentence(template).format(**fields)


class Plural:
    """Two templates with the fields that they share; ``number`` is one of them.

    Both are written as literals, like the template of a sentence.
    """

    def __init__(self, one: str, many: str) -> None:
        self._one = Sentence(one)
        self._many = Sentence(many)

    def of(self, number: int, **fields: object) -> Sentence:
        """The sentence for ``number``."""
        template = self._many
        if number == 1:
            template = self._one
        return template.format(number=number, **fields)


def verbatim(text: str) -> Sentence:
    """``text`` as a sentence that is the same in every language: KIS's own words, a key."""
    return joined("", [text])


NO_SENTENCE = Sentence("")


def from_table(text: str) -> Sentence:
    """A text of a data file; ``spec.tables.unpaired_texts`` lists them for the catalogue."""
    return Sentence(text)


def ended(text: str) -> Sentence:
    """``text`` with a full stop at its end."""
    if text.endswith("."):
        return joined("", [text])
    return joined("", [text, "."])


def as_sentence(text: str) -> Sentence:
    """``text`` as a sentence of its own: with a full stop, and in English with a capital."""
    whole = ended(text)
    return Sentence(whole.template, whole.fields, english=f"{whole[:1].upper()}{whole[1:]}")


def with_fields(sentence: Sentence, change: Callable[[str], str]) -> Sentence:
    """``sentence`` with ``change`` made to each text in its fields, and in those of its fields."""
    if not sentence.fields:
        return sentence
    fields: dict[str, object] = {}
    for name, value in sentence.fields.items():
        if isinstance(value, Sentence) and value.fields:
            fields[name] = with_fields(value, change)
        elif isinstance(value, str) and not isinstance(value, Sentence):
            fields[name] = change(value)
        else:
            fields[name] = value
    return sentence.format(**fields)


ENGLISH = "en"
KOREAN = "ko"
LANGUAGES = (ENGLISH, KOREAN)
VARIABLE = "KISQ_LANG"
# As POSIX ranks them; the first that is set and not empty counts.
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


def language_of(environment: Mapping[str, str]) -> str:
    """``ko`` or ``en``: KISQ_LANG, else the locale's language if it is Korean, else English."""
    asked = environment.get(VARIABLE, "").strip().lower()
    if asked in LANGUAGES:
        return asked
    locale = next((environment[name] for name in _LOCALE if environment.get(name)), "")
    language = locale.replace(".", "_").partition("_")[0]
    if language.lower() == KOREAN:
        return KOREAN
    return ENGLISH


@cache
def is_korean() -> bool:
    """Whether people read Korean in this run: worked out once, as a screen asks for each text."""
    return language_of(os.environ) == KOREAN


@cache
def _korean() -> GNUTranslations:
    with (Path(__file__).parent / "ko.mo").open("rb") as file:
        return GNUTranslations(file)


def translated(text: str) -> str:
    """``text`` for people to read: a sentence in this run's language, any other text as it is."""
    if not isinstance(text, Sentence):
        return text
    if not is_korean():
        return text
    return _in(_korean(), text)


def _in(catalogue: GNUTranslations, sentence: Sentence) -> str:
    if isinstance(sentence, Name):
        return sentence.korean
    if not sentence.template:  # by which gettext has the head of the catalogue
        return ""
    template = catalogue.gettext(sentence.template)
    if not sentence.fields:
        return template
    fields = dict(sentence.fields)
    for name, value in fields.items():
        if isinstance(value, Sentence):
            fields[name] = _in(catalogue, value)
    return template.format(**fields)


def in_catalogue(text: str) -> str:
    """A text without fields, such as an option's help, in this run's language."""
    if not text or not is_korean():
        return text
    return _korean().gettext(text)
