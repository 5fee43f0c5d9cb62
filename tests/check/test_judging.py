"""What a check makes of what it heard: each rule at its bound, on real books with given clocks."""

import json
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import pairwise
from math import inf
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import Run
from helpers.records import with_field
from recordings import (
    BEGAN,
    KEY,
    SPY,
    Event,
    book_at,
    books,
    frame,
    of_key,
    opened,
    pings,
    recorded,
    refused,
    subscribed,
    unsubscribed,
)

from kisq.check import verdict
from kisq.check.measure import Distribution, Measure, StandingClock
from kisq.check.recorded_listener import RecordedListener
from kisq.check.report import KeyReport, Report, Stage, StageName, Status, Verdict
from kisq.wire.frames import CLOSE, CONTROL, DATA, IN, Frame

Kisq = Callable[..., Run]
NOW = datetime.fromtimestamp(BEGAN, UTC)
GARBAGE = "0|HDFSASP0|001|DAMSSPY^SPY"
NAMELESS = "0|HDFSASP0|001|garbage^"
HOUR = 3600.0
SOURCE = SimpleNamespace(refusals=[], now=lambda: 0.0, share=None)


class Nobody:
    """Watches a check and looks away."""

    def stage(self, key: str, stage: Stage) -> None: ...

    def waiting(self, sentence: str) -> None: ...


def reports(events: Iterable[Event], keys: Iterable[tuple[str, str]] = (KEY,)) -> list[KeyReport]:
    """The reports of the keys where these events were recorded."""
    listener = RecordedListener(SOURCE, list(keys), inf, inf, Nobody())
    for event in events:
        listener.write(frame(event))
    return [
        verdict.report(seen, [], NOW, lambda _: None, mock=False)
        for seen in listener.observations()
    ]


def report(*events: Event) -> KeyReport:
    """The report of SPY where these events were recorded after its subscribe."""
    (found,) = reports([*subscribed(), *events])
    return found


def seconds(first: int, last: int) -> list[float]:
    return [float(n) for n in range(first, last)]


def status(found: KeyReport, name: StageName) -> Status:
    return next(stage.status for stage in found.stages if stage.name is name)


def test_sound_books_are_broadcasting_with_nothing_to_do() -> None:
    """A book a second with its own clock: no warning, nothing to do."""
    found = report(*books(*seconds(1, 21)))
    assert (found.verdict, found.warnings) == (Verdict.BROADCASTING, [])
    assert found.next_step == "Nothing to do."
    assert found.reason == "DAMSSPY was broadcasting at 1.1 messages a second."


# fell silent: five messages or more, then quiet for over 1.5 s and five times the longest gap


@pytest.mark.parametrize(
    ("times", "ended", "degraded"),
    [
        ([1, 1.1, 1.2, 1.3, 1.4], 2.8, False),  # 1.4 s
        ([1, 1.1, 1.2, 1.3, 1.4], 3.0, True),  # 1.6 s
        ([1, 1.1, 1.2, 1.3], 9.0, False),  # four messages
        ([1, 2, 3, 4, 5], 9.9, False),  # 4.9 times the longest gap
        ([1, 2, 3, 4, 5], 10.1, True),
    ],
)
def test_feed_fell_silent(times: list[float], ended: float, degraded: bool) -> None:
    """The silence is much longer than any gap before it, and so long that it can be told."""
    found = report(*books(*times), *unsubscribed(ended - 0.1))
    assert (found.verdict is Verdict.DEGRADED) == degraded
    assert ("then nothing came" in found.reason) == degraded


@pytest.mark.long
@pytest.mark.parametrize("rate", [0.1, 0.2, 0.3, 1, 5])
def test_healthy_feed_is_hardly_ever_called_degraded(rate: float) -> None:
    """Of 2,000 feeds of Poisson arrivals that are listened to for 10 s, under 0.5 % are."""
    chance, degraded = random.Random(f"{rate}"), 0
    for _ in range(2000):
        measure, at = Measure(*KEY), 0.0
        while at < 10.0:
            clock = f"{int(at):06d}"
            measure.see(SPY, (), at)
            measure.clock.see(clock, at)
            at += chance.expovariate(rate)
        degraded += _is_degraded(measure, ended=10.0)
    assert degraded < 10


def _is_degraded(measure: Measure, ended: float) -> bool:
    listener = RecordedListener(SOURCE, [KEY], inf, inf, Nobody())
    listener._measures[KEY] = measure  # noqa: SLF001 - time is what is measured, no text
    listener._ended = ended  # noqa: SLF001
    measure.records = measure.messages
    (seen,) = listener.observations()
    judged = verdict.report(seen, [], NOW, lambda _: None, mock=False)
    return judged.verdict is not Verdict.BROADCASTING


