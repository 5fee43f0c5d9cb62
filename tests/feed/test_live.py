"""What the live feed makes of refusals: whose they are, a new approval key, nothing in loops."""

import itertools
import json
import statistics
import struct
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest
from conftest import Run, credentials
from helpers.records import SPY
from liar import CLOSE, FIN, Liar, frame
from player import ACCEPTED

from kisq.errors import SubscriptionRefused
from kisq.feed.approver import Approver
from kisq.feed.live import LiveFeed, State
from kisq.feed.outage import Backoff
from kisq.simulator.faults import parse_faults
from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options
from kisq.wire.escape import Redactor
from kisq.wire.frames import DATA, Frame

Kisq = Callable[..., Run]
Key = tuple[str, str]
SPY_KEY, PAID_KEY = ("HDFSASP0", "DAMSSPY"), ("HDFSASP0", "RTSE7203")
THIRD_KEY = ("HDFSASP0", "DNASAAPL")
ALL_WELL = frame((ACCEPTED % SPY_KEY).encode()) + frame(SPY.encode())
BYE = frame(struct.pack("!H", 1001), FIN | CLOSE)
HALF_A_DAY = 12 * 3600


def refusal(code: str, tr_id: str = "(null)", tr_key: str = "") -> bytes:
    header = {"tr_id": tr_id, "tr_key": tr_key}
    return json.dumps(
        {"header": header, "body": {"rt_cd": "9", "msg_cd": code, "msg1": "NO"}}
    ).encode()


UNKNOWN, REFUSED = frame(refusal("OPSP0011")), frame(refusal("OPSP0009"))


class Asked(NamedTuple):
    """A request that a server received."""

    tr_key: str
    approval_key: str
    tr_type: str


def asked(message: bytes) -> Asked:
    found = json.loads(message)
    header = found["header"]
    return Asked(found["body"]["input"]["tr_key"], header["approval_key"], header["tr_type"])


class Renewing(Approver):
    """Has a new key each time, without asking anybody."""

    def __init__(self) -> None:
        super().__init__("", "app-key", "app-secret", "key-0", lambda _: None)
        self.renewed = 0

    def renew(self) -> None:  # type: ignore[override]  # nobody looks at what is given back
        self.renewed += 1
        self._key = f"key-{self.renewed}"


class Server:
    """Accepts the keys of ``good`` and refuses all others with ``code``; keeps the requests."""

    def __init__(self, code: str, *good: str, accepts_with: str = "OPSP0000") -> None:
        self._code, self._good, self._accepts_with = code, good, accepts_with
        self.requests: list[Asked] = []

    def answer(self, message: bytes) -> bytes:
        self.requests.append(asked(message))
        tr_key = self.requests[-1].tr_key
        if tr_key not in self._good:
            return frame(refusal(self._code))
        answer = ACCEPTED % ("HDFSASP0", tr_key)
        return frame(answer.replace("OPSP0000", self._accepts_with).encode())

    def subscribed(self) -> list[str]:
        return [request.tr_key for request in self.requests if request.tr_type == "1"]


@contextmanager
def feed_of(
    liar: Liar, keys: list[Key], approver: Approver | None = None
) -> Iterator[tuple[LiveFeed, list[str]]]:
    """A feed of ``keys`` that is closed in the end, and what it says."""
    told: list[str] = []
    backoff = Backoff(most=10)
    backoff.after = lambda *_, **__: 0.0  # type: ignore[method-assign]  # no pause
    url = liar.settings["KIS_WS_URL"]
    feed = LiveFeed(url, keys, approver or Renewing(), told.append, Redactor(), backoff=backoff)
    try:
        yield feed, told
    finally:
        feed.abort()


def until(feed: LiveFeed, done: Callable[[], bool], most: float = 10.0) -> None:
    """Run ``feed`` until ``done``, for so many seconds at most."""
    end = feed.now() + most
    for _ in feed.receive(0.02, deque()):
        if done() or feed.now() > end:
            return


