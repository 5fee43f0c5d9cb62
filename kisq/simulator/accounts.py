"""The appkeys of the simulator, and what its gateway issues to them (protocol.md section 1)."""

import secrets
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from kisq.locale.sentence import Sentence
from kisq.spec.http_codes import EGW
from kisq.spec.limits import APPROVAL_SECONDS
from kisq.wire.clocks import KST
from kisq.wire.messages import load_object

_MOST_APP_KEY = 36  # characters, as is the next one; from KIS's page 실시간-000
_MOST_APP_SECRET = 180
_MOST_CALLS = 20  # per second and appkey; published clients stay below
_TOKEN_SECONDS = 24 * 3600
_MOST_KEPT = 10_000  # appkeys, and issued keys; beyond that the oldest are forgotten

Answer = tuple[int, dict[str, Any]]  # HTTP status and JSON


class Issued(NamedTuple):
    """Whose approval key it is, and when it was issued (monotonic seconds)."""

    app_key: str
    at: float


class Limit(NamedTuple):
    """At most ``calls`` within ``seconds``, else the code."""

    calls: int
    seconds: float
    code: str


_GATEWAY = Limit(_MOST_CALLS, 1.0, "EGW00201")
_APPROVAL_KEY = "approval key"
_ACCESS_TOKEN = "access token"  # noqa: S105 - a name
# Limits that are documented as well; no public evidence shows that they are enforced.
DOCUMENTED = {
    _APPROVAL_KEY: Limit(1, 1.0, "EGW00201"),
    _ACCESS_TOKEN: Limit(1, 60.0, "EGW00133"),
}
_TOO_SOON = {
    _APPROVAL_KEY: Sentence(
        "the approval key was asked for again within {seconds:.0f} s, which KIS is documented to "
        "refuse with {code}, as --fault approval-rate does"
    ),
    _ACCESS_TOKEN: Sentence(
        "the access token was asked for again within {seconds:.0f} s, which KIS is documented to "
        "refuse with {code}, as --fault approval-rate does"
    ),
}


@dataclass
class Account:
    """An appkey: its secret, and when it called, by what it called for (monotonic seconds)."""

    secret: str
    calls: dict[str, deque[float]] = field(default_factory=dict)

    def exceeds(self, name: str, limit: Limit, now: float) -> bool:
        """Whether a call at ``now`` is one too many; if not, it is counted."""
        calls = self.calls.setdefault(name, deque(maxlen=limit.calls))
        if len(calls) == limit.calls and now - calls[0] < limit.seconds:
            return True
        calls.append(now)
        return False


class Accounts:
    """The appkeys that were seen, their secrets and their approval keys.

    Any appkey of up to 36 characters and any secret of up to 180 is an account, if they hold no
    white space; the first secret that comes with an appkey is its secret. ``strict`` enforces the
    limits that are only documented; if not, ``report`` is told of each once.
    """

    def __init__(
        self, *, strict: bool = False, report: Callable[[Sentence], None] = lambda _: None
    ) -> None:
        self._strict = strict
        self._report = report
        self._accounts: dict[str, Account] = {}
        self.issued: dict[str, Issued] = {}
        self._holders: dict[str, object] = {}
        self._reported: set[str] = set()

    def approval(self, body: bytes, content_type: str | None) -> Answer:
        """The answer to a request for an approval key."""
        app_key, code = self._checked(body, content_type, "secretkey", _APPROVAL_KEY)
        if code:
            return refused(code)
        approval_key = str(uuid.uuid4())
        self.issued[approval_key] = Issued(app_key, time.monotonic())
        _forget_oldest(self.issued)
        return 200, {"approval_key": approval_key}

    def token(self, body: bytes, content_type: str | None) -> Answer:
        """The answer to a request for an access token, which is good for any look-up."""
        _, code = self._checked(body, content_type, "appsecret", _ACCESS_TOKEN)
        if code:
            return refused(code)
        expires = datetime.now(KST) + timedelta(seconds=_TOKEN_SECONDS)
        return 200, {
            "access_token": secrets.token_urlsafe(250),
            "access_token_token_expired": f"{expires:%Y-%m-%d %H:%M:%S}",
            "token_type": "Bearer",
            "expires_in": _TOKEN_SECONDS,
        }

    def too_many(self, app_key: str) -> bool:
        """Whether a look-up of ``app_key`` is one too many in this second."""
        account = self._accounts.get(app_key)
        return bool(account and account.exceeds("any", _GATEWAY, time.monotonic()))

    def _checked(
        self, body: bytes, content_type: str | None, secret_name: str, wanted: str
    ) -> tuple[str, str]:
        """The appkey that asks, and the code of the refusal or nothing."""
        request = load_object(body)
        if content_type is not None and "json" not in content_type.lower():
            return "", "EGW00132"
        if request is None:
            return "", "EGW00002"
        app_key = str(request.get("appkey"))
        code = _fault_of(request, secret_name)
        if not code:
            code = self._refusal(app_key, str(request.get(secret_name)), wanted)
        return app_key, code

    def _refusal(self, app_key: str, secret: str, wanted: str) -> str:
        """The code for a call that comes too soon, or with a wrong secret; empty if it is right."""
        account = self._accounts.setdefault(app_key, Account(secret))
        _forget_oldest(self._accounts)
        now = time.monotonic()
        documented = DOCUMENTED[wanted]
        if account.exceeds("any", _GATEWAY, now):
            return _GATEWAY.code
        if account.exceeds(wanted, documented, now):
            if self._strict:
                return documented.code
            self._report_once(wanted, documented)
        if account.secret != secret:
            return "EGW00105"
        return ""

    def _report_once(self, wanted: str, limit: Limit) -> None:
        if wanted not in self._reported:
            self._reported.add(wanted)
            self._report(_TOO_SOON[wanted].format(seconds=limit.seconds, code=limit.code))

    def owner(self, approval_key: object) -> str | None:
        """The appkey of an approval key; None if the key is unknown or expired."""
        if not isinstance(approval_key, str):
            return None
        issued = self.issued.get(approval_key)
        if issued is None or time.monotonic() - issued.at > APPROVAL_SECONDS:
            return None
        return issued.app_key

    def hold(self, app_key: str, session: object) -> bool:
        """Whether ``app_key`` is held by ``session`` now; it may have one session only."""
        return self._holders.setdefault(app_key, session) is session

    def free(self, app_key: str, session: object) -> None:
        """Note that ``session`` no longer holds ``app_key``."""
        if self._holders.get(app_key) is session:
            del self._holders[app_key]


def refused(code: str) -> Answer:
    """The answer of the gateway that issues keys and tokens (seen at the token call)."""
    return 403, {"error_code": code, "error_description": EGW[code].text}


def _fault_of(request: dict[str, Any], secret_name: str) -> str:
    """The code for the first field that is missing or wrong; empty if none is."""
    grant = request.get("grant_type")
    app_key = request.get("appkey")
    secret = request.get(secret_name)
    checks = (
        (not grant, "EGW00115"),
        (grant != "client_credentials", "EGW00116"),
        (not app_key, "EGW00102"),
        (not _plausible(app_key, _MOST_APP_KEY), "EGW00103"),
        (not secret, "EGW00104"),
        (not _plausible(secret, _MOST_APP_SECRET), "EGW00105"),
    )
    return next((code for is_wrong, code in checks if is_wrong), "")


def _plausible(value: object, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most and not any(c.isspace() for c in value)


def _forget_oldest(kept: dict[str, Any]) -> None:
    while len(kept) > _MOST_KEPT:
        del kept[next(iter(kept))]
