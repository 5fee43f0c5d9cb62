"""The pattern of a record: groups of fields that repeat are counted, which must change nothing."""

import re

from hypothesis import given
from hypothesis import strategies as some

from kisq.wire.layout import joined_matcher

PATTERNS = {"number": "[0-9]{1,3}+", "text": "[a-z]*+", "either": "(?:nan|[0-9]+)"}
FIELDS = some.sampled_from(["", "7", "0123", "abc", "nan"])


@given(some.lists(some.sampled_from(sorted(PATTERNS)), min_size=1, max_size=12), some.data())
def test_counted_groups_match_what_the_patterns_one_by_one_match(
    kinds: list[str], data: some.DataObject
) -> None:
    """Whatever the patterns and the fields, and whether or not there are as many of both."""
    patterns = [PATTERNS[kind] for kind in kinds]
    plain = re.compile(r"\^".join(patterns)).fullmatch
    fields = data.draw(some.lists(FIELDS, min_size=len(kinds) - 1, max_size=len(kinds) + 1))
    text = "^".join(fields)
    assert bool(joined_matcher(patterns)(text)) == bool(plain(text))


def test_ten_levels_of_six_fields_match_ten_and_neither_nine_nor_eleven() -> None:
    """The count of the group is that of the levels."""
    matches = joined_matcher(["[a-z]+", *["[0-9]", "[a-z]", "[0-9]", "x", "y", "z"] * 10])
    level = "^1^a^2^x^y^z"
    assert [bool(matches("head" + level * count)) for count in (9, 10, 11)] == [False, True, False]
