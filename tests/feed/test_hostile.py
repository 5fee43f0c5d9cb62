"""Approval endpoints that answer anything but what they should."""

import asyncio
import json
import time
from collections.abc import Callable

import pytest
from aiohttp import web
from conftest import Run, credentials
from helpers.endpoint import Handler, serving

from kisq.errors import ApprovalRefused
from kisq.feed.approval import issue
from kisq.feed.approver import Approver
from kisq.simulator.server import Simulator

TOO_SOON = {"rt_cd": "1", "msg_cd": "EGW00201", "msg1": "초당 거래건수를 초과하였습니다."}


def answering(body: str, status: int = 200, **headers: str) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=body, status=status, headers=headers)

    return answer


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (
            answering("<html>busy</html>", 502),
            "no reason given (HTTP 502); the server is in trouble",
        ),
        (
            answering("busy", 503),
            "(HTTP 503); the server is in trouble: try again in a few minutes",
        ),
        (answering("busy", 504), "(HTTP 504); the server is in trouble"),
        (answering("", 429), "(HTTP 429); it had too many requests: wait a minute"),
        (answering("", 403), "(HTTP 403); check KIS_REST_URL and the credentials"),
        (answering("{}"), "its answer holds no approval_key"),
        (answering('{"approval_key":""}'), "its answer holds no approval_key"),
        (answering('{"approval_key":7}'), "its answer holds no approval_key"),
        (answering("[" * 100_000), "its answer holds no approval_key"),
        (answering('{"approval_key":"k"}', 500), "(HTTP 500)"),
        (answering("", 302, Location="http://127.0.0.1:9/"), "redirect, which is not followed"),
        (
            answering('{"rt_cd":"1","msg_cd":"EGW00105","msg1":"no such secret"}', 403),
            "EGW00105 no such secret (HTTP 403); check KIS_APP_SECRET",
        ),
        (
            answering('{"error_code":"","msg_cd":"EGW00103","msg1":"no such key"}', 500),
            "EGW00103 no such key (HTTP 500); check KIS_APP_KEY",
        ),
        (answering('{"error_code":"EGW99999","error_description":{}}', 403), "EGW99999"),
    ],
)
def test_odd_answers_to_the_approval_request(handler: Handler, said: str) -> None:
    """Each is one clear sentence, with KIS's code and text in either form that KIS has for them."""
    with serving(handler) as url, pytest.raises(ApprovalRefused) as refused:
        issue(url, "key", "secret")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_hostile_answer_to_the_approval_request(kisq: Callable[..., Run]) -> None:
    """What the server says cannot steer a terminal; it is one sentence and exit 4."""
    answer = '{"error_code":"EGW00105","error_description":"\\u001b[2J [/b]"}'
    with serving(answering(answer, 403)) as url:
        run = kisq("approve", **credentials(), KIS_REST_URL=url)
    assert run.returncode == 4
    assert rb"EGW00105 \x1b[2J [/b] (HTTP 403); check KIS_APP_SECRET" in run.stderr
    assert run.stderr.count(b"\n") == 1
    assert run.stdout == b""


def approver(url: str, app_key: str, app_secret: str) -> Approver:
    return Approver(url, app_key, app_secret, None, lambda _: None)


def test_refused_credentials_are_said_with_where_they_are_from() -> None:
    """An export that was forgotten beats the file that a person looks at."""
    answer = answering('{"error_code":"EGW00103"}', 403)
    origins = {"KIS_APP_KEY": "the environment", "KIS_APP_SECRET": "/home/me/.env"}
    with serving(answer) as url, pytest.raises(ApprovalRefused) as refused:
        Approver(url, "key", "secret", None, lambda _: None, None, origins).renew()
    assert str(refused.value).endswith(
        "(KIS_APP_KEY is from the environment, KIS_APP_SECRET from /home/me/.env)"
    )


def test_second_run_within_a_second_waits_for_its_key(simulator: Simulator) -> None:
    """KIS issues one key a second (EGW00201): the second run asks again when it may."""
    account = credentials().values()
    keys = [approver(simulator.rest_url, *account).renew().key for _ in range(2)]
    assert keys[0] != keys[1]


def test_key_that_is_not_issued_is_asked_for_twice_at_most() -> None:
    """After EGW00201 there is one more request, 1.1 s later, and no loop."""
    asked: list[float] = []

    async def too_soon(_: web.Request) -> web.Response:
        asked.append(time.monotonic())
        return web.Response(text=json.dumps(TOO_SOON), status=500)

    with serving(too_soon) as url, pytest.raises(ApprovalRefused) as refused:
        approver(url, "key", "secret").renew()
    assert (refused.value.code, refused.value.kis_text) == ("EGW00201", TOO_SOON["msg1"])
    first, second = asked
    assert 1.0 < second - first < 5


def test_long_answer_is_not_read_to_its_end(kisq: Callable[..., Run]) -> None:
    """An answer is given up after as much as no honest one needs: its end is not waited for."""

    async def without_end(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b" " * 65536)
        await asyncio.Event().wait()
        return response

    with serving(without_end) as url:
        run = kisq("approve", **credentials(), KIS_REST_URL=url)
    assert run.returncode == 4
    assert b"its answer holds no approval_key" in run.stderr
