"""What KIS answers to a request, without any socket (protocol.md sections 1 and 2)."""

import json
import secrets
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kisq.errors import WrongKey
from kisq.spec.codes import EGW, OPSP
from kisq.spec.limits import APPROVAL_SECONDS, MOST_REGISTRATIONS
from kisq.spec.tables import TRS
from kisq.wire.messages import load_object, part
from kisq.wire.trkey import TrKey, parse_tr_key

_MOST_APP_KEY, _MOST_APP_SECRET = 36, 180  # lengths on KIS's page 실시간-000
_ISSUE_SECONDS = 1.0
_REFUSED = "1"
_NOT_UNDERSTOOD = "9"
_UNNAMED = {"OPSP0017", "OPSP8996", *(c for c in OPSP if OPSP[c].text.startswith("JSON"))}


class Refused(Exception):
    """A request that KIS refuses with ``code``; rt_cd 9 names neither tr_id nor tr_key."""

    def __init__(self, code: str, rt_cd: str = _NOT_UNDERSTOOD) -> None:
        self.code, self.rt_cd = code, rt_cd
        super().__init__(code)


class Issued(NamedTuple):
    """Whose approval key it is, and when it was issued (monotonic seconds)."""

    app_key: str
    at: float


@dataclass
class Accounts:
    """The appkeys that were seen, their secrets and their approval keys.

    Any appkey of up to 36 characters and any secret of up to 180 is an account, if there is no
    white space in them; the first secret that comes with an appkey is its secret.
    """

    secrets: dict[str, str] = field(default_factory=dict)
    issued: dict[str, Issued] = field(default_factory=dict)
    holders: dict[str, "Session"] = field(default_factory=dict)
    last_issue: dict[str, float] = field(default_factory=dict)

    def issue(self, body: bytes, content_type: str | None) -> tuple[int, dict[str, str]]:
        """The HTTP status and the answer to a request for an approval key."""
        code = self._fault(body, content_type)
        if code:
            return 403, {"error_code": code, "error_description": EGW[code].text}
        app_key = (load_object(body) or {})["appkey"]
        self.last_issue[app_key] = now = time.monotonic()
        approval_key = str(uuid.uuid4())
        self.issued[approval_key] = Issued(app_key, now)
        return 200, {"approval_key": approval_key}

    def _fault(self, body: bytes, content_type: str | None) -> str | None:
        request = load_object(body)
        if content_type is not None and "json" not in content_type.lower():
            return "EGW00132"
        if request is None:
            return "EGW00002"
        grant, app_key, secret = (request.get(n) for n in ("grant_type", "appkey", "secretkey"))
        since = time.monotonic() - self.last_issue.get(str(app_key), float("-inf"))
        checks = (
            (not grant, "EGW00115"),
            (grant != "client_credentials", "EGW00116"),
            (not app_key, "EGW00102"),
            (not _plausible(app_key, _MOST_APP_KEY), "EGW00103"),
            (not secret, "EGW00104"),
            (not _plausible(secret, _MOST_APP_SECRET), "EGW00105"),
            (since < _ISSUE_SECONDS, "EGW00201"),
        )
        found = next((code for wrong, code in checks if wrong), None)
        if found is None and self.secrets.setdefault(str(app_key), str(secret)) != secret:
            return "EGW00105"
        return found

    def owner(self, approval_key: object) -> str:
        """The appkey of an approval key. Raises Refused where it is unknown or expired."""
        issued = self.issued.get(approval_key) if isinstance(approval_key, str) else None
        if issued is None or time.monotonic() - issued.at > APPROVAL_SECONDS:
            raise Refused("OPSP0011", _REFUSED)
        return issued.app_key