def books(liar: Liar, keys: list[Key], wanted: int) -> tuple[Renewing, LiveFeed]:
    """A feed of ``keys`` until so many books came."""
    approver = Renewing()
    with feed_of(liar, keys, approver) as (feed, _):
        came: deque[Frame] = deque()
        for _ in feed.receive(1.0, came):
            if sum(found.kind is DATA for found in came) >= wanted:
                break
    return approver, feed


def test_refused_key_is_not_subscribed_again_with_a_new_approval_key() -> None:
    """After OPSP0011 the keys that KIS refused before stay refused."""
    with Liar(REFUSED, UNKNOWN, ALL_WELL) as liar:
        approver, feed = books(liar, [PAID_KEY, SPY_KEY], 1)
    assert approver.renewed == 1
    assert feed.states[PAID_KEY] is State.REFUSED
    assert [refusal.keys for refusal in feed.refusals] == [[PAID_KEY]]
    assert liar.received.count(b'"RTSE7203"') == 1


@pytest.mark.parametrize("code", ["OPSP0000", "OPSP0002"])
def test_one_new_approval_key_whatever_is_accepted(code: str) -> None:
    """A key that the new approval key does not help is refused; what was accepted stays so."""
    server, approver = Server("OPSP0011", "DAMSSPY", accepts_with=code), Renewing()
    with Liar(then=server.answer) as liar, feed_of(liar, [SPY_KEY, THIRD_KEY], approver) as found:
        feed, told = found
        until(feed, lambda: len(feed.refusals) > 0)
        until(feed, lambda: False, 0.3)  # nothing follows
    assert server.requests[:3] == [
        ("DAMSSPY", "key-0", "1"),
        ("DNASAAPL", "key-0", "1"),
        ("DNASAAPL", "key-1", "1"),
    ]
    assert (len(server.requests), approver.renewed) == (3, 1)
    assert feed.states == {SPY_KEY: State.ACCEPTED, THIRD_KEY: State.REFUSED}
    assert [(refused.keys, refused.code) for refused in feed.refusals] == [
        ([THIRD_KEY], "OPSP0011")
    ]
    assert [text for text in told if "issuing a new approval key, once" in text] == told[:1]


def test_new_approval_key_that_is_refused_as_well_ends_the_run() -> None:
    """Where nothing was accepted, the second OPSP0011 is the end."""
    server, approver = Server("OPSP0011"), Renewing()
    with (
        Liar(then=server.answer) as liar,
        feed_of(liar, [SPY_KEY, THIRD_KEY], approver) as (feed, _),
        pytest.raises(SubscriptionRefused) as refused,
    ):
        until(feed, lambda: False)
    assert refused.value.keys == [SPY_KEY, THIRD_KEY]
    assert (server.subscribed(), approver.renewed) == (["DAMSSPY", "DAMSSPY"], 1)


def test_reconnects_do_not_renew_the_approval_key_again() -> None:
    """Neither an outage nor an acceptance allows another one."""
    with Liar([UNKNOWN, ALL_WELL + BYE, UNKNOWN], ALL_WELL + BYE) as liar:
        approver = Renewing()
        with feed_of(liar, [SPY_KEY], approver) as (feed, _), pytest.raises(SubscriptionRefused):
            until(feed, lambda: False)
    assert (approver.renewed, liar.connections) == (1, 3)


def test_a_key_of_twelve_hours_may_be_replaced() -> None:
    """A run that outlives its key twice goes on with a third one, 12 h later at the soonest."""
    approver = Renewing()
    assert approver.can_replace(0.0)
    approver.replace(0.0)
    assert [approver.can_replace(now) for now in (1.0, HALF_A_DAY - 1)] == [False, False]
    assert approver.can_replace(HALF_A_DAY)
    approver.replace(HALF_A_DAY)
    assert not approver.can_replace(2 * HALF_A_DAY - 1)
    assert (approver.renewed, approver.key()) == (2, "key-2")


