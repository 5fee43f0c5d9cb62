"""POST /oauth2/Approval (protocol.md section 1, KIS's page 실시간-000)."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from kisq.errors import ApprovalRefused, ConnectionFailed, SettingsFault
from kisq.feed.proxy import Proxy, proxy_for
from kisq.signals import SIGNALS
from kisq.spec.http_codes import EGW
from kisq.spec.limits import APPROVAL_PATH, APPROVAL_SECONDS
from kisq.wire.messages import load_object

_SECONDS_BETWEEN = 1.1  # KIS allows one issue a second
_SECONDS_REPLACED = 12 * 3600  # for so long a key that replaced another is not replaced itself
_CONNECT_SECONDS, _ANSWER_SECONDS = 5, 10  # the second is for everything
_MOST_BYTES = 16 * 1024
_TOO_SOON = "EGW00201"  # another run of this appkey issued a key within the same second
_OF_CREDENTIALS = {"EGW00003", "EGW00102", "EGW00103", "EGW00104", "EGW00105"}
_ORIGINS = "{next_step} (KIS_APP_KEY is from {of_key}, KIS_APP_SECRET from {of_secret})"
_BUSY_STEP = "the server is in trouble: try again in a few minutes, then check KIS_REST_URL"
# What to do by the HTTP status, where KIS gives no code that is known.
_STEPS = {
    200: "its answer holds no approval_key: check KIS_REST_URL and try again later",
    429: "it had too many requests: wait a minute and try again",
    500: _BUSY_STEP,
    502: _BUSY_STEP,
    503: _BUSY_STEP,
    504: _BUSY_STEP,
}


class Approval(NamedTuple):
    """An approval key and when it was issued (epoch seconds); it is valid for 24 hours."""

    key: str
    issued_at: float

    @property
    def expires_at(self) -> float:
        """When the key ends to be valid for new sessions (epoch seconds)."""
        return self.issued_at + APPROVAL_SECONDS


def issue(rest_url: str, app_key: str, app_secret: str) -> Approval:
    """Ask the endpoint at ``rest_url`` for an approval key.

    Raises ApprovalRefused where KIS answers with anything but a key, and ConnectionFailed where
    it does not answer, SettingsFault where a variable of the environment makes TLS fail. A redirect
    is not followed: the secret goes to one host only.
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
    proxy, trusted = proxy_for(url), _trusted(url)
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

    with requests.Session() as session:
        session.trust_env = False  # which would send what ~/.netrc has for the host
        # Where it knows of a redirect, it reads the body to its end, even if it does not follow.
        session.get_redirect_target = lambda _: None  # type: ignore[assignment]
        with session.post(
            url,
            data=request,
            proxies={"http": proxy.url, "https": proxy.url} if proxy else {},
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
    code = answer.get("error_code") or answer.get("msg_cd")
    text = answer.get("error_description") or answer.get("msg1")
    known = EGW.get(str(code))
    if known:
        next_step: str = known.next_step
    elif 300 <= status < 400:
        next_step = "it answered with a redirect, which is not followed: check KIS_REST_URL"
    else:
        other = "check KIS_REST_URL and the credentials, or try again later"
        next_step = _STEPS.get(status, other)
    return ApprovalRefused(
        status, str(code) if code else None, str(text) if text else None, next_step
    )


def _unreachable(url: str, error: Exception, proxy: Proxy | None) -> ConnectionFailed:
    import requests

    text = str(error)
    if isinstance(error, requests.exceptions.SSLError):
        step = "check KIS_REST_URL, proxy and clock"
        return ConnectionFailed(url, "its certificate is not valid", step)
    if isinstance(error, (TimeoutError, requests.ReadTimeout)):
        happened, step = f"no answer within {_ANSWER_SECONDS} s", "try again later"
    elif isinstance(error, requests.ConnectTimeout):
        happened = f"no connection within {_CONNECT_SECONDS} s"
        step = "check the network and whether a firewall blocks the port"
    elif "NameResolution" in text or "getaddrinfo" in text:
        happened, step = "the name cannot be resolved", "check the network and KIS_REST_URL"
    elif "refused" in text:
        happened, step = "the connection was refused", "check host and port in KIS_REST_URL"
    else:
        happened = error.strerror if isinstance(error, OSError) and error.strerror else ""
        happened = happened or "the connection broke, or what answered is no HTTP"
        step = "check the network and KIS_REST_URL"
    return proxy.failure(url, happened) if proxy else ConnectionFailed(url, happened, step)


class Approver:
    """The approval key of one run: a given one, or one that is issued when first needed.

    ``learn`` is told each key, so that it can be hidden from every output; ``env_file`` is the
    file of settings that was read, if there was one, and ``origins`` says where each is from.
    """

    def __init__(
        self,
        rest_url: str,
        app_key: str | None,
        app_secret: str | None,
        key: str | None,
        learn: Callable[[str], None],
        env_file: Path | None = None,
        origins: Mapping[str, str] | None = None,
    ) -> None:
        self._origins = origins or {}
        self._rest_url, self._app_key, self._app_secret = rest_url, app_key, app_secret
        self._key, self._learn, self._env_file = key, learn, env_file
        self._next_issue = 0.0
        self._replaced_at = float("-inf")

    def key(self) -> str:
        """The key of this run. Raises what ``issue`` does, SettingsFault without credentials."""
        return self._key or self.renew().key

    def can_replace(self, now: float) -> bool:
        """Whether the feed's refusal of the key (OPSP0011) may be answered with a new one.

        Once in 12 hours, as KIS blocks for loops (protocol.md sections 1 and 2), and where there
        are credentials to issue one with. ``now`` is in monotonic seconds.
        """
        known = bool(self._app_key and self._app_secret)
        return known and now - self._replaced_at >= _SECONDS_REPLACED

    def replace(self, now: float) -> None:
        """Issue a new key in place of one that was refused. Raises what ``issue`` does.

        A try that fails counts as well.
        """
        self._replaced_at = now
        self.renew()

    def renew(self) -> Approval:
        """A new key, not sooner than KIS allows after the last one, be it that of another run."""
        try:
            approval = self._issue()
        except ApprovalRefused as refused:
            if refused.code != _TOO_SOON:
                raise
            approval = self._issue()
        self._key = approval.key
        self._learn(approval.key)
        return approval

    def _issue(self) -> Approval:
        app_key, app_secret = self._credentials()
        SIGNALS.sleep(self._next_issue - time.monotonic())
        try:
            return issue(self._rest_url, app_key, app_secret)
        except ApprovalRefused as refused:
            raise self._with_origins(refused) from None
        finally:
            self._next_issue = time.monotonic() + _SECONDS_BETWEEN

    def _with_origins(self, refused: ApprovalRefused) -> ApprovalRefused:
        """Where the credentials are from that KIS does not take: an old export beats a file."""
        if refused.code not in _OF_CREDENTIALS or not self._origins:
            return refused
        next_step = _ORIGINS.format(
            next_step=refused.next_step,
            of_key=self._origins["KIS_APP_KEY"],
            of_secret=self._origins["KIS_APP_SECRET"],
        )
        return ApprovalRefused(refused.status, refused.code, refused.kis_text, next_step)

    def require(self) -> None:
        """Raises SettingsFault where there is neither a key nor what it takes to issue one."""
        if not self._key:
            self._credentials()

    def _credentials(self) -> tuple[str, str]:
        if self._app_key and self._app_secret:
            return self._app_key, self._app_secret
        missing = "KIS_APP_SECRET" if self._app_key else "KIS_APP_KEY"
        looked = "in the environment, and no .env was found here or in a folder above"
        if self._env_file:
            looked = f"in the environment, nor in {self._env_file}"
        raise SettingsFault(
            f"{missing} is not set {looked}",
            "put it into the environment or into .env (see .env.example), or try --sim, which "
            "needs no account",
        )
