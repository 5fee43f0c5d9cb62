"""The simulator accepts every TR of KIS, and sends data of each that is not a notice."""

import json
import re
from collections.abc import Iterator

import pytest
from helpers.bare_client import Client, approval_key, request

from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options
from kisq.spec.fields import Tr
from kisq.spec.key_forms import FORMS
from kisq.spec.tables import TRS
from kisq.wire.messages import Data, parse

EXAMPLES = {"D": "DHKS00003", "R": "RTSE7203", "etn": "Q500030"}


def keys_of(tr: Tr) -> Iterator[str]:
    """An example of each kind of key that the TR goes with."""
    stocks_only = tr.market in ("NXT", "UNIFIED")  # of no other kind of key anything comes there
    for form in tr.keys[:1] if stocks_only else tr.keys:
        if form in FORMS:
            yield EXAMPLES.get(form) or FORMS[form].example
        else:
            yield EXAMPLES[form[0]] if "TSE" in form else f"{form.replace('+', '')[:4]}AAPL"


@pytest.fixture(scope="module")
def quick() -> Iterator[Simulator]:
    with Simulator(Options(rate=50)) as server:
        yield server


@pytest.mark.parametrize("tr_id", TRS)
def test_each_tr_is_accepted_and_has_data(quick: Simulator, tr_id: str) -> None:
    """OPSP0000 names TR and key and has the AES key; data come of the TR that was asked for."""
    tr = TRS[tr_id]
    for tr_key in keys_of(tr):
        client = Client(quick.ws_url)
        answer = client.ask(request(approval_key(quick), tr_key, tr_id))
        assert answer[:4] == (tr_id, tr_key, "0", "OPSP0000"), tr_key
        assert (len(answer.iv), len(answer.key)) == (16, 32)
        if not tr.is_notice:
            data = client.next(Data)
            assert (data.tr_id, data.encrypted) == (tr_id, False)
            assert len(data.payload.split("^")) == data.records * len(tr.fields)
        client.ws.close()


def test_there_are_63_and_no_other(quick: Simulator) -> None:
    """OPSP8991 is for what does not exist."""
    assert len(TRS) == 63
    client = Client(quick.ws_url)
    key = approval_key(quick)
    for tr_id in ("H0STCNT9", "HDFSCNT1", "h0stcnt0", "", None):
        client.ws.send(json.dumps(request(key, "005930", tr_id)))
        answer = parse(client.ws.recv())
        assert re.fullmatch("OPSP8991", answer.msg_cd), answer
    client.ws.close()
