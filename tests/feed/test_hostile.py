"""Approval endpoints that answer anything but what they should."""

import asyncio
from collections.abc import Callable

import pytest
from aiohttp import web
from conftest import Run, credentials
from helpers.endpoint import Handler, serving


def answering(body: str, status: int = 200, **headers: str) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=body, status=status, headers=headers)

    return answer


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (answering("<html>busy</html>", 502), "no reason given (HTTP 502); check KIS_REST_URL"),
        (answering("{}"), "its answer holds no approval_key"),
        (answering('{"approval_key":""}'), "its answer holds no approval_key"),
        (answering('{"approval_key":7}'), "its answer holds no approval_key"),
        (answering("[" * 100_000), "its answer holds no approval_key"),
        (answering('{"approval_key":"k"}', 500), "(HTTP 500)"),
        (answering("", 302, Location="http://127.0.0.1:9/"), "redirect, which is not followed"),
        (
            answering('{"error_code":"EGW00105","error_description":"\\u001b[2J [/b]"}', 403),
            r"EGW00105 \x1b[2J [/b] (HTTP 403); check KIS_APP_SECRET",
        ),
        (answering('{"error_code":"EGW99999","error_description":{}}', 403), "EGW99999"),
    ],
)
def test_odd_answers_to_the_approval_request(
    kisq: Callable[..., Run], handler: Handler, said: str
) -> None:
    """Each is one clear sentence and exit 4."""
    with serving(handler) as url:
        run = kisq("approve", **credentials(), KIS_REST_URL=url)
    text = run.stderr.decode()
    assert run.returncode == 4
    assert said in text
    assert text.count("\n") == 1
    assert run.stdout == b""


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