def _plausible(value: object, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most and not any(c.isspace() for c in value)


class Reply(NamedTuple):
    """The text to send back, and the registration that began (True) or ended (False) with it."""

    text: str
    key: TrKey | None = None
    tr_id: str = ""
    began: bool = False


class Session:
    """The registrations of one connection."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._app_key: str | None = None
        self.registered: set[tuple[str, str]] = set()
        self._iv, self._key = secrets.token_hex(8), secrets.token_hex(16)

    def handle(self, text: str) -> Reply:
        """The reply to a request."""
        request = load_object(text)
        header = part(request or {}, "header")
        asked = part(part(request or {}, "body"), "input")
        try:
            tr_id, key = self._check(request, header, asked)
            subscribing = header["tr_type"] == "1"
            code = self._register(tr_id, key) if subscribing else self._unregister(tr_id, key)
        except Refused as refused:
            return Reply(_refusal(refused, asked))
        output = {"iv": self._iv, "key": self._key} if subscribing else None
        return Reply(_answer("0", code, tr_id, key.text, output), key, tr_id, subscribing)

    def leave(self) -> None:
        """The connection ended: its appkey is free again."""
        if self._app_key and self._accounts.holders.get(self._app_key) is self:
            del self._accounts.holders[self._app_key]

    def _check(
        self, request: dict[str, Any] | None, header: dict[str, Any], asked: dict[str, Any]
    ) -> tuple[str, TrKey]:
        body = part(request or {}, "body")
        tr_key = asked.get("tr_key")
        checks = (
            (request is None, "OPSP9999"),
            (not header, "OPSP9998"),
            ("approval_key" not in header, "OPSP9996"),
            (not body, "OPSP9992"),
            (not asked, "OPSP9991"),
            ("tr_key" not in asked, "OPSP9990"),
            (not isinstance(tr_key, str) or not tr_key, "OPSP8993"),
            ("custtype" not in header, "OPSP9997"),
            (header.get("custtype") not in ("P", "B"), "OPSP8998"),
            (header.get("tr_type") not in ("1", "2"), "OPSP8997"),
        )
        for wrong, code in checks:
            if wrong:
                raise Refused(code)
        self._hold(self._accounts.owner(header["approval_key"]))
        return self._known(asked.get("tr_id"), str(tr_key))

    def _hold(self, app_key: str) -> None:
        if self._accounts.holders.setdefault(app_key, self) is not self:
            raise Refused("OPSP8996")
        self._app_key = app_key

    def _known(self, tr_id: object, tr_key: str) -> tuple[str, TrKey]:
        if not isinstance(tr_id, str) or tr_id not in TRS:
            raise Refused("OPSP8991", _REFUSED)
        try:
            return tr_id, parse_tr_key(tr_key, tr_id)
        except WrongKey:
            raise Refused("OPSP8992", _REFUSED) from None

    def _register(self, tr_id: str, key: TrKey) -> str:
        if (tr_id, key.text) in self.registered:
            raise Refused("OPSP0002", _REFUSED)
        if len(self.registered) >= MOST_REGISTRATIONS:
            raise Refused("OPSP0008", _REFUSED)
        self.registered.add((tr_id, key.text))
        return "OPSP0000"

    def _unregister(self, tr_id: str, key: TrKey) -> str:
        if (tr_id, key.text) not in self.registered:
            raise Refused("OPSP0003", _REFUSED)
        self.registered.discard((tr_id, key.text))
        return "OPSP0001"


def refusal(code: str, text: str) -> str:
    """The refusal of the request ``text`` with ``code``, whatever the request was."""
    asked = part(part(load_object(text) or {}, "body"), "input")
    return _refusal(Refused(code, _NOT_UNDERSTOOD if code in _UNNAMED else _REFUSED), asked)


def _refusal(refused: Refused, asked: dict[str, Any]) -> str:
    if refused.rt_cd == _REFUSED:
        ids = (str(asked.get("tr_id", "")), str(asked.get("tr_key", "")))
    else:  # captured: the text (null), and for 8993 nothing
        ids = ("" if refused.code == "OPSP8993" else "(null)", "")
    return _answer(refused.rt_cd, refused.code, *ids)


def _answer(
    rt_cd: str, code: str, tr_id: str, tr_key: str, output: dict[str, str] | None = None
) -> str:
    body: dict[str, Any] = {"rt_cd": rt_cd, "msg_cd": code, "msg1": OPSP[code].text}
    if output:
        body["output"] = output
    header = {"tr_id": tr_id, "tr_key": tr_key, "encrypt": "N"}
    text = json.dumps({"header": header, "body": body}, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode()  # a tr_key may hold half a surrogate