def test_no_key_is_issued_without_credentials() -> None:
    """A given approval key that is refused ends the run."""
    server, given = Server("OPSP0011"), Approver("", None, None, "key-0", lambda _: None)
    with (
        Liar(then=server.answer) as liar,
        feed_of(liar, [SPY_KEY], given) as (feed, _),
        pytest.raises(SubscriptionRefused),
    ):
        until(feed, lambda: False)
    assert server.subscribed() == ["DAMSSPY"]


def test_an_answer_to_the_old_approval_key_refuses_nothing() -> None:
    """Of two subscribes that are refused together, one brings the new key and the other nothing."""
    answers = itertools.chain([b"", UNKNOWN + UNKNOWN], itertools.repeat(None))
    server = Server("OPSP0009", "DAMSSPY", "DNASAAPL")

    def answer(message: bytes) -> bytes:
        given = server.answer(message)
        return given if (instead := next(answers)) is None else instead

    with Liar(then=answer) as liar, feed_of(liar, [SPY_KEY, THIRD_KEY]) as (feed, told):
        until(feed, lambda: set(feed.states.values()) == {State.ACCEPTED})
    assert set(feed.states.values()) == {State.ACCEPTED}
    assert len(server.requests) == 4
    assert [text.split(":")[0] for text in told] == ["OPSP0011 NO"]


@pytest.mark.parametrize("fault", ["approval=EGW00103", ""])
def test_check_keeps_the_refusal_where_the_new_key_does_not_help(kisq: Kisq, fault: str) -> None:
    """The refused key is refused, the others broadcast; one key is issued in its place at most."""
    server = Server("OPSP0011", "DAMSSPY")

    def answer(message: bytes) -> bytes:
        return server.answer(message) + frame(SPY.encode())

    options = Options(faults=parse_faults([fault] if fault else []))
    with Simulator(options) as approvals, Liar(then=answer) as liar:
        settings = credentials() | {"KIS_REST_URL": approvals.rest_url} | liar.settings
        command = ["check", "DAMSSPY", "DNASAAPL", "--json", "--timeout", "3s", "--for", "100ms"]
        run = kisq(*command, **settings)
        issued = len(approvals.shared.accounts.issued)
    assert issued == 1
    found = {key["tr_key"]: key for key in json.loads(run.stdout)["keys"]}
    assert found["DNASAAPL"]["verdict"] == "refused"
    assert "OPSP0011 NO" in found["DNASAAPL"]["reason"]
    assert found["DAMSSPY"]["verdict"] not in ("refused", "unreachable")
    assert len(server.subscribed()) == (2 if fault else 3)


def test_a_refusal_that_names_a_foreign_key_is_not_ours() -> None:
    """It is reported, and ours stays unanswered, even if it speaks of the whole session."""
    foreign = frame(refusal("OPSP0009", "HDFSASP0", "DNASMSFT"))
    foreign += frame(refusal("OPSP0011", "HDFSASP0", "DNASMSFT"))
    foreign += frame(refusal("OPSP0008", "H0STASP0"))
    approver = Renewing()
    with Liar(foreign) as liar, feed_of(liar, [SPY_KEY], approver) as (feed, told):
        until(feed, lambda: len(told) >= 3)
    assert told == [
        f"KIS refused what kisq did not ask: {code} NO"
        for code in ("OPSP0009", "OPSP0011", "OPSP0008")
    ]
    assert (feed.states, feed.refusals) == ({SPY_KEY: State.SENT}, [])
    assert approver.renewed == 0


@pytest.mark.parametrize("code", ["OPSP0009", "OPSP0010", "OPSP8996", "OPSP7777"])
def test_a_nameless_refusal_concerns_only_what_is_unanswered(code: str) -> None:
    """A key that was accepted before is accepted still, even if the whole session is refused."""
    server = Server(code, "DAMSSPY")
    with Liar(then=server.answer) as liar, feed_of(liar, [SPY_KEY, THIRD_KEY]) as (feed, told):
        until(feed, lambda: len(feed.refusals) > 0)
    assert feed.states == {SPY_KEY: State.ACCEPTED, THIRD_KEY: State.REFUSED}
    assert [refused.keys for refused in feed.refusals] == [[THIRD_KEY]]
    assert len(told) == 1


