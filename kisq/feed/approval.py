"""POST /oauth2/Approval (protocol.md section 1, KIS's page 실시간-000)."""

import json
import time
from typing import NamedTuple

from kisq.errors import ApprovalRefused, ConnectionFailed
from kisq.feed.proxy import Proxy, proxy_for
from kisq.feed.unanswered import FIREWALL_STEP, NO_ANSWER, NO_NAME, REFUSED
from kisq.locale.os_reasons import reason_of
from kisq.locale.sentence import Sentence
from kisq.signals import SIGNALS
from kisq.spec.http_codes import EGW
from kisq.spec.limits import APPROVAL_PATH, APPROVAL_SECONDS
from kisq.wire.messages import load_object

_CONNECT_SECONDS = 5
_ANSWER_SECONDS = 10  # from the start to the last byte of the answer
_MOST_BYTES = 16 * 1024
_BUSY_STEP = Sentence(
    "the server is in trouble: try again in a few minutes, then check KIS_REST_URL"
)
# What to do by the HTTP status, if KIS gives no code that is known.
_STEPS = {
    200: Sentence("its answer holds no approval_key: check KIS_REST_URL and try again later"),
    429: Sentence("it had too many requests: wait a minute and try again"),
    500: _BUSY_STEP,
    502: _BUSY_STEP,
    503: _BUSY_STEP,
    504: _BUSY_STEP,
}
_REDIRECT_STEP = Sentence("it answered with a redirect, which is not followed: check KIS_REST_URL")
_OTHER_STEP = Sentence("check KIS_REST_URL and the credentials, or try again later")
# Why there is no answer, and what to do then.
_CERTIFICATE = Sentence("its certificate is not valid")
_CERTIFICATE_STEP = Sentence("check KIS_REST_URL, proxy and clock")
_NO_ANSWER_STEP = Sentence("try again later")
_NO_CONNECTION = Sentence("no connection within {seconds} s")
_NO_NAME_STEP = Sentence("check the network and KIS_REST_URL")
_REFUSED_STEP = Sentence("check host and port in KIS_REST_URL")
_BROKE = Sentence("the connection broke, or the answer is not HTTP")
_BROKE_STEP = Sentence("check the network and KIS_REST_URL")


class Approval(NamedTuple):
    """An approval key and when it was issued (epoch seconds); it is valid for 24 hours."""

    key: str
    issued_at: float

    @property
    def expires_at(self) -> float:
        """When the key stops being valid for new sessions (epoch seconds)."""
        return self.issued_at + APPROVAL_SECONDS


def issue(rest_url: str, app_key: str, app_secret: str) -> Approval:
    """Ask the endpoint at ``rest_url`` for an approval key.

    Raises ApprovalRefused if KIS answers with anything but a key, ConnectionFailed if it does not
    answer, and SettingsFault if a variable of the environment makes TLS fail. A redirect is not
    followed: the secret goes to one host only.
    """
    status, body = _post(rest_url + APPROVAL_PATH, app_key, app_secret)
    answer = load_object(body) or {}
    key = answer.get("approval_key")
    usable = isinstance(key, str) and key.isascii() and key.isprintable() and key.strip()
    if status == 200 and usable:
        return Approval(str(key).strip(), time.time())
    raise _refusal(status, answer)


def _post(url: str, app_key: str, app_secret: str) -> tuple[int, bytes]:
    import requests  # costs a tenth of a second, which a given key does not need
    from urllib3.exceptions import HTTPError

    body = {"grant_type": "client_credentials", "appkey": app_key, "secretkey": app_secret}
    proxy = proxy_for(url)
    trusted = _trusted(url)
    try:
        return SIGNALS.wait_for(
            lambda: _answer(url, json.dumps(body), proxy, trusted), _ANSWER_SECONDS
        )
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise _unreachable(url, error, proxy) from None


def _trusted(url: str) -> str | bool:
    """Whose certificates are trusted, as requests takes it."""
    if not url.startswith("https:"):
        return True
    from kisq.feed.tls import ca_bundle

    return ca_bundle() or True


def _answer(url: str, request: str, proxy: Proxy | None, trusted: str | bool) -> tuple[int, bytes]:
    """The status and the body, of which no more is read or unpacked than an honest one needs."""
    import requests

    proxies: dict[str, str] = {}
    if proxy:
        proxies = {"http": proxy.url, "https": proxy.url}
    with requests.Session() as session:
        session.trust_env = False  # which would send what ~/.netrc has for the host
        # If it knows of a redirect, it reads the body to its end, even if it does not follow it.
        session.get_redirect_target = lambda _: None  # type: ignore[assignment]
        with session.post(
            url,
            data=request,
            proxies=proxies,
            verify=trusted,
            headers={
                "content-type": "application/json; charset=utf-8",
                "accept-encoding": "identity",
            },
            timeout=(_CONNECT_SECONDS, _ANSWER_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            body = b""
            while data := response.raw.read(_MOST_BYTES - len(body), decode_content=False):
                body += data
            return response.status_code, body


def _refusal(status: int, answer: dict[str, object]) -> ApprovalRefused:
    """What KIS says, in either of the forms that its gateway has (protocol.md section 1)."""
    code = _text_of(answer, "error_code", "msg_cd")
    text = _text_of(answer, "error_description", "msg1")
    return ApprovalRefused(status, code, text, _step(status, code))


def _text_of(answer: dict[str, object], *names: str) -> str | None:
    """The first of the fields ``names`` that is not empty."""
    for name in names:
        value = answer.get(name)
        if value:
            return str(value)
    return None


def _step(status: int, code: str | None) -> Sentence:
    """What to do after a refusal."""
    known = EGW.get(str(code))
    if known:
        return known.next_step
    if 300 <= status < 400:
        return _REDIRECT_STEP
    return _STEPS.get(status, _OTHER_STEP)


def _unreachable(url: str, error: Exception, proxy: Proxy | None) -> ConnectionFailed:
    import requests

    if isinstance(error, requests.exceptions.SSLError):
        return ConnectionFailed(url, _CERTIFICATE, _CERTIFICATE_STEP)
    happened, next_step = _happened(error)
    if proxy:
        return proxy.failure(url, happened)
    return ConnectionFailed(url, happened, next_step)


def _happened(error: Exception) -> tuple[Sentence, Sentence]:
    """Why there is no answer, and what to do."""
    import requests

    text = str(error)
    if isinstance(error, (TimeoutError, requests.ReadTimeout)):
        return NO_ANSWER.format(seconds=_ANSWER_SECONDS), _NO_ANSWER_STEP
    if isinstance(error, requests.ConnectTimeout):
        return _NO_CONNECTION.format(seconds=_CONNECT_SECONDS), FIREWALL_STEP
    if "NameResolution" in text or "getaddrinfo" in text:
        return NO_NAME, _NO_NAME_STEP
    if "refused" in text:
        return REFUSED, _REFUSED_STEP
    if isinstance(error, OSError) and error.strerror:
        return reason_of(error), _BROKE_STEP
    return _BROKE, _BROKE_STEP
