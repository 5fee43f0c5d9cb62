"""Secrets with characters that JSON, a repr or a URL writes otherwise: masked before encoding."""

import gzip
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from aiohttp import web
from conftest import Run, captured
from helpers.command import said
from helpers.endpoint import serving
from player import ACCEPTED, Player

from kisq.feed.live import LiveFeed
from kisq.settings import load
from kisq.wire.escape import Redactor

Kisq = Callable[..., Run]
SPY = captured("hdfsasp0.txt")[1]
SUBSCRIBED = ACCEPTED % ("HDFSASP0", "DAMSSPY")
SECRET = """ab"cd\\ef/gh+ij'kl=="""
TELLTALE = "ef/gh+ij", "ef%2Fgh", "ef\\/gh", "kl=="  # parts of it, as the encodings leave them
ACCOUNT = {"KIS_APP_KEY": "PSaaaaaaaaaaaaaa", "KIS_APP_SECRET": SECRET}
FORMS = {
    "itself": SECRET,
    "JSON": json.dumps(SECRET)[1:-1],
    "JSON with slashes escaped": json.dumps(SECRET)[1:-1].replace("/", "\\/"),
    "JSON in JSON": json.dumps(json.dumps(SECRET)[1:-1])[1:-1],
    "repr": repr(SECRET)[1:-1],
    "path": quote(SECRET),
    "query": quote(SECRET, safe=""),
    "form": quote_plus(SECRET),
    "lower case": re.sub("%..", lambda byte: byte[0].lower(), quote(SECRET, safe="")),
}


def leaks(*outputs: bytes) -> list[str]:
    text = b"".join(outputs).decode()
    return [telltale for telltale in TELLTALE if telltale in text]


@pytest.mark.parametrize("form", FORMS)
def test_redactor_knows_the_forms_of_a_secret(form: str) -> None:
    """What a server, a library or Python wrote in its own way is hidden too, in text and bytes."""
    redact = Redactor([SECRET])
    assert redact(f"<{FORMS[form]}>") == "<***>"
    assert redact.clean(f"<{FORMS[form]}>".encode()) == b"<***>"


def test_secret_that_is_part_of_another_leaves_no_rest() -> None:
    """The longer one is hidden first, whatever the order in which they were learnt."""
    redact = Redactor(["abcdefgh", "abcdefgh-and-more", "xx-abcdefgh-and-more"])
    assert redact("xx-abcdefgh-and-more abcdefgh-and-more abcdefgh") == "*** *** ***"


@pytest.mark.parametrize("options", [["--json"], []])
def test_check_masks_before_it_encodes(kisq: Kisq, options: list[str]) -> None:
    """KIS's text that repeats such a secret is in the report, without the secret."""

    async def refuse(request: web.Request) -> web.Response:
        text = f"wrong: {(await request.json())['secretkey']}"
        return web.json_response({"error_code": "EGW00105", "error_description": text}, status=403)

    with serving(refuse) as url:
        run = kisq("check", "DAMSSPY", *options, **ACCOUNT, KIS_REST_URL=url)
    assert run.returncode == 4
    assert b"wrong: ***" in run.stdout
    assert not leaks(run.stdout, run.stderr)


@pytest.mark.parametrize(
    "command",
    [["watch", "--json"], ["watch"], ["raw"], ["raw", "--json"], ["check", "--for", "200ms"]],
    ids=" ".join,
)
@pytest.mark.parametrize("cut", [0, 1], ids=["whole", "broken JSON"])
def test_messages_and_recordings_are_masked(
    kisq: Kisq, tmp_path: Path, command: list[str], cut: int
) -> None:
    """A control message or PINGPONG with it, whole or broken, is masked on streams and in -w."""
    echoes = [
        json.dumps({"header": {"tr_id": "HDFSASP0", "tr_key": "X"}, "body": {"msg1": SECRET}}),
        json.dumps({"header": {"tr_id": "PINGPONG"}, "body": {"said": [SECRET]}}),
    ]
    texts = [text[: len(text) - cut] for text in echoes]
    account = ACCOUNT | {"KIS_APPROVAL_KEY": SECRET}
    more = [] if command[0] == "check" else ["-n", "1"]
    with Player([SUBSCRIBED, *texts, f"0|HDFSASP0|001|{FORMS['query']}", SPY]) as player:
        run = kisq(*command, "DAMSSPY", *more, "-v", "-w", "day.gz", **player.settings | account)
    recorded = gzip.decompress((tmp_path / "day.gz").read_bytes())
    assert b'\\"said\\": [\\"***\\"]' in recorded
    assert b"0|HDFSASP0|001|***" in recorded
    assert not leaks(run.stdout, run.stderr, recorded)


