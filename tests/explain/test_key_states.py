"""The sessions of a day as explain shows them at a moment of it."""

from datetime import datetime

import pytest

from kisq.explain.key import explain_market


@pytest.mark.parametrize(
    ("at", "states"),
    [
        ("09:29:59", ["to come", "to come", "to come"]),
        ("09:30", ["open", "to come", "to come"]),
        ("11:59:59", ["open", "to come", "to come"]),
        ("12:00", ["over", "to come", "to come"]),
        ("16:10", ["over", "over", "over"]),
    ],
)
def test_a_session_is_over_when_it_closes(at: str, states: list[str]) -> None:
    """To come, open or over: to the second."""
    now = datetime.fromisoformat(f"2026-07-09T{at}+08:00")
    _, sessions = explain_market("HKS", now, None).tables
    state = [column.name for column in sessions.columns].index("state")
    assert [row[state] for row in sessions.rows] == states