# not decodable: 5 % or more


@pytest.mark.parametrize("text", [GARBAGE, NAMELESS])
@pytest.mark.parametrize(("good", "verdict"), [(38, Verdict.DEGRADED), (40, Verdict.BROADCASTING)])
def test_share_that_cannot_be_decoded(text: str, good: int, verdict: Verdict) -> None:
    """Two of 40 are 5 %, which is degraded; two of 42 are a warning."""
    data = books(*(1 + n / 10 for n in range(good)))
    found = report(*data, *((6.0, IN, DATA, text),) * 2)
    assert found.verdict is verdict
    said = " ".join([found.reason, *found.warnings])
    assert ("2 of 40" in said or "2 of 42" in said) == (text == GARBAGE)
    assert ("2 messages of HDFSASP0 that name no key" in said) == (text == NAMELESS)
    assert "2 fields in 1 record" in said or "1 record" in said


# late, ahead, off by whole hours


@pytest.mark.parametrize(
    ("lag", "verdict", "said"),
    [
        (4.0, Verdict.BROADCASTING, ""),
        (7.0, Verdict.BROADCASTING, "the data are 7 seconds later than documented"),
        (59.0, Verdict.BROADCASTING, "59 seconds later than documented"),
        (62.0, Verdict.DEGRADED, "20 of 20 records were later than documented by more than 60 s"),
        (1000.0, Verdict.DEGRADED, "at most by 16 minutes and 4"),
        (9 * HOUR + 1, Verdict.BROADCASTING, "is 9 hours ahead of the data, to the hour"),
        (9 * HOUR + 70, Verdict.DEGRADED, "later than documented by more than 60 s"),
        (-3 * HOUR, Verdict.BROADCASTING, "is 3 hours behind the data, to the hour"),
        (-4.0, Verdict.BROADCASTING, "4 seconds ahead of this machine's clock"),
        (-40.0, Verdict.BROADCASTING, "40 seconds ahead of this machine's clock"),
        (48 * HOUR, Verdict.DEGRADED, "at most by 2 days"),
    ],
)
def test_clock_of_the_records(lag: float, verdict: Verdict, said: str) -> None:
    """Later than 60 s is degraded, unless it is whole hours: then it is a clock that is wrong."""
    found = report(*books(*seconds(1, 21), lag=lag))
    assert found.verdict is verdict
    assert said in " ".join([found.reason, *found.warnings])
    assert bool(found.warnings) == (verdict is Verdict.BROADCASTING and bool(said))
    assert (status(found, StageName.FRESH) is Status.OK) == (not said)


def test_one_second_ahead_is_no_news() -> None:
    """Clocks have whole seconds, so a second or two ahead is nothing that could be told."""
    assert report(*books(*seconds(1, 21), lag=-1.0)).warnings == []


def test_second_half_an_hour_late_is_not_fresh() -> None:
    """What is said of all records is measured of all: half of them an hour late are degraded."""
    found = report(*books(*seconds(1, 11)), *books(*seconds(11, 21), lag=HOUR))
    assert found.verdict is Verdict.DEGRADED
    assert "10 of 20 records were later than documented by more than 60 s" in found.reason
    assert "1 hour" in found.reason


def test_delayed_feed_that_is_not_delayed_is_early_not_ahead() -> None:
    """HDFSASP1 is 15 minutes late; a minute late is earlier than that, and no wrong clock."""
    key = ("HDFSASP1", "DHKS00003")
    head, level = SPY.rsplit("|", 1)[1].split("^")[:11], SPY.rsplit("|", 1)[1].split("^")[11:17]
    text = "0|HDFSASP1|001|" + "^".join(["DHKS00003", "00003", *head[2:], *level])
    data = [(float(n), IN, DATA, _hong_kong(text, n - 60.0)) for n in range(1, 11)]
    (found,) = reports([*subscribed(key=key), *data], [key])
    assert found.warnings == ["the data are 14 minutes earlier than documented"]


def _hong_kong(text: str, at: float) -> str:
    """The book with both clocks at that second; Hong Kong is an hour behind Seoul."""
    korean, local = (datetime.fromtimestamp(BEGAN + at + offset * HOUR, UTC) for offset in (9, 8))
    for date, time, moment in (("KYMD", "KHMS", korean), ("XYMD", "XHMS", local)):
        text = with_field(date, f"{moment:%Y%m%d}", with_field(time, f"{moment:%H%M%S}", text))
    return text


