"""The language of this run, and a text in it."""

import os
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations
from pathlib import Path

from kisq.locale.sentence import Name, Sentence

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


def is_korean() -> bool:
    """Whether people read Korean in this run."""
    return language_of(os.environ) == KOREAN


@cache
def _korean() -> GNUTranslations:
    with (Path(__file__).parent / "ko.mo").open("rb") as file:
        return GNUTranslations(file)


def _catalogue() -> GNUTranslations | None:
    """The catalogue of this run's language; English needs none."""
    if is_korean():
        return _korean()
    return None


def translated(text: str) -> str:
    """``text`` for people to read: a sentence in this run's language, any other text as it is."""
    if not isinstance(text, Sentence):
        return text
    catalogue = _catalogue()
    if catalogue is None:
        return text
    return _in(catalogue, text)


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
    catalogue = _catalogue()
    if catalogue is None or not text:
        return text
    return catalogue.gettext(text)
