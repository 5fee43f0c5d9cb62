"""KIS's gateway: keys, tokens and look-ups over HTTP (protocol.md section 1)."""

from aiohttp import web

from kisq.locale.sentence import verbatim
from kisq.simulator.accounts import Answer, refused
from kisq.simulator.look_ups import failed, look_up
from kisq.simulator.shared_state import SharedState
from kisq.simulator.symbols import symbol_file
from kisq.spec.http_codes import EGW
from kisq.spec.limits import APPROVAL_PATH
from kisq.wire.messages import to_json

_TOKEN_PATH = "/oauth2/tokenP"  # noqa: S105 - a path
_LOOK_UPS = "/uapi/"
_BEARER = "bearer "
# KIS's answer to a path that it does not have is not known; this is its general failure.
_NO_ROUTE = failed("EGW00202", "GW라우팅 중 오류가 발생했습니다.")
_NO_TOKEN = failed("EGW00121", "유효하지 않은 token 입니다.")


async def answer(request: web.Request, shared: SharedState) -> web.Response:
    """The gateway's answer to any request; each refusal is reported."""
    file = symbol_file(request.path)
    if file and request.method == "GET":
        shared.log(verbatim(f"{request.method} {request.path}: 200"))
        return web.Response(body=file, content_type="application/zip")
    status, body = await _answer(request, shared)
    code = body.get("error_code") or body.get("msg_cd", "")
    text = body.get("error_description") or body.get("msg1", "")
    line = verbatim(f"{request.method} {request.path}: {status} {code} {text}".rstrip())
    if status == web.HTTPOk.status_code:
        shared.log(line)
    else:
        shared.report(line)
    return web.Response(
        text=to_json(body), status=status, content_type="application/json", charset="utf-8"
    )


async def _answer(request: web.Request, shared: SharedState) -> Answer:
    path = request.path
    content_type = request.headers.get("Content-Type")
    if request.method == "POST" and path == APPROVAL_PATH:
        approval = shared.accounts.approval(await request.read(), content_type)
        fault = shared.options.faults.approval
        return refused(fault) if fault else approval
    if request.method == "POST" and path == _TOKEN_PATH:
        return shared.accounts.token(await request.read(), content_type)
    if request.method == "GET" and path.startswith(_LOOK_UPS):
        return _looked_up(request, shared)
    return 404, _NO_ROUTE


def _looked_up(request: web.Request, shared: SharedState) -> Answer:
    response = look_up(request.path, request.query, shared)
    if response is None:
        return 404, _NO_ROUTE
    if not request.headers.get("Authorization", "").lower().startswith(_BEARER):
        return 500, _NO_TOKEN
    if shared.accounts.too_many(request.headers.get("appkey", "")):
        return 500, failed("EGW00201", EGW["EGW00201"].text)
    return response
