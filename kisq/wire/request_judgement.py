"""What is wrong with a request that a client sends to the feed; pure (protocol.md section 2).

KIS answers a faulty request with a code that names no field. Here each fault has its field, its
sentence and the code that KIS is documented to answer, and a right request goes with them.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from kisq.spec.tables import TRS
from kisq.wire.escape import MASK, mask
from kisq.wire.messages import Request
from kisq.wire.request_faults import RequestFault
from kisq.wire.request_faults import RequestFaultKind as Kind
from kisq.wire.request_form import APPROVAL_KEY, PATHS, REQUEST, read_request
from kisq.wire.request_keys import example_key, likely_keys, likely_pair, tr_ids_of
from kisq.wire.trkey import names_key


class _OneOf(NamedTuple):
    """The values that a field may have, and the fault of any other."""

    values: tuple[str, ...]
    kind: Kind


_ORDER = (
    REQUEST,
    "header",
    "header.approval_key",
    "body",
    "body.input",
    "body.input.tr_key",
    "header.custtype",
    "header.tr_type",
    "body.input.tr_id",
    "header.content-type",
)
# The codes of what KIS checks once it has understood a request; faults without a code come last.
_CODES_LATE = ("OPSP0011", "OPSP8991", "OPSP8992", "")
_MOST_SHOWN = 24
# What is often sent as approval key, by its form: app keys have 36 characters and begin with PS,
# app secrets have 180 (KIS's page 실시간-000), access tokens are JSON Web Tokens.
_NO_APPROVAL_KEYS = (
    (re.compile(r"PS[A-Za-z0-9]{34}"), Kind.APP_KEY_VALUE),
    (re.compile(r"[A-Za-z0-9+/=]{180}"), Kind.APP_SECRET_VALUE),
    (re.compile(r"(?:Bearer )?eyJ[\w.-]+"), Kind.ACCESS_TOKEN_VALUE),
)
_ONE_OF = {
    "custtype": _OneOf(("P", "B"), Kind.CUSTTYPE),
    "tr_type": _OneOf(("1", "2"), Kind.TR_TYPE),
    "content-type": _OneOf(("utf-8", "UTF-8"), Kind.CONTENT_TYPE),
}
_SEVERAL = re.compile(r"[^\s,;]+(?:[\s,;]+[^\s,;]+)+")


class RequestJudgement(NamedTuple):
    """The faults of a request, in the order in which KIS meets them, and a correct request.

    ``right`` is what was probably meant, with ``***`` in place of the approval key.
    """

    faults: list[RequestFault]
    right: Request

    @property
    def code(self) -> str:
        """The code that KIS is documented to answer; empty if nothing calls for a refusal."""
        for fault in self.faults:
            if fault.code:
                return fault.code
        return ""


def judge_request(data: str | bytes) -> RequestJudgement:
    """What is wrong with a message that a client sends as a request; never raises.

    Any message is judged as a request: check with ``is_request`` whether it is one. Whether KIS
    knows the approval key and has such a symbol cannot be seen from the text.
    """
    form = read_request(data)
    if form.value is None:
        return RequestJudgement(form.faults, _right({}))
    faults = list(form.faults)
    for name, value in form.sent.items():
        faults += _faults_of_value(name, value)
    texts = {name: value for name, value in form.sent.items() if isinstance(value, str)}
    faults += _faults_of_pair(texts.get("tr_id", ""), texts.get("tr_key", ""))
    return RequestJudgement(sorted(faults, key=_turn), _right(texts))


def _faults_of_value(name: str, value: Any) -> Iterator[RequestFault]:
    """The faults that show in one field alone."""
    path = PATHS[name]
    if not isinstance(value, str):
        yield RequestFault(Kind.NOT_TEXT, path, {})
    elif not value.strip():
        yield RequestFault(Kind.EMPTY, path, {})
    elif value != value.strip():
        yield RequestFault(Kind.BLANKS, path, {})
    elif name == APPROVAL_KEY:
        for form, kind in _NO_APPROVAL_KEYS:
            if form.fullmatch(value):
                yield RequestFault(kind, path, {})
    elif name in _ONE_OF and value not in _ONE_OF[name].values:
        yield RequestFault(_ONE_OF[name].kind, path, {"value": _shown(value)})


def _faults_of_pair(tr_id: str, tr_key: str) -> Iterator[RequestFault]:
    """The faults of TR and key together, both as they were sent; empty if they were not sent."""
    if not tr_id or tr_id != tr_id.strip():
        return
    path = PATHS["tr_id"]
    if tr_id in TRS:
        yield from _faults_of_key(tr_id, tr_key)
    elif tr_key.strip().upper() in TRS:
        yield RequestFault(Kind.SWAPPED, path, {})
    elif tr_id.upper() in TRS:
        values = {"value": _shown(tr_id), "likely": tr_id.upper()}
        yield RequestFault(Kind.LOWER_CASE_TR, path, values)
    else:
        yield RequestFault(Kind.UNKNOWN_TR, path, {"value": _shown(tr_id)})


def _faults_of_key(tr_id: str, tr_key: str) -> Iterator[RequestFault]:
    """The faults of a key for a known TR; their sentences offer the keys that may be meant."""
    if not tr_key.strip() or names_key(tr_id, tr_key):
        return
    trs = tr_ids_of(tr_key)
    likely = likely_keys(tr_id, tr_key)
    values = {
        "value": _shown(tr_key),
        "tr_id": tr_id,
        "trs": ", ".join(trs),
        "likely": ", ".join(likely),
        "example": example_key(tr_id),
    }
    yield RequestFault(_kind_of_key(tr_key, trs, likely), PATHS["tr_key"], values)


def _kind_of_key(tr_key: str, trs: list[str], likely: list[str]) -> Kind:
    if _SEVERAL.fullmatch(tr_key):
        return Kind.SEVERAL_KEYS
    if trs:
        return Kind.KEY_OF_OTHER_TR
    if not likely:
        return Kind.KEY_UNKNOWN
    if likely[0] == tr_key.upper():
        return Kind.LOWER_CASE_KEY
    if likely[0].endswith(tr_key.strip().upper()):
        return Kind.KEY_WITHOUT_PREFIX
    return Kind.KEY_NEARLY


def _shown(value: str) -> str:
    """A value as JSON writes it; if it is long enough to be a secret, only its beginning."""
    if len(value) > _MOST_SHOWN:
        value = mask(value)
    return json.dumps(value, ensure_ascii=False)


def _right(fields: dict[str, str]) -> Request:
    """What was probably meant, with documented values for the rest."""
    tr_id, tr_key = likely_pair(fields.get("tr_id", ""), fields.get("tr_key", ""))
    custtype = fields.get("custtype", "").strip().upper()
    tr_type = fields.get("tr_type", "").strip()
    if tr_type not in _ONE_OF["tr_type"].values:
        tr_type = "1"
    if custtype not in _ONE_OF["custtype"].values:
        custtype = "P"
    return Request(MASK, tr_type, tr_id, tr_key, custtype)


def _turn(fault: RequestFault) -> tuple[int, int]:
    """When KIS meets a fault: first how the request is written, then its fields, then its TR."""
    late = 0
    if fault.code in _CODES_LATE:
        late = _CODES_LATE.index(fault.code) + 1
    return late, _ORDER.index(fault.field)
