"""The appkeys of the simulator, and what its gateway issues to them (protocol.md section 1)."""

import secrets
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from kisq.spec.http_codes import EGW
from kisq.spec.limits import APPROVAL_SECONDS
from kisq.wire.messages import load_object
from kisq.wire.moments import KST

_MOST_APP_KEY, _MOST_APP_SECRET = 36, 180  # lengths on KIS's page 실시간-000
_MOST_CALLS = 20  # a second and appkey, which published clients keep below
_TOKEN_SECONDS = 24 * 3600
_MOST_KEPT = 10_000  # appkeys, and keys issued; who asks for more loses the oldest

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
# What is documented beside that, and no public evidence shows to be enforced.
DOCUMENTED = {
    "approval key": Limit(1, 1.0, "EGW00201"),
    "access token": Limit(1, 60.0, "EGW00133"),
}


@dataclass
class Account:
    """An appkey: its secret, and when it called, by what it called for (monotonic seconds)."""

    secret: str
    calls: dict[str, deque[float]] = field(default_factory=dict)

    def exceeds(self, name: str, limit: Limit, now: float) -> bool:
        """Whether a call of this moment is one too many; else it is counted."""
        calls = self.calls.setdefault(name, deque(maxlen=limit.calls))
        if len(calls) == limit.calls and now - calls[0] < limit.seconds:
            return True
        calls.append(now)
        return False


class Accounts:
    """The appkeys that were seen, their secrets and their approval keys.

    Any appkey of up to 36 characters and any secret of up to 180 is an account, if there is no
    white space in them; the first secret that comes with an appkey is its secret. ``strict``
    enforces the limits that are documented only; else ``report`` is told of each once.
    """

    def __init__(
        self, *, strict: bool = False, report: Callable[[str], None] = lambda _: None
    ) -> None:
        self._strict, self._report = strict, report
        self._accounts: dict[str, Account] = {}
        self.issued: dict[str, Issued] = {}
        self._holders: dict[str, object] = {}
        self._reported: set[str] = set()

    def approval(self, body: bytes, content_type: str | None) -> Answer:
        """The answer to a request for an approval key."""
        app_key, code = self._checked(body, content_type, "secretkey", "approval key")
        if code:
            return refused(code)
        approval_key = str(uuid.uuid4())
        self.issued[approval_key] = Issued(app_key, time.monotonic())
        _forget_oldest(self.issued)
        return 200, {"approval_key": approval_key}

    def token(self, body: bytes, content_type: str | None) -> Answer:
        """The answer to a request for an access token, which is good for any look-up."""
        _, code = self._checked(body, content_type, "appsecret", "access token")
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
        grant, app_key, secret = (request.get(n) for n in ("grant_type", "appkey", secret_name))
        checks = (
            (not grant, "EGW00115"),
            (grant != "client_credentials", "EGW00116"),
            (not app_key, "EGW00102"),
            (not _plausible(app_key, _MOST_APP_KEY), "EGW00103"),
            (not secret, "EGW00104"),
            (not _plausible(secret, _MOST_APP_SECRET), "EGW00105"),
        )
        code = next((code for wrong, code in checks if wrong), "")
        return str(app_key), code or self._refusal(str(app_key), str(secret), wanted)

    def _refusal(self, app_key: str, secret: str, wanted: str) -> str:
        """Why an account gets nothing: too soon, or the secret is not its own."""
        account = self._accounts.setdefault(app_key, Account(secret))
        _forget_oldest(self._accounts)
        now, documented = time.monotonic(), DOCUMENTED[wanted]
        if account.exceeds("any", _GATEWAY, now):
            return _GATEWAY.code
        if account.exceeds(wanted, documented, now):
            if self._strict:
                return documented.code
            self._report_once(wanted, documented)
        return "" if account.secret == secret else "EGW00105"

    def _report_once(self, wanted: str, limit: Limit) -> None:
        if wanted not in self._reported:
            self._reported.add(wanted)
            self._report(
                f"the {wanted} was asked for again within {limit.seconds:.0f} s, which KIS is "
                f"documented to refuse with {limit.code}, as --fault approval-rate does"
            )

    def owner(self, approval_key: object) -> str | None:
        """The appkey of an approval key; None where it is unknown or expired."""
        issued = self.issued.get(approval_key) if isinstance(approval_key, str) else None
        if issued is None or time.monotonic() - issued.at > APPROVAL_SECONDS:
            return None
        return issued.app_key

    def hold(self, app_key: str, session: object) -> bool:
        """Whether ``app_key`` is held by ``session`` now; it may have one session only."""
        return self._holders.setdefault(app_key, session) is session

    def free(self, app_key: str, session: object) -> None:
        """``session`` holds ``app_key`` no longer."""
        if self._holders.get(app_key) is session:
            del self._holders[app_key]


def refused(code: str) -> Answer:
    """The answer of the gateway that issues keys and tokens (seen at the token call)."""
    return 403, {"error_code": code, "error_description": EGW[code].text}


def _plausible(value: object, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most and not any(c.isspace() for c in value)


def _forget_oldest(kept: dict[str, Any]) -> None:
    while len(kept) > _MOST_KEPT:
        del kept[next(iter(kept))]
