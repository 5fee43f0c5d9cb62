"""One key is silent while another of the same run has data: why, in each place that says it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from conftest import Run
from helpers.records import AT, SPY, SUBSCRIBED, book
from helpers.screens import plain
from player import ACCEPTED, Player
from terminal import Terminal

from kisq.reasons.evidence import Control, Evidence
from kisq.reasons.silence import Silence, silence
from kisq.reasons.symbol_reasons import by_control
from kisq.screen.board import Board, Row, board
from kisq.screen.display import Display
from kisq.screen.live_screen import Silences
from kisq.screen.panel import panel
from kisq.screen.stats import KeyStats
from kisq.symbols.facts import SymbolFacts
from kisq.symbols.listing import Listing
from kisq.wire.clocks import KST
from kisq.wire.frames import DATA, IN, Frame
from kisq.wire.messages import Key
from kisq.wire.trkey import parse_tr_key

NIGHT = datetime(2026, 7, 9, 23, 53, tzinfo=KST)  # a Thursday, the US are open
NOON = datetime(2026, 7, 9, 12, 0, tzinfo=KST)
BEFORE_EXAMINATION = datetime(2026, 11, 18, 21, 0, tzinfo=KST)  # when NXT opens is not known
SPY_KEY, WRONG_KEY = ("HDFSASP0", "DAMSSPY"), ("HDFSASP0", "DNASSPY")
REFUSED_ALIKE = ("HDFSASP0", "DNYSKO")


def why(
    key: Key, now: datetime = NIGHT, ticking: Sequence[Key] = (), *, mock: bool = False
) -> Silence:
    return silence(*key, now, lambda _: None, mock=mock, ticking=ticking)


@pytest.mark.parametrize("now", [NIGHT, NOON])
def test_another_key_of_the_session_shows_that_the_feed_is_fine(now: datetime) -> None:
    """Where one ticks, the silent one is thin or wrong, whatever the clock says of the session."""
    found = why(WRONG_KEY, now, [SPY_KEY])
    assert found.closed is False
    assert found.reason == (
        "Data for DAMSSPY came in the same session, so the feed is fine: DNASSPY is thin, or its "
        "exchange or spelling is wrong."
    )
    assert "ETFs are often on AMS" in found.next_step


@pytest.mark.parametrize(
    "ticking",
    [
        ("HDFSASP0", "RBAQAAPL"),
        ("HDFSASP1", "DHKS00003"),
        ("H0STASP0", "005930"),
        ("HDFSASP0", "nonsense"),
    ],
)
def test_a_key_of_another_session_shows_nothing(ticking: Key) -> None:
    """Data of another session, feed or delay say nothing of a key's own."""
    assert why(WRONG_KEY, NIGHT, [ticking]) == why(WRONG_KEY, NIGHT)
    assert why(WRONG_KEY, NOON, [ticking]).closed


def test_the_other_feed_of_the_same_hours_shows_nothing() -> None:
    """The paid feed of Hong Kong says nothing of the delayed one, though both are open."""
    delayed, paid = ("HDFSASP1", "DHKS00003"), ("HDFSASP0", "RHKS00700")
    assert why(delayed, NOON, [paid]) == why(delayed, NOON)
    assert why(delayed, NOON, [("HDFSASP1", "DHKS00700")]).short.startswith("others tick")


@pytest.mark.parametrize(
    ("key", "step"),
    [
        (("HDFSASP0", "RHKS00003"), "A paid feed must be applied for: try DHKS00003."),
        (("HDFSASP1", "DHKS00003"), "a wrong symbol is accepted and then silent."),
        (("H0NXASP0", "005930"), "Or try KRX, without --venue."),
    ],
)
def test_what_to_check_of_a_key_whose_market_is_open(key: Key, step: str) -> None:
    """Its spelling, and what a feed of its kind may lack."""
    assert why(key, NOON).next_step.endswith(step)