@pytest.mark.parametrize(
    ("times", "degraded"),
    [
        ([1, 2, 3, 4.1], False),  # four messages
        ([1, 1.5, 2, 3, 3.9], False),  # 2.9 s
        ([1, 2, 3, 4, 4.1], True),  # five messages over 3.1 s
    ],
)
def test_clock_that_stands_still(times: list[float], degraded: bool) -> None:
    """The same second in five messages or more over 3 s or more is no clock that runs."""
    found = report(*((at, IN, DATA, book_at(0.5)) for at in times))
    assert (found.verdict is Verdict.DEGRADED) == degraded
    assert ("Its clock stood still for 3 s" in found.reason) == degraded


def test_clock_that_stood_still_in_the_middle() -> None:
    """However much came before and after, it is said."""
    still = [(30 + n / 2, IN, DATA, book_at(30.0)) for n in range(8)]
    found = report(*books(*seconds(1, 30)), *still, *books(*seconds(34, 60)))
    assert "Its clock stood still for 4 s" in found.reason


# contradictions, surplus, gaps


@pytest.mark.parametrize(("wrong", "verdict"), [(5, Verdict.BROADCASTING), (6, Verdict.DEGRADED)])
def test_totals_that_contradict_each_other(wrong: int, verdict: Verdict) -> None:
    """In most records it is degraded, in half of them a warning."""
    shifted = with_field("BVOL", "7")
    found = report(*books(*seconds(1, wrong + 1), text=shifted), *books(*seconds(wrong + 1, 11)))
    assert found.verdict is verdict
    said = " ".join([found.reason, *found.warnings])
    assert "BVOL is 7, but its levels add up to" in said
    assert (f"{wrong} of 10 records contradict themselves" in said) == (wrong == 6)
    assert "kisq explain" in found.next_step


def test_surplus_of_one_record() -> None:
    """How many records had surplus fields is said, and the width that a parser has to accept."""
    found = report(*books(1, 2, 3), *books(4, text=SPY + "^7^8"))
    assert found.warnings == ["2 surplus fields in 1 of 4 records, which KIS appended: 7, 8"]
    assert found.next_step == "Let your parser accept 71 or more fields: it is sent 73."


@pytest.mark.parametrize(("gap", "warned"), [(9.5, False), (25.0, True)])
def test_gap(gap: float, warned: bool) -> None:
    """A gap of over 10 s, and ten times as long as usual, is a warning where data go on."""
    before = [n / 10 for n in range(10, 100)]
    after = [before[-1] + gap + n / 10 for n in range(1, 60)]
    found = report(*books(*before, *after), *pings(before[-1] + gap / 2))
    assert found.verdict is Verdict.BROADCASTING
    assert [f"nothing came for {gap:.0f} s in between"] * warned == [
        said for said in found.warnings if "in between" in said
    ]


# lost, and tenses


def test_lost_after_data() -> None:
    """A connection that was lost after data is degraded, whatever came before."""
    found = report(*books(1, 2, 3), (3.5, IN, CLOSE, "gone"))
    assert found.verdict is Verdict.DEGRADED
    assert (
        "The connection was lost after 2.0 s of data: the recorded session: gone." in found.reason
    )


def test_rate_of_one_message_is_none() -> None:
    """One message has no rate."""
    found = report(*books(1), *unsubscribed(9))
    assert (found.rate, found.reason) == (None, "DAMSSPY was broadcasting.")
    assert found.measured.startswith("1 message in")


# heartbeat


@pytest.mark.parametrize(
    ("ended", "status_", "half_open"),
    [(14.8, Status.SKIPPED, False), (15.3, Status.FAILED, True), (140.0, Status.FAILED, True)],
)
def test_silence_without_a_pingpong(ended: float, status_: Status, half_open: bool) -> None:
    """After 15 s without any message not even a PINGPONG came: the connection may be half-open."""
    found = report((ended, "out", CLOSE, "1000"))
    assert status(found, StageName.HEARTBEAT) is status_
    assert ("not even a PINGPONG: the connection may be dead (half-open)" in found.reason) == (
        half_open
    )


def test_busy_stream_needs_no_pingpong() -> None:
    """KIS sends PINGPONG when the stream is quiet, so none is due while data come."""
    found = report(*books(*seconds(1, 100)))
    assert status(found, StageName.HEARTBEAT) is Status.SKIPPED


def test_unanswered_pingpongs_are_named() -> None:
    """Where both directions are recorded, PINGPONGs that were not answered are a finding."""
    unanswered = pings(10, 30, answered=False)
    found = report(*books(*seconds(1, 40)), *pings(5), *unanswered)
    assert status(found, StageName.HEARTBEAT) is Status.FAILED
    assert "2 of 3 PINGPONGs were not answered" in found.warnings
    assert "Answer each PINGPONG with its own text" in found.next_step


