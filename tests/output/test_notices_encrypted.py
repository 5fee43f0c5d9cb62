"""Order notices come encrypted: counted, and no fault of the stream."""

from collections.abc import Callable

import pytest
from conftest import Run
from helpers.command import said
from helpers.records import SPY, SUBSCRIBED
from player import Player

from kisq.wire.decode import decode
from kisq.wire.messages import Data, EncryptedNotice, Malformed

NOTICE = "1|H0STCNI0|001|q83vEjRWeJA="


def test_a_notice_is_no_malformed_message() -> None:
    """An encrypted notice is a message of its own; encrypted market data are malformed."""
    assert decode(NOTICE) == [EncryptedNotice(NOTICE, Data(True, "H0STCNI0", 1, "q83vEjRWeJA="))]
    (message,) = decode(NOTICE.replace("H0STCNI0", "HDFSASP0"))
    assert isinstance(message, Malformed)


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_notices_are_counted_and_said_once(kisq: Callable[..., Run], options: tuple[str]) -> None:
    """Whatever watch shows, it says once that they are not shown, and how many there were."""
    messages = [SUBSCRIBED, SPY, NOTICE, NOTICE, SPY]
    with Player(messages) as player:
        run = kisq("watch", "DAMSSPY", "-n", "2", *options, **player.settings)
    text = said(run)
    assert run.returncode == 0
    assert text.count("a notice of H0STCNI0 is not decrypted, only counted") == 1
    assert "2 encrypted notices" in text
    assert "not decodable" not in text
    assert "not asked for" not in text