def test_what_the_mock_server_does_not_offer_is_a_reason_more() -> None:
    """It is said beside the other reason, and only of a TR that is documented so."""
    plain, mock = why(WRONG_KEY), why(WRONG_KEY, mock=True)
    assert mock.reason.startswith("HDFSASP0 is documented as not offered on the mock server")
    assert mock.reason.endswith(plain.reason)
    assert (mock.closed, mock.short) == (plain.closed, plain.short)
    assert mock.next_step == "Use --env real with real credentials."
    for offered in (("H0STASP0", "005930"), ("H0UNKNOWN", "x")):
        assert why(offered, mock=True) == why(offered)


@pytest.mark.parametrize(
    ("found", "short"),
    [
        (why(WRONG_KEY, NIGHT, [SPY_KEY]), "others tick: thin, or wrong exchange or spelling"),
        (why(WRONG_KEY, NIGHT), "the market is open: check exchange and spelling"),
        (why(WRONG_KEY, NOON), "the market is closed until Thursday 17:00 KST"),
        (why(("H0NXASP0", "005930"), BEFORE_EXAMINATION), "the market is closed"),
        (why(("HDFSASP0", "SPY")), "check the tr_key"),
        (why(WRONG_KEY, NIGHT, mock=True), "the market is open: check exchange and spelling"),
    ],
)
def test_a_row_has_few_words(found: Silence, short: str) -> None:
    """Each reason has a short form for a row of the board."""
    assert found.short == short


def shown_of(stats: KeyStats, refusal: str) -> str:
    """The ladder of a key, or what is known of it."""
    return "\n".join(plain(panel(stats, refusal, 60, 20, Display()), 60))


def stats_with(*keys: Key) -> dict[Key, KeyStats]:
    """The figures of these keys, of which the first has a book."""
    stats = {key: KeyStats(key) for key in keys}
    stats[keys[0]].update(Frame(AT, IN, DATA, SPY.encode()), book(SPY, AT))
    return stats


def test_silent_keys_are_explained_every_ten_seconds() -> None:
    """Not before 10 s, then again after 10 more; those with data are never asked about."""
    asked: list[tuple[Key, list[Key]]] = []

    def note(key: Key, ticking: Sequence[Key]) -> Silence:
        asked.append((key, list(ticking)))
        return why(key, NIGHT, ticking)

    stats, silences = stats_with(SPY_KEY, WRONG_KEY), Silences(note)
    counts = []
    for now in (100.0, 105.0, 109.9, 110.0, 115.0, 119.9, 120.1):
        if now >= silences.due:
            silences.explain(stats, now)
        counts.append(len(asked))
    assert counts == [0, 0, 0, 1, 1, 1, 2]
    assert asked == [(WRONG_KEY, [SPY_KEY])] * 2
    assert stats[SPY_KEY].silence is None


def test_a_row_of_the_board_says_why() -> None:
    """In place of its figures, until there are some or KIS refuses it."""
    stats = stats_with(SPY_KEY, WRONG_KEY, REFUSED_ALIKE)
    for one_key in stats.values():
        one_key.silence = why(WRONG_KEY, NIGHT, [SPY_KEY])
    rows = [stats[SPY_KEY].row(""), stats[WRONG_KEY].row(""), stats[REFUSED_ALIKE].row("OPSP0009")]
    lines = plain(board(Board(rows, 3), 100, Display()), 100)[-3:]
    assert "752.14" in lines[0]
    assert "others tick" not in lines[0]
    assert "no data: others tick: thin, or wrong exchange or spelling" in lines[1]
    assert "OPSP0009" in lines[2]
    assert "others tick" not in lines[2]
    assert Row(WRONG_KEY).state == "no data yet"


def test_the_ladder_of_a_silent_key_says_all_of_it() -> None:
    """It has the room: reason and next step, wrapped, not cut."""
    stats = KeyStats(WRONG_KEY)
    assert "no data yet" in shown_of(stats, "")
    stats.silence = why(WRONG_KEY, NIGHT, [SPY_KEY])
    shown = " ".join(shown_of(stats, "").split())
    assert shown == f"DNASSPY HDFSASP0 {stats.silence.reason} {stats.silence.next_step}"
    assert "OPSP" in shown_of(stats, "OPSP0009")


