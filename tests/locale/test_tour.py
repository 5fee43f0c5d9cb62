"""A tour of the commands and of what goes wrong: neither language has a word of the other.

What stands in both is left out first: names of options, variables, codes and TRs, what is quoted,
what KIS itself says, addresses and file names.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, credentials

from kisq.spec.codes import OPSP
from kisq.spec.http_codes import EGW

Kisq = Callable[..., Run]

SIM = "--sim --rate 50 --timeout 400ms --for 100ms"
FAULTS = (
    "silent", "no-ack", "refuse=OPSP8996", "refuse=OPSP0011", "drop=0.1", "no-pingpong",
    "surplus=2", "short", "garbage=1", "shifted", "stale", "crossed", "handshake=401",
    "approval=EGW00105", "delay=1", "throttle",
)  # fmt: skip
CHECKS = [f"check DNASAAPL {SIM} --fault {fault}" for fault in FAULTS]
TOUR = [
    *CHECKS,
    f"check DNASAAPL DHKS00003 005930 {SIM}",
    f"check RBAQAAPL {SIM} --fault silent",
    "approve --sim",
    "watch DNASAAPL --sim --once",
    "watch DNASAAPL --sim -n 3 --json",
    "watch DNASAAPL --sim --timeout 300ms --fault silent",
    "watch DNASAAPL --sim --duration 500ms --fault drop=0.2 --json -v",
    "raw --tr HDFSASP1 DHKS00003 --sim -n 2 --json",
    "explain KRX",
    "explain NAS",
    "explain HDFSASP0",
    "explain VBID1",
    "explain OPSP8996",
    "explain EGW00105",
    "explain DNASAAPL",
    "explain PINGPONG",
    "explain nothing-at-all",
    "find 애플",
    "find --offline zzzz",
    "symbols",
    "watch AAPL",
    "watch DNASAAPL --tr HDFSASP1",
    "watch DNASAAPL",
    "watch DNASAAPL --seed 3",
    "watch DNASAAPL -r nothing.ndjson",
    "watch DNASAAPL --sim --once --trades",
    "watch",
    "watc",
    "check 5930",
    "sim --play nothing.ndjson",
]
# In both languages: what is in backticks or quotes, options, addresses, files, names and codes, and
# the beginning of a masked key, which may be letters only.
_NEUTRAL = re.compile(
    r"\b[0-9a-f]{4}…|`[^`]*`|'[^']*'|\"[^\"]*\"|--?[a-z][\w-]*(=\S+)?|\w+://\S+|\S*[/.]\w+\S*|\b\w*[A-Z0-9_]\w*\b"
)
# Terms that Korean texts about WebSockets and KIS use as they are.
_WORDS_IN_BOTH = set("kisq real mock sim bp ms min handshake approval key close".split())
_HANGUL = re.compile("[가-힣]+")
_ENGLISH = re.compile(r"[a-z]{2,}")
# Names of symbols and of their files are KIS's, and are data.
_DATA = re.compile("애플|삼성전자|홍콩중화가스|[a-z]+mst|[a-z]+code")
# With -v, the messages themselves.
_MESSAGES = re.compile("^kisq: [<>] .*$", re.MULTILINE)
KIS_TEXTS = [code.text for table in (OPSP, EGW) for code in table.values() if code.text]
# These show the Korean names of fields and sessions in English too: a reader looks them up in HTS.
WITH_KOREAN_NAMES = {"explain KRX", "explain NAS", "explain HDFSASP0", "explain DNASAAPL"}


def spoken(run: Run, line: str) -> str:
    """What a run said to people: all of stderr, and stdout but for JSON."""
    text = run.stderr.decode()
    if "--json" not in line:
        text += run.stdout.decode()
    for words in KIS_TEXTS:
        text = text.replace(words, " ")
    for pattern in (_MESSAGES, _DATA, _NEUTRAL):
        text = pattern.sub(" ", text)
    return text


@pytest.fixture
def tour(kisq: Kisq, cache: Path) -> Callable[[str, str], Run]:
    """Runs one line of the tour in a language, with credentials that no server here knows."""

    def run(line: str, language: str) -> Run:
        settings = credentials() if "--sim" not in line else {}
        nobody = {"KIS_REST_URL": "http://127.0.0.1:9", "KIS_WS_URL": "ws://127.0.0.1:9"}
        kept = {"XDG_CACHE_HOME": str(cache), "KISQ_NOW": "2026-11-24T23:40:00+09:00"}
        return kisq(*line.split(), KISQ_LANG=language, **settings, **nobody, **kept)

    return run


@pytest.mark.parametrize("line", [line for line in TOUR if line not in WITH_KOREAN_NAMES])
def test_nothing_korean_is_said_in_english(tour: Callable[[str, str], Run], line: str) -> None:
    """With KISQ_LANG=en there is no Hangul but in names of symbols."""
    assert _HANGUL.findall(spoken(tour(line, "en"), line)) == []


@pytest.mark.parametrize("line", TOUR)
def test_nothing_english_is_said_in_korean(tour: Callable[[str, str], Run], line: str) -> None:
    """With KISQ_LANG=ko there is no English word but in names and codes."""
    words = set(_ENGLISH.findall(spoken(tour(line, "ko"), line)))
    assert words - _WORDS_IN_BOTH == set()