# which key: refusals, unsubscribes, data of others

MSFT = ("HDFSASP0", "DNASMSFT")


def test_nameless_refusal_never_overrules_an_acceptance() -> None:
    """After the acknowledgement of a key, a nameless refusal is about something else."""
    found = report(refused(0.5, "OPSP0017", "ERROR : htsid"), *books(1, 2))
    assert found.verdict is Verdict.BROADCASTING
    assert found.warnings == [
        "KIS refused a request that is not for these keys: OPSP0017 ERROR : htsid"
    ]


def test_nameless_refusal_is_of_the_key_that_waits() -> None:
    """Of two keys it concerns the one that is not answered yet."""
    waiting = subscribed(1.0, MSFT)[:1]
    events = [*subscribed(), *waiting, refused(1.1, "OPSP0009", "mci send failed"), *books(2, 3)]
    spy, msft = reports(events, [KEY, MSFT])
    assert (spy.verdict, msft.verdict) == (Verdict.BROADCASTING, Verdict.REFUSED)


def test_refusal_that_names_a_foreign_key_is_not_ours() -> None:
    """While ours is pending, a refusal of another key concerns the other."""
    events = [subscribed()[0], refused(0.1, "OPSP0008", "MAX SUBSCRIBE OVER", MSFT), *books(1, 2)]
    (found,) = reports(events)
    assert found.verdict is Verdict.BROADCASTING


def test_refusal_of_the_session_ends_with_a_new_connection() -> None:
    """ALREADY IN USE, then a new connection that is accepted: the key is well."""
    events = [
        opened(),
        subscribed()[0],
        refused(0.1, "OPSP8996", "ALREADY IN USE appkey"),
        opened(60.0),
        *subscribed(60.1),
        *books(61, 62),
    ]
    (found,) = reports(events)
    assert found.verdict is Verdict.BROADCASTING


def test_data_of_another_key_are_no_evidence_of_a_new_layout() -> None:
    """Sound books of another key: nothing came for ours, and what came is named."""
    found = report(*books(1, 2, text=of_key("DNASMSFT")))
    assert found.verdict is Verdict.SILENT
    assert "2 messages came for a key that was not asked for: DNASMSFT (HDFSASP0)" in found.reason
    assert "layout" not in found.next_step


def test_data_under_another_tr() -> None:
    """Where the key comes under another TR, that is what to ask for."""
    trade = "0|HDFSCNT0|001|DAMSSPY^SPY^4" + "^" * 23
    found = report((1.0, IN, DATA, trade))
    assert found.verdict is Verdict.SILENT
    assert found.next_step == "Ask for the TR that comes: --tr HDFSCNT0."


def test_symbol_decides_where_the_key_is_another() -> None:
    """A record whose key is none at all is of the key with its symbol."""
    found = report(*books(1, 2, text=with_field("RSYM", "XXXXSPY")))
    assert found.messages == 2


def test_record_without_key_and_symbol_counts_for_the_only_key_of_its_tr() -> None:
    """With two keys of the TR nobody can tell."""
    bare = with_field("RSYM", "", with_field("SYMB", ""))
    assert report(*books(1, 2, text=bare)).messages == 2
    both = [*subscribed(), *subscribed(key=MSFT), *books(1, 2, text=bare)]
    assert [found.messages for found in reports(both, [KEY, MSFT])] == [0, 0]


def test_message_of_two_symbols_is_split() -> None:
    """Each record counts for its own key."""
    one, other = (
        text.rsplit("|", 1)[1] for text in (book_at(0.9), of_key("DNASMSFT", book_at(0.9)))
    )
    both = f"0|HDFSASP0|002|{one}^{other}"
    events = [*subscribed(), *subscribed(key=MSFT), (1.0, IN, DATA, both), (2.0, IN, DATA, both)]
    found = reports(events, [KEY, MSFT])
    assert [(key.messages, key.records) for key in found] == [(2, 2), (2, 2)]


def test_own_unsubscribe_is_the_reason() -> None:
    """A program that ends its own subscription at once is told so."""
    found = report(*unsubscribed(0.5), *pings(10.5, 30.5))
    assert found.verdict is Verdict.SILENT
    assert "unsubscribed again after 0.6 s (OPSP0001) before anything came" in found.reason
    assert "its own unsubscribe" in found.next_step


