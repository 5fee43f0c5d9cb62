"""What KIS answers to a request of a session, without any socket (protocol.md section 2).

Here is also which tr_keys it accepts, including some of which nothing will ever come.
"""

import base64
import re
import secrets
from typing import Any, NamedTuple

from kisq.errors import WrongKey
from kisq.simulator.accounts import Accounts
from kisq.spec.codes import OPSP
from kisq.spec.limits import MOST_REGISTRATIONS
from kisq.spec.markets import MARKETS
from kisq.spec.notices import is_notice
from kisq.spec.tables import TRS
from kisq.wire.messages import load_object, part, to_json
from kisq.wire.request_judgement import judge_request
from kisq.wire.trkey import TrKey, parse_tr_key

_REFUSED = "1"
_NOT_UNDERSTOOD = "9"
_UNNAMED = {"OPSP0017", "OPSP8996", *(c for c in OPSP if OPSP[c].text.startswith("JSON"))}


class Refused(Exception):
    """A request that KIS refuses with ``code``; rt_cd 9 names neither tr_id nor tr_key."""

    def __init__(self, code: str, rt_cd: str = _NOT_UNDERSTOOD) -> None:
        self.code = code
        self.rt_cd = rt_cd
        super().__init__(code)


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
        self.app_key: str | None = None
        self.registered: set[tuple[str, str]] = set()
        self._iv = secrets.token_hex(8)
        self._key = secrets.token_hex(16)

    def encrypted(self, message: str) -> str:
        """An order notice with its payload encrypted for this session (protocol.md section 3).

        Raises ImportError if the package cryptography is not installed.
        """
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        from cryptography.hazmat.primitives.padding import PKCS7

        *head, plaintext = message.split("|", 3)
        padder = PKCS7(algorithms.AES.block_size).padder()
        padded = padder.update(plaintext.encode()) + padder.finalize()
        cipher = Cipher(algorithms.AES(self._key.encode()), modes.CBC(self._iv.encode()))
        encryptor = cipher.encryptor()
        encrypted = encryptor.update(padded) + encryptor.finalize()
        return "|".join([*head, base64.b64encode(encrypted).decode()])

    def handle(self, text: str) -> Reply:
        """The reply to a request."""
        request = load_object(text) or {}
        asked = part(part(request, "body"), "input")
        try:
            code = judge_request(text).code
            if code in _UNNAMED:
                raise Refused(code)
            return self._answer(part(request, "header"), asked)
        except Refused as refused:
            return Reply(_refusal(refused, asked))

    def _answer(self, header: dict[str, Any], asked: dict[str, Any]) -> Reply:
        """The reply to a request that has all its fields."""
        self._hold(header.get("approval_key"))
        tr_id, key = self._known(asked.get("tr_id"), str(asked.get("tr_key")))
        if header.get("tr_type") == "1":
            code = self._register(tr_id, key)
            output = {"iv": self._iv, "key": self._key}
            return Reply(_answer("0", code, tr_id, key.text, output), key, tr_id, began=True)
        code = self._unregister(tr_id, key)
        return Reply(_answer("0", code, tr_id, key.text), key, tr_id)

    def leave(self) -> None:
        """Free the appkey, as the connection has ended."""
        if self.app_key:
            self._accounts.free(self.app_key, self)

    def _hold(self, approval_key: object) -> None:
        app_key = self._accounts.owner(approval_key)
        if app_key is None:
            raise Refused("OPSP0011", _REFUSED)
        if not self._accounts.hold(app_key, self):
            raise Refused("OPSP8996")
        self.app_key = app_key

    def _known(self, tr_id: object, tr_key: str) -> tuple[str, TrKey]:
        if not isinstance(tr_id, str) or tr_id not in TRS:
            raise Refused("OPSP8991", _REFUSED)
        key = registered_key(tr_id, tr_key)
        if isinstance(key, str):
            raise Refused(key, _REFUSED)
        return tr_id, key

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
    rt_cd = _NOT_UNDERSTOOD if code in _UNNAMED else _REFUSED
    return _refusal(Refused(code, rt_cd), asked)


def _refusal(refused: Refused, asked: dict[str, Any]) -> str:
    tr_id = "(null)"  # captured
    tr_key = ""
    if refused.rt_cd == _REFUSED:
        tr_id = str(asked.get("tr_id", ""))
        tr_key = str(asked.get("tr_key", ""))
    elif refused.code == "OPSP8993":  # captured as well
        tr_id = ""
    return _answer(refused.rt_cd, refused.code, tr_id, tr_key)


def _answer(
    rt_cd: str, code: str, tr_id: str, tr_key: str, output: dict[str, str] | None = None
) -> str:
    body: dict[str, Any] = {"rt_cd": rt_cd, "msg_cd": code, "msg1": OPSP[code].text}
    if output:
        body["output"] = output
    encrypt = "Y" if is_notice(tr_id) else "N"
    header = {"tr_id": tr_id, "tr_key": tr_key, "encrypt": encrypt}
    text = to_json({"header": header, "body": body})
    return text.encode("utf-8", "replace").decode()  # a tr_key may hold half a surrogate


_OVERSEAS = re.compile(r"([DR])([A-Z]{3})(\S.*)")
_NO_FEED = re.compile(r"R(NAS|NYS|AMS)\S.*")  # the daytime session has codes of its own


def registered_key(tr_id: str, text: str) -> TrKey | str:
    """The key that is registered, or the code with which KIS refuses it.

    A symbol in a spelling that its exchange does not know (``DNYSBRK.B``) is accepted, and silent
    (protocol.md section 5).
    """
    try:
        return parse_tr_key(text, tr_id)
    except WrongKey:
        return _misspelt(tr_id, text) or _code(text)


def _misspelt(tr_id: str, text: str) -> TrKey | None:
    form = _OVERSEAS.fullmatch(text)
    if form is None:
        return None
    prefix, code, symbol = form.groups()
    market = MARKETS.get(code)
    if market is None or prefix not in market.trs:
        return None
    key = TrKey(prefix, market, symbol)
    if tr_id not in key.tr_ids:
        return None
    return key


def _code(text: str) -> str:
    return "OPSP0009" if _NO_FEED.fullmatch(text) else "OPSP8992"
