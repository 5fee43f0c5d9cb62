"""What programs read is the same in both languages, byte for byte."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import FRAMES, Run

Kisq = Callable[..., Run]
RECORDED = str(FRAMES / "hdfsasp0.txt")
NOW = "2026-11-24T23:40:00+09:00"

ALIKE = [
    f"watch -r {RECORDED} --json --speed max",
    f"watch -r {RECORDED} --speed max",
    f"raw -r {RECORDED} --json --speed max",
    f"raw -r {RECORDED} --speed max",
    f"check -r {RECORDED} --json",
    f"explain -r {RECORDED} --json",
    "explain KRX --json",
    "explain OPSP8996 --json",
    "explain HDFSASP0 --json",
    "explain DNASAAPL --json",
    "find apple --offline --json",
    "symbols --json",
]
ALIKE_BUT_FOR_TIMES = [
    "check DNASAAPL --sim --rate 50 --json --for 300ms",
    "check DNASAAPL --sim --json --timeout 300ms --fault silent",
    "check DNASAAPL --sim --json --fault refuse=OPSP8996",
    "check DNASAAPL --sim --json --fault approval=EGW00105",
    "approve --sim --json",
]


def outputs(kisq: Kisq, cache: Path, line: str) -> list[bytes]:
    """The stdout of a command line in each language."""
    kept = {"XDG_CACHE_HOME": str(cache), "KISQ_NOW": NOW}
    return [kisq(*line.split(), KISQ_LANG=language, **kept).stdout for language in ("en", "ko")]


@pytest.mark.parametrize("line", ALIKE, ids=lambda line: line.replace(RECORDED, "FILE"))
def test_output_for_programs_is_the_same(kisq: Kisq, cache: Path, line: str) -> None:
    """JSON, plain lines and raw messages do not depend on the language."""
    english, korean = outputs(kisq, cache, line)
    assert english
    assert korean == english


@pytest.mark.parametrize("line", ALIKE_BUT_FOR_TIMES)
def test_json_of_live_runs_is_the_same_but_for_times(kisq: Kisq, cache: Path, line: str) -> None:
    """In the JSON of a session, only what was measured differs from run to run."""
    english, korean = (measured_away(text) for text in outputs(kisq, cache, line))
    assert english
    assert korean == english


def measured_away(text: bytes) -> bytes:
    """``text`` without numbers, and without the masked ends of keys."""
    return re.sub(rb'"masked":"[^"]*"|-?\b\w*\d[\w.,:+-]*', b"#", text)
