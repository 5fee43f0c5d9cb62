"""KISQ_PAUSES: pauses of another length, for servers on this machine only."""

from collections.abc import Callable

import pytest
from conftest import Run

from kisq.errors import SettingsFault
from kisq.feed.outage import pauses

KIS = "ws://ops.koreainvestment.com:21000"


@pytest.mark.parametrize("url", ["ws://127.0.0.1:8000", "http://localhost:8000", "ws://[::1]:8000"])
def test_factor_for_a_server_on_this_machine(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """It is what the variable says, and 1 without it."""
    assert pauses(url) == 1.0
    monkeypatch.setenv("KISQ_PAUSES", "0.25")
    assert pauses(url) == 0.25


@pytest.mark.parametrize("url", [KIS, "ws://192.168.1.2:8000", "ws://localhost.example.com:8000"])
def test_kis_is_always_given_its_pauses(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Whatever the variable says, for any other server it is 1."""
    monkeypatch.setenv("KISQ_PAUSES", "0")
    assert pauses(url) == 1.0


@pytest.mark.parametrize("wrong", ["soon", "-1", "nan", "inf"])
def test_wrong_factor(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    """It is an error of the settings."""
    monkeypatch.setenv("KISQ_PAUSES", wrong)
    with pytest.raises(SettingsFault, match="KISQ_PAUSES is not a factor"):
        pauses("ws://127.0.0.1:8000")


def test_wrong_factor_is_said(kisq: Callable[..., Run]) -> None:
    """In one sentence, with the exit code of a wrong setting."""
    run = kisq("watch", "DNASAAPL", "--sim", KISQ_PAUSES="soon")
    assert (run.returncode, run.stderr.count(b"\n")) == (SettingsFault.exit_code, 1)
