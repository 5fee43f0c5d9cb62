"""kisq reconnects, politely, when a connection that worked dies."""

import json
import random
import re
from collections.abc import Callable

from conftest import Run, credentials
from helpers.records import SPY, SUBSCRIBED, sent_signature, signature
from player import Player

from kisq.feed.outage import Backoff
from kisq.simulator.faults import parse_faults
from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options

IN_USE = (
    '{"header":{"tr_id":"(null)","tr_key":""},'
    '"body":{"rt_cd":"9","msg_cd":"OPSP8996","msg1":"ALREADY IN USE appkey"}}'
)


FAST = {"KISQ_PAUSES": "0.001"}


def test_50_cuts_in_one_run(kisq: Callable[..., Run]) -> None:
    """kisq reconnects after each, one at a time, with one key; each message comes exactly once."""
    sent: list[str] = []
    options = Options(rate=500, pingpong=5, faults=parse_faults(["drop=0.03"]))
    command = ["watch", "DNASAAPL", "--json", "-n", "900", "--reconnects", "1000"]
    with Simulator(options, sent=sent.append) as server:
        urls = {"KIS_REST_URL": server.rest_url, "KIS_WS_URL": server.ws_url}
        run = kisq(*command, **urls, **credentials(), **FAST)
        shared = server.shared
        assert len(shared.accounts.issued) == 1
        assert shared.most_connected == 1
    assert run.returncode == 0
    printed = [signature(json.loads(line)) for line in run.stdout.splitlines()]
    assert printed == [sent_signature(text) for text in sent[:900]]
    assert shared.connections > 50
    said = re.findall(r"connect(?:ing|ed) again", run.stderr.decode())
    assert said.count("connecting again") == shared.connections - 1
    # A connection may be cut before its subscribe is answered: then the outage goes on.
    outages = " ".join(said).split("connected again")
    assert all(outage.strip() for outage in outages[:-1])
    assert len(outages) > 45


def test_giving_up_after_n_losses(kisq: Callable[..., Run]) -> None:
    """--reconnects N makes N losses in a row good, then ends with exit 5."""
    with Player([SUBSCRIBED, SPY], then="close") as player:
        run = kisq("watch", "DAMSSPY", "--json", "--reconnects", "3", **player.settings | FAST)
    assert run.returncode == 5
    assert player.connections == 4
    assert len(run.stdout.splitlines()) == 4


def test_ten_losses_in_a_row_are_the_default(kisq: Callable[..., Run]) -> None:
    """Without --reconnects, the eleventh loss ends the run."""
    with Player([SUBSCRIBED], then="close") as player:
        run = kisq("watch", "DAMSSPY", "--json", **player.settings | FAST)
    assert (run.returncode, player.connections) == (5, 11)


def test_first_connection_is_not_retried(kisq: Callable[..., Run]) -> None:
    """What never worked is not tried again."""
    with Player([], then="close") as player:
        run = kisq("watch", "DAMSSPY", **player.settings | FAST)
    assert (run.returncode, player.connections) == (5, 1)


def test_our_own_old_session_is_waited_out_twice(kisq: Callable[..., Run]) -> None:
    """OPSP8996 after a loss is our own session not yet freed: two more tries, then exit 6."""
    with Player([SUBSCRIBED, SPY], then="close", next_time=[IN_USE]) as player:
        run = kisq("watch", "DAMSSPY", "--json", **player.settings | FAST)
    said = run.stderr.decode()
    assert run.returncode == 6
    assert said.count("our own old session is not freed yet") == 2
    assert player.connections == 1 + 3


def test_pauses_double_up_to_30_seconds() -> None:
    """1, 2, 4 … 30 s, give or take a fifth; None after the last try."""
    backoff = Backoff(most=7, _random=random.Random(1))
    pauses = [backoff.after(0.0, throttled=False) for _ in range(8)]
    assert pauses[-1] is None
    for pause, wanted in zip(pauses, [1, 2, 4, 8, 16, 30, 30], strict=False):
        assert pause is not None
        assert 0.8 * wanted <= pause <= 1.2 * wanted


def test_a_minute_of_health_starts_the_count_anew() -> None:
    """A connection that lived for 60 s ends a row of failures; 59 s does not."""
    backoff = Backoff(most=2)
    assert backoff.after(59.0, throttled=False)
    assert backoff.after(59.0, throttled=False)
    assert backoff.after(60.0, throttled=False)
    assert backoff.after(0.0, throttled=False)
    assert backoff.after(0.0, throttled=False) is None


def test_throttled_handshakes_wait_longer() -> None:
    """After HTTP 401, 403 or 500 at the handshake, kisq waits ten minutes, as it tells its user."""
    pause = Backoff().after(0.0, throttled=True)
    assert pause is not None
    assert 600 <= pause <= 900


def test_our_own_old_session_is_given_a_minute() -> None:
    """Twice, then no more until a connection was healthy (KIS frees it after 45 to 300 s)."""
    backoff = Backoff()
    pauses = [backoff.after_in_use() for _ in range(3)]
    assert [pause is not None and 45 <= pause <= 300 for pause in pauses] == [True, True, False]
    backoff.after(59.0, throttled=False)
    assert backoff.after_in_use() is None
    backoff.after(60.0, throttled=False)
    assert backoff.after_in_use() is not None
