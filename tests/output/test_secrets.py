"""No secret in any output, whatever goes wrong."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import web
from conftest import clean_environment, credentials
from helpers.endpoint import serving
from helpers.in_process import run_here
from player import ACCEPTED, Player

from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options

_IV, _KEY = "7b33a030d935bd9c", "zcyysbvsqykredimvytvdsbekvepszjt"
APPROVAL_KEY = "11112222-3333-4444-5555-666677778888"
ANSWER = json.dumps(
    {
        "header": {"tr_id": "HDFSASP0", "tr_key": "DAMSSPY"},
        "body": {
            "rt_cd": "0",
            "msg_cd": "OPSP0000",
            "msg1": "SUBSCRIBE SUCCESS",
            "output": {"iv": _IV, "key": _KEY},
        },
    }
)


def outputs(args: list[str], folder: Path, settings: dict[str, str]) -> str:
    """Everything that a run prints, with all that makes it talkative."""
    environ = clean_environment(KISQ_DEBUG="1", **settings)
    run = run_here(folder, (*args, "-v"), b"", 30, environ)
    return run.stdout.decode() + run.stderr.decode()


def echo(secrets: dict[str, str]) -> str:
    """A refusal that repeats every secret it was sent."""
    said = f"no {APPROVAL_KEY} {' '.join(secrets.values())}"
    return json.dumps({"header": {}, "body": {"rt_cd": "9", "msg_cd": APPROVAL_KEY, "msg1": said}})


COMMANDS = [
    ["approve"],
    ["approve", "--json"],
    ["watch", "DAMSSPY", "--json", "--duration", "500ms"],
    ["watch", "DAMSSPY", "--duration", "500ms"],
    ["raw", "DAMSSPY", "--duration", "500ms"],
    ["raw", "DAMSSPY", "--json", "--duration", "500ms"],
    ["check", "DAMSSPY", "--timeout", "500ms", "--for", "200ms"],
    ["check", "DAMSSPY", "--timeout", "500ms", "--for", "200ms", "--json"],
]
# What goes wrong, and which secrets of the simulator are in play all the same.
FAILURES = {
    "works": {"approval key", "session key"},
    "refused": set(),
    "rest down": set(),
    "feed down": {"approval key"},
    "feed is no feed": {"approval key"},
    "wrong secret": set(),
}


def changed(failure: str, secret: str, simulator: Simulator) -> dict[str, str]:
    """The settings with which it fails, other than those of an account with this secret."""
    return {
        "works": {},
        "refused": {"KIS_APPROVAL_KEY": APPROVAL_KEY, "KIS_APP_SECRET": ""},
        "rest down": {"KIS_REST_URL": "http://127.0.0.1:9"},
        "feed down": {"KIS_WS_URL": "ws://127.0.0.1:9"},
        "feed is no feed": {"KIS_WS_URL": f"{simulator.ws_url}/nothing"},
        "wrong secret": {"KIS_APP_SECRET": f"{secret}{'x' * 60}"},
    }[failure]


@pytest.mark.parametrize("failure", FAILURES)
def test_no_secret_in_any_output(tmp_path: Path, failure: str) -> None:
    """App key, app secret, approval key, iv and key appear nowhere, in every failure mode."""
    replies, said, hidden = list[str](), "", [APPROVAL_KEY]
    with Simulator(Options(rate=50, pingpong=0.3), replies.append) as simulator:
        urls = {"KIS_REST_URL": simulator.rest_url, "KIS_WS_URL": simulator.ws_url}
        for args in COMMANDS:
            account = credentials()  # of its own, for a key is issued once a second
            settings = account | urls | changed(failure, account["KIS_APP_SECRET"], simulator)
            said += outputs(args, tmp_path, settings)
            hidden += [settings[name] for name in account if settings[name]]
    assert "kisq: " in said
    sent = {
        "approval key": list(simulator.shared.accounts.issued),
        "session key": re.findall(r'"(?:iv|key)":"(\w+)"', "".join(replies)),
    }
    assert {name for name in sent if sent[name]} == FAILURES[failure]
    for secret in [*hidden, *sent["approval key"], *sent["session key"]]:
        assert secret not in said
    assert '"iv":"' not in said.replace("\\", "").replace('"iv":"***"', "")


@pytest.mark.parametrize("args", COMMANDS[2:], ids=" ".join)
def test_server_that_repeats_secrets(tmp_path: Path, args: list[str]) -> None:
    """A server that sends secrets back, in answers, data or its close, does not make them seen."""
    account = credentials() | {"KIS_APPROVAL_KEY": APPROVAL_KEY}
    data = f"0|HDFSASP0|001|{'^'.join(account.values())}"
    for last in (echo(account), ACCEPTED % ("HDFSASP0", APPROVAL_KEY)):
        with Player([ANSWER, data, data + "^" * 80, last]) as player:
            said = outputs(args, tmp_path, player.settings | account)
        for secret in [*account.values(), _IV, _KEY]:
            assert secret not in said
        assert "***" in said or args[0] == "check"  # which shows no message whole


def test_approval_server_that_repeats_secrets(tmp_path: Path) -> None:
    """KIS's text is quoted in an error, but not the secrets in it."""

    async def refuse(request: web.Request) -> web.Response:
        asked = await request.json()
        text = f"wrong: {asked['appkey']} {asked['secretkey']}"
        return web.json_response({"error_code": text, "error_description": text}, status=403)

    account = credentials()
    with serving(refuse) as url:
        said = outputs(["approve"], tmp_path, account | {"KIS_REST_URL": url})
    assert "wrong: *** ***" in said
    for secret in account.values():
        assert secret not in said


def test_no_secret_in_the_process_list(tmp_path: Path, simulator: Simulator) -> None:
    """The command line of a run holds no secret, for none is an option's value."""
    account = credentials()
    settings = account | {"KIS_REST_URL": simulator.rest_url, "KIS_WS_URL": simulator.ws_url}
    with subprocess.Popen(
        [sys.executable, "-m", "kisq", "raw", "DNASAAPL"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
        env=clean_environment(**settings),
    ) as process:
        assert process.stdout is not None
        assert b"OPSP0000" in process.stdout.readline()
        listed = Path(f"/proc/{process.pid}/cmdline")
        text = (
            listed.read_text()
            if listed.exists()
            else os.fsdecode(b" ".join(map(os.fsencode, process.args)))
        )  # type: ignore[arg-type]
        process.send_signal(signal.SIGINT)
        process.stdout.read()
    assert "DNASAAPL" in text
    assert not [secret for secret in account.values() if secret in text]


def test_simulator_tells_no_secret_either(tmp_path: Path) -> None:
    """With -v the simulator says what it answers, but not the session's AES key."""
    said = outputs(["watch", "DNASAAPL", "--sim", "--once"], tmp_path, {})
    assert '"output":{"iv":"***","key":"***"}' in said
    assert said.count('"iv":"***"') == said.count('"iv":')