def test_recording_with_quotes_is_ndjson(kisq: Kisq) -> None:
    """What is masked is still one JSON object a line, whose text is the JSON of the message."""
    echo = json.dumps({"body": {"msg1": f"no {SECRET}"}})
    account = ACCOUNT | {"KIS_APPROVAL_KEY": SECRET}
    with Player([SUBSCRIBED, echo, SPY]) as player:
        run = kisq("raw", "DAMSSPY", "--json", "-n", "1", **player.settings | account)
    texts = [json.loads(line)["text"] for line in run.stdout.splitlines()]
    assert {"body": {"msg1": "no ***"}} in [json.loads(t) for t in texts if t[:1] == "{"]


def test_traceback_shows_no_secret(kisq: Kisq, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repr in an error that nobody foresaw is masked too."""

    def broken(_: LiveFeed) -> float:
        raise RuntimeError([os.environ["KIS_APP_SECRET"]])

    monkeypatch.setattr(LiveFeed, "now", broken)
    with Player([SUBSCRIBED]) as player:
        run = kisq("raw", "DAMSSPY", **ACCOUNT | player.settings | {"KISQ_DEBUG": "1"})
    assert run.returncode == 70
    assert b"RuntimeError: ['***']" in run.stderr
    assert not leaks(run.stderr)


def test_address_of_approve_is_masked(kisq: Kisq) -> None:
    """A secret that was pasted into the URL of the host is not shown with it."""

    async def issue(_: web.Request) -> web.Response:
        return web.json_response({"approval_key": "11112222-3333"})

    with serving(issue) as url:
        account = {"KIS_APP_KEY": "PSaaaaaaaaaaaaaa", "KIS_APP_SECRET": "pasted-secret-1"}
        run = kisq("approve", "-v", **account, KIS_REST_URL=f"{url}/pasted-secret-1")
    assert run.returncode == 0, said(run)
    assert b"/***" in run.stdout
    assert b"pasted-secret-1" not in run.stdout + run.stderr


@pytest.mark.parametrize(
    "line",
    [
        "KIS_APP_SECRET:ssssssss==",
        "KIS_APP_SECRET;ssssssss==",
        "KIS_APP_KEYPSSSSSSSSS12=x",
        "KIS_APP_KEY_PSSSSSSS=x",
        "KIS_APPSECRETsssssss12===",
        "KIS_PSSSSSSSSSSSSSSS=x",
        "KIS_SECRET/ssssssss=x",
        "export KIS_APP_SECRET:ssssssss==",
    ],
)
def test_line_that_is_no_setting_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    """Only what is nothing but a name is shown: what was typed behind one may be a secret."""
    path, told = tmp_path / "my.env", list[str]()
    path.touch(0o600)
    path.write_text(f"KIS_ENV=mock\n\n{line}\nKIS_HTS_ID=me\nKIS_APP_KEY2=x\n")
    assert load(None, path, {}, told.append).environment == "mock"
    assert told == [
        f"{path}, line 3, is not understood: write NAME=value",
        f"{path} sets KIS_APP_KEY2, which kisq does not know: is it meant to be KIS_APP_KEY?",
    ]


def test_file_of_settings_given_as_keys(kisq: Kisq, tmp_path: Path) -> None:
    """--keys of a .env is told so, and nothing of it is shown."""
    (tmp_path / ".env").write_text("# mine\nKIS_APP_SECRET=ssssssss\n")
    run = kisq("watch", "--keys", ".env")
    assert run.returncode == 2
    assert ".env, line 2, is a setting, not a key; name a file of keys with --keys" in said(run)
    assert b"ssss" not in run.stderr
