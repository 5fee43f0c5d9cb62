"""Names that the tables have in both languages."""

from collections.abc import Callable, Iterator

from helpers.command import Run

from kisq.locale.sentence import Name, Sentence
from kisq.spec.markets import MARKETS, NOTICES, PLACES
from kisq.spec.notices import OrderAction
from kisq.spec.tables import TRS, field_codes


def names() -> Iterator[Sentence]:
    for tr in TRS.values():
        yield tr.english
        for width in tr.widths:
            yield from (field.english for field in width.fields)
    for codes in field_codes().values():
        yield from (words.english for words in codes.values())
    for market in (*MARKETS.values(), NOTICES):
        yield market.english
        for timetable in market.timetables:
            yield from (session.english for session in timetable.sessions)
    yield from PLACES.values()
    yield from (action.english for action in OrderAction)


def test_every_name_has_both_languages() -> None:
    """A name without Korean would leave a hole in a Korean screen."""
    assert not [name for name in names() if isinstance(name, Name) and not name.korean]
    assert {name for name in names() if not isinstance(name, Name)} == {"not named in any list"}


def test_a_name_is_shown_in_the_language_of_the_run(kisq: Callable[..., Run]) -> None:
    """Its Korean comes from the table, and nothing of its English beside it."""
    korean = kisq("explain", "DNASAAPL", KISQ_LANG="ko").stdout.decode()
    english = kisq("explain", "DNASAAPL", KISQ_LANG="en").stdout.decode()
    assert "나스닥" in korean
    assert "Nasdaq" not in korean
    assert "Nasdaq" in english