@pytest.mark.parametrize("code", ["OPSP0009", "OPSP8996"])
def test_a_nameless_refusal_of_nothing_is_said(code: str) -> None:
    """Where all are accepted, it changes nothing."""
    nameless = frame(refusal(code))
    with Liar(ALL_WELL + nameless) as liar, feed_of(liar, [SPY_KEY]) as (feed, told):
        until(feed, lambda: len(told) > 0)
    assert told == [f"KIS refused what kisq did not ask: {code} NO"]
    assert (feed.states, feed.refusals) == ({SPY_KEY: State.ACCEPTED}, [])


def test_an_acceptance_ends_the_refusal_of_its_key() -> None:
    """A nameless refusal that was another's takes nothing from a key that is accepted after it."""
    accepted = frame((ACCEPTED % SPY_KEY).encode())
    with (
        Liar(frame(refusal("OPSP0009")) + accepted, b"") as liar,
        feed_of(liar, [SPY_KEY, THIRD_KEY]) as (feed, _),
    ):
        until(feed, lambda: feed.states[SPY_KEY] is State.ACCEPTED)
    assert feed.refusals == []


def test_an_acceptance_that_comes_before_its_subscribe_counts_for_nothing() -> None:
    """The key is subscribed to nevertheless."""
    both = frame((ACCEPTED % SPY_KEY).encode()) + frame((ACCEPTED % THIRD_KEY).encode())
    with Liar(both) as liar, feed_of(liar, [SPY_KEY, THIRD_KEY]) as (feed, _):
        until(feed, lambda: THIRD_KEY in feed.sent_at)
    assert feed.states == {SPY_KEY: State.ACCEPTED, THIRD_KEY: State.SENT}


def test_an_appkey_in_use_is_asked_for_once() -> None:
    """OPSP8996 on the first connection refuses the keys that were not sent, too."""
    server = Server("OPSP8996")
    with (
        Liar(then=server.answer) as liar,
        feed_of(liar, [SPY_KEY, THIRD_KEY]) as (feed, _),
        pytest.raises(SubscriptionRefused) as refused,
    ):
        until(feed, lambda: False)
    assert refused.value.keys == [SPY_KEY, THIRD_KEY]
    assert (server.subscribed(), liar.connections) == (["DAMSSPY"], 1)


def test_what_is_known_of_each_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which were sent, and when, is known while it runs and after it was closed."""
    monkeypatch.setenv("KISQ_PAUSES", "0.02")
    with Liar() as liar, feed_of(liar, [SPY_KEY, THIRD_KEY, PAID_KEY]) as (feed, _):
        began = feed.now()
        until(feed, lambda: len(feed.sent_at) == 2)
        feed.close()
        ended = feed.now()
    stands = [State.SENT, State.SENT, State.WAITING]
    assert list(feed.states.values()) == stands
    assert list(feed.sent_at) == [SPY_KEY, THIRD_KEY]
    assert began < feed.sent_at[SPY_KEY] < feed.sent_at[THIRD_KEY] < ended
    assert 1.0 <= feed.sent_at[THIRD_KEY] - feed.sent_at[SPY_KEY] <= 5  # the first was not answered


def test_requests_are_spaced() -> None:
    """Where each is answered at once, 60 ms lie between them, both ways (KIS: 50 to 100)."""
    keys = [("HDFSASP0", f"DNASA{letter}") for letter in "BCDEFGHIJKL"]
    server, times = Server("", *(key for _, key in keys)), []

    def answer(message: bytes) -> bytes:
        times.append(feed.now())
        return server.answer(message)

    with Liar(then=answer) as liar, feed_of(liar, keys) as (feed, _):
        until(feed, lambda: set(feed.states.values()) == {State.ACCEPTED})
        feed.close()
    assert [request.tr_type for request in server.requests] == ["1"] * 11 + ["2"] * 11
    for some in (times[:11], times[11:]):
        pauses = [later - sooner for sooner, later in itertools.pairwise(some)]
        assert statistics.median(pauses) >= 0.05  # a request may come late, and the next in time
        assert 0.5 <= sum(pauses) < 6