def test_a_second_ladder_says_why(tmp_path: Path) -> None:
    """On a real screen, beside the ladder of the key that has data; after 1 s here, not 10."""
    accepted = {"DNASSPY": ACCEPTED % WRONG_KEY}
    settings = {"KISQ_NOW": "2026-07-09T23:53:00+09:00"}
    keys = ("DAMSSPY", "DNASSPY")
    patches = {"kisq.screen.live_screen.HINT_SECONDS": "1.0"}
    with (
        Player([SUBSCRIBED, SPY], to=accepted) as player,
        Terminal(
            tmp_path,
            "watch",
            *keys,
            columns=160,
            lines=40,
            patches=patches,
            **settings,
            **player.settings,
        ) as terminal,
    ):
        shown = terminal.until(lambda text: "Data for DAMSSPY came" in text)
        assert "no data yet" not in shown
        terminal.press("\x03")
        assert terminal.end() == 130


@pytest.mark.parametrize("now", [NIGHT, NOON])
def test_check_uses_the_key_that_ticks(kisq: Callable[..., Run], now: datetime) -> None:
    """The silent key is judged by the one that has data: never closed, and what to try."""
    accepted = {"DNASSPY": ACCEPTED % WRONG_KEY}
    times = ("--timeout", "500ms", "--for", "300ms")
    with Player([SUBSCRIBED, SPY], to=accepted) as player:
        settings = player.settings | {"KISQ_NOW": now.isoformat()}
        run = kisq("check", "DAMSSPY", "DNASSPY", *times, **settings)
    text = run.stdout.decode()
    assert "silent: Accepted, but nothing came" in text
    assert "Data for DAMSSPY came in the same session" in text
    assert "next: Check exchange and spelling" in text
    assert "closed" not in text
    assert run.returncode == 1


def test_a_listed_key_beside_a_control_key_that_ticks_is_thin() -> None:
    """The files list it there, and its session broadcasts: nothing is wrong with the key."""
    key, control = parse_tr_key("DNYSKO"), parse_tr_key("DNASNVDA")
    facts = SymbolFacts(key, Listing("NYS", "KO", "코카콜라"), [], "2026-07-09")
    found = by_control(key, Evidence(facts, Control(control, ticked=True)))
    assert found is not None
    assert found.short == "a control key ticks: this one is thin"
    assert "KIS lists 코카콜라 on NYSE, so DNYSKO is thin" in found.reason
    assert "DNASNVDA" in found.reason
    unknown = by_control(key, Evidence(None, Control(control, ticked=True)))
    assert unknown is not None
    assert unknown.short == "a control key ticks: thin, or wrong exchange or spelling"
    assert by_control(key, Evidence(facts, None)) is None


def test_the_choice_of_the_daytime_session_explains_no_silence_of_all() -> None:
    """A key by day is not blamed while a control key is silent, too: the feed sends nothing."""
    key, control = parse_tr_key("RBAQTSLA"), parse_tr_key("RBAQNVDA")
    facts = SymbolFacts(key, Listing("NAS", "TSLA", "테슬라"), [], "2026-07-09")
    silent = Evidence(facts, Control(control, ticked=False, seconds=60.0))
    found = silence("HDFSASP0", "RBAQTSLA", NOON, lambda _: None, mock=False, evidence=silent)
    assert found.short == "a control key is silent too: the feed"
    assert "RBAQNVDA, which kisq registered as a control key, has been silent" in found.reason
    ticks = Evidence(facts, Control(control, ticked=True))
    found = silence("HDFSASP0", "RBAQTSLA", NOON, lambda _: None, mock=False, evidence=ticks)
    assert found.short == "may not be offered by day"


def test_order_notices_come_only_with_an_order() -> None:
    """No market and no spelling is to blame where nothing was ordered."""
    found = why(("H0STCNI0", "abcd1234"))
    assert "order" in found.reason
    assert found == why(("H0STCNI0", "abcd1234"), NOON, [SPY_KEY], mock=True)
