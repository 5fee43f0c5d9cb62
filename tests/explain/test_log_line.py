"""A message of the feed found in a line of a log."""

import pytest
from conftest import captured

from kisq.explain.log_line import message_in

REFUSED = captured("control.txt")[1]


@pytest.mark.parametrize(("braces", "is_found"), [(0, True), (19, True), (20, False)])
def test_twenty_beginnings_are_tried(braces: int, is_found: bool) -> None:
    """A line of nothing but braces costs little: after the twentieth none is tried."""
    excerpt = message_in("{ " * braces + REFUSED)
    assert (excerpt is not None) is is_found
    assert excerpt is None or (excerpt.text, excerpt.start) == (REFUSED, 2 * braces)


@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_number_that_python_refuses_to_read_is_no_message(quote: str) -> None:
    """More than 4,300 digits are no JSON to Python, neither in JSON nor in a dict as it prints."""
    number = "9" * 5000
    assert message_in(f"INFO {{{quote}header{quote}: {number}}}") is None
    excerpt = message_in(f"INFO {{{quote}header{quote}: {number}}} {REFUSED}")
    assert excerpt is not None
    assert excerpt.text == REFUSED


def test_the_first_message_of_a_line_is_taken() -> None:
    """Be it data or JSON, and data reach to the end of the line."""
    data = "0|H0UPPGM0|001|0001^090000"
    first = message_in(f"INFO {data} {REFUSED}")
    assert first is not None
    assert (first.text, first.start) == (f"{data} {REFUSED}", 5)
    first = message_in(f"INFO {REFUSED} {data}")
    assert first is not None
    assert (first.text, first.start) == (REFUSED, 5)