def test_unsubscribe_at_the_end_is_no_reason() -> None:
    """A session that ends in order unsubscribes; silence before that has other reasons."""
    found = report(*pings(10.0), *unsubscribed(20.0), (20.5, "out", CLOSE, "1000"))
    assert "its own unsubscribe" not in found.next_step


def test_key_that_was_never_sent_is_not_called_unanswered() -> None:
    """Each key is judged from its own subscribe."""
    request = subscribed(5.0)[0]
    (found,) = reports([opened(), request, *pings(9.0)])
    assert "The subscribe was not answered in 4 s." in found.reason


# bounded memory


def test_distribution_of_many_values_is_bounded_and_right() -> None:
    """A million different lags: least, median and greatest are right, and few are kept."""
    found = Distribution()
    for n in range(200_000):
        found.add(n * 0.037 % 7400)
    lag = found.lag
    assert lag is not None
    assert (lag.min, lag.max) == (0.0, pytest.approx(7399.96, abs=0.04))
    assert lag.median == pytest.approx(3700, rel=0.01)
    assert len(found._counts) <= 10_000  # noqa: SLF001 - the promise is about memory


@pytest.mark.parametrize(
    ("values", "median"), [([3.0], 3.0), ([1.0, 2.0], 1.0), ([9.0, 1.0, 2.0], 2.0)]
)
def test_median_is_the_value_in_the_middle(values: list[float], median: float) -> None:
    """Of an odd number the one in the middle, of an even number the lower of the two."""
    found = Distribution()
    for value in values:
        found.add(value)
    assert found.lag == (min(values), median, max(values))


def test_standing_clock_begins_anew_with_each_second() -> None:
    """A clock that runs never stands still, however many messages a second has."""
    clock = StandingClock()
    for n in range(100):
        clock.see(f"{n // 20:06d}", n / 20)
    assert clock.longest < 1.0


# by the command line


def test_refusal_that_names_its_key_is_a_key(kisq: Kisq, tmp_path: Path) -> None:
    """A recording of nothing but that is refused, exit 6."""
    recorded(
        tmp_path / "day", refused(0, "OPSP0008", "MAX SUBSCRIBE OVER", ("HDFSASP0", "DNASBKNG"))
    )
    run = kisq("check", "-r", "day", "--json")
    (key,) = json.loads(run.stdout)["keys"]
    assert (run.returncode, key["tr_key"], key["verdict"]) == (6, "DNASBKNG", "refused")


def test_recording_of_other_keys_has_its_times(kisq: Kisq, tmp_path: Path) -> None:
    """Where a recording holds another key only, its times are known all the same."""
    recorded(tmp_path / "day", *books(1, 2, text=of_key("DNASMSFT")))
    run = kisq("check", "DAMSSPY", "-r", "day")
    assert run.returncode == 1
    assert "has no times" not in run.stdout.decode()
    assert "DNASMSFT" in run.stdout.decode()


def test_hours_in_a_recording_are_those_of_its_end(kisq: Kisq, tmp_path: Path) -> None:
    """What is said of sessions is said with the day and minute at which the recording ends."""
    recorded(tmp_path / "day", *books(1, 2, text=of_key("DNASMSFT")))
    (key,) = json.loads(kisq("check", "DAMSSPY", "-r", "day", "--json").stdout)["keys"]
    newest = json.loads((tmp_path / "day").read_text().splitlines()[-1])["at"]
    minute = newest[:16].replace("T", " ")
    assert f"At the end of the recording, {minute} KST, this held: DAMSSPY is a" in key["reason"]
    live = kisq("check", "DAMSSPY", "--sim", "--fault", "silent", "--timeout", "100ms", "--json")
    (key,) = json.loads(live.stdout)["keys"]
    assert "this held" not in key["reason"]


def test_degraded_ranks_between_closed_and_silent() -> None:
    """From good to bad, as the contract has it, each with its exit code."""
    order = [(v.word, v.exit_code) for v in Verdict]
    assert order == [
        ("broadcasting", 0), ("closed", 7), ("degraded", 8), ("silent", 1), ("garbled", 1),
        ("refused", 6), ("unreachable", 5), ("approval refused", 4), ("settings", 3),
    ]  # fmt: skip
    for better, worse in pairwise(Verdict):
        rows = [KeyReport(*KEY, found, "", "", []) for found in (worse, better)]
        assert Report(0.0, rows).verdict is worse


def test_frames_have_their_seconds() -> None:
    """The helper's own promise: what a test says is what is judged."""
    made = frame((2.5, IN, CONTROL, "x"))
    assert isinstance(made, Frame)
    assert (made.tick, int(made.at) - BEGAN) == (2.5, 2)
