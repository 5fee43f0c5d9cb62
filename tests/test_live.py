"""The live feed and OPSP0011: a new approval key, once an outage, for what was not refused."""

from liar import Liar, frame
from player import ACCEPTED
from test_cli import SPY

from kisq.feed.approval import Approver
from kisq.feed.backoff import Backoff
from kisq.feed.live import LiveFeed, State
from kisq.protocol.escape import Redactor
from kisq.protocol.frames import DATA

SPY_KEY, PAID_KEY = ("HDFSASP0", "DAMSSPY"), ("HDFSASP0", "RTSE7203")
UNKNOWN = frame(b'{"body":{"rt_cd":"9","msg_cd":"OPSP0011","msg1":"invalid approval : NOT FOUND"}}')
REFUSED = frame(b'{"body":{"rt_cd":"9","msg_cd":"OPSP0009","msg1":"mci send failed"}}')
ALL_WELL = frame((ACCEPTED % SPY_KEY).encode()) + frame(SPY.encode())


class Renewing(Approver):
    """Has a new key each time, without asking anybody."""

    def __init__(self) -> None:
        super().__init__("", "app-key", "app-secret", "key-0", lambda _: None)
        self.renewed = 0

    def renew(self) -> None:  # type: ignore[override]  # nobody looks at what is given back
        self.renewed += 1
        self._key = f"key-{self.renewed}"


def books(liar: Liar, keys: list[tuple[str, str]], wanted: int) -> tuple[Renewing, LiveFeed]:
    """A feed of ``keys`` until so many books came."""
    approver, said = Renewing(), []
    backoff = Backoff(most=10)
    backoff.after = lambda *_, **__: 0.0  # type: ignore[method-assign]  # no pause
    url = liar.settings["KIS_WS_URL"]
    feed = LiveFeed(url, keys, approver, said.append, Redactor(), backoff=backoff)
    for batch in feed.batches(1.0):
        wanted -= sum(found.kind is DATA for found in batch)
        if wanted <= 0:
            break
    feed.abort()
    return approver, feed


def test_refused_key_is_not_subscribed_again_with_a_new_approval_key() -> None:
    """After OPSP0011 the keys that KIS refused before stay refused."""
    with Liar(REFUSED, UNKNOWN, ALL_WELL) as liar:
        approver, feed = books(liar, [PAID_KEY, SPY_KEY], 1)
    assert approver.renewed == 1
    assert feed.states[PAID_KEY] is State.REFUSED
    assert [refusal.keys for refusal in feed.refusals] == [[PAID_KEY]]
    assert liar.received.count(b'"RTSE7203"') == 1


def test_each_outage_may_renew_the_approval_key() -> None:
    """A run that outlives its key twice goes on with a third one."""
    with Liar(UNKNOWN, ALL_WELL, closes=True) as liar:
        approver, _ = books(liar, [SPY_KEY], 2)
    assert (approver.renewed, liar.connections) == (2, 2)
