"""How a request to the feed is written, and whether its fields are in the right places; pure.

Source: protocol.md section 2.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from kisq.wire.messages import load_object
from kisq.wire.python_dict import json_of_python
from kisq.wire.request_faults import RequestFault
from kisq.wire.request_faults import RequestFaultKind as Kind

REQUEST = "request"  # the field of a fault that concerns the whole
_TOP = ""
# Where each field of a request belongs.
PLACES = {
    "approval_key": "header",
    "tr_key": "body.input",
    "custtype": "header",
    "tr_type": "header",
    "tr_id": "body.input",
    "content-type": "header",
}
APPROVAL_KEY = "approval_key"
PATHS = {name: f"{place}.{name}" for name, place in PLACES.items()}
_CREDENTIALS = ("appkey", "appsecret", "secretkey", "personalseckey")
_DEEPEST = 3  # body.input.tr_id


class Leaf(NamedTuple):
    """A value that is not an object, and its place; ``place`` is empty at the top."""

    place: str
    name: str
    value: Any

    @property
    def path(self) -> str:
        """The names that lead to it, for example ``body.input.tr_id``."""
        if not self.place:
            return self.name
        return f"{self.place}.{self.name}"


class RequestForm(NamedTuple):
    """A request as it is written: its object, its fields and its faults.

    ``sent`` has the values of the fields in ``PLACES``, by name, wherever they are. ``value`` is
    None if the text is not an object.
    """

    value: dict[str, Any] | None
    sent: dict[str, Any]
    faults: list[RequestFault]


def read_request(data: str | bytes) -> RequestForm:
    """How ``data``, sent by a client as a request, is written; never raises."""
    if isinstance(data, bytes):
        data = data.decode("utf-8", "replace")
    request, faults = _read(data)
    if request is None:
        return RequestForm(None, {}, faults)
    leaves = list(_leaves(request))
    leaf_of = {name: _leaf_of(name, leaves) for name in PLACES}
    places = list(_faults_of_places(request, leaves))
    faults += places
    credentials = [leaf for leaf in leaves if _normalized(leaf.name) in _CREDENTIALS]
    has_key = leaf_of[APPROVAL_KEY] is not None
    faults += _faults_of_credentials(credentials, has_key=has_key)
    if credentials and not has_key:
        del leaf_of[APPROVAL_KEY]
    for name, leaf in leaf_of.items():
        faults += _faults_of_presence(name, leaf, places)
    sent = {name: leaf.value for name, leaf in leaf_of.items() if leaf}
    return RequestForm(request, sent, faults)


def is_request(text: str) -> bool:
    """Whether ``text`` is meant as a request: it has a field that only requests have."""
    request, _ = _read(text)
    names = {_normalized(leaf.name) for leaf in _leaves(request or {})}
    return not names.isdisjoint(_OWN_NAMES) and names.isdisjoint(_NAMES_OF_ANSWERS)


def _read(text: str) -> tuple[dict[str, Any] | None, list[RequestFault]]:
    """The object in ``text``, if any, and what is wrong with how it is written."""
    if not text.strip():
        return None, [RequestFault(Kind.EMPTY_REQUEST, REQUEST, {})]
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        return _read_python(text, getattr(error, "pos", 0))
    if isinstance(value, dict):
        return value, []
    if isinstance(value, str):
        inner = load_object(value)
        if inner is not None:
            return inner, [RequestFault(Kind.ENCODED_TWICE, REQUEST, {})]
    return None, [RequestFault(Kind.NOT_AN_OBJECT, REQUEST, {})]


def _read_python(text: str, position: int) -> tuple[dict[str, Any] | None, list[RequestFault]]:
    """The same for a text that is not JSON from ``position`` on."""
    request = load_object(json_of_python(text))
    if request is not None:
        return request, [RequestFault(Kind.PYTHON_DICT, REQUEST, {})]
    values = {"position": str(position + 1)}
    return None, [RequestFault(Kind.NOT_JSON, REQUEST, values)]


def _leaves(value: dict[str, Any], place: str = _TOP, depth: int = 1) -> Iterator[Leaf]:
    for name, inner in value.items():
        leaf = Leaf(place, str(name), inner)
        if not isinstance(inner, dict):
            yield leaf
        elif depth < _DEEPEST:
            yield from _leaves(inner, leaf.path, depth + 1)


def _normalized(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


_OWN_NAMES = {_normalized(name) for name in ("tr_type", "tr_key", "custtype")}
_NAMES_OF_ANSWERS = {_normalized(name) for name in ("rt_cd", "msg_cd", "encrypt")}


def _leaf_of(name: str, leaves: list[Leaf]) -> Leaf | None:
    """The value of a field of a request: in its place if it is there, otherwise anywhere."""
    same_name = [leaf for leaf in leaves if _normalized(leaf.name) == _normalized(name)]

    def fit(leaf: Leaf) -> tuple[bool, bool]:
        return leaf.place == PLACES[name], leaf.name == name

    return max(same_name, key=fit, default=None)


def _faults_of_places(request: dict[str, Any], leaves: list[Leaf]) -> Iterator[RequestFault]:
    """Missing header, body and input; one fault for all if the fields are at the top instead."""
    header = request.get("header")
    body = request.get("body")
    at_top = {_normalized(leaf.name) for leaf in leaves if leaf.place == _TOP}
    if not header and not body and at_top & _OWN_NAMES:
        yield RequestFault(Kind.FLAT, REQUEST, {})
        return
    if not isinstance(header, dict) or not header:
        yield RequestFault(Kind.MISSING, "header", {})
    if not isinstance(body, dict) or not body:
        yield RequestFault(Kind.MISSING, "body", {})
    elif not isinstance(body.get("input"), dict) or not body["input"]:
        yield RequestFault(Kind.MISSING, "body.input", {})


def _faults_of_presence(
    name: str, leaf: Leaf | None, places: list[RequestFault]
) -> Iterator[RequestFault]:
    """Whether a field is in its place under its name; ``places`` are the faults above it."""
    path = PATHS[name]
    if any(fault.kind is Kind.FLAT for fault in places) and leaf:
        return
    if leaf is None:
        if not any(path.startswith(f"{fault.field}.") for fault in places):
            yield RequestFault(Kind.MISSING, path, {})
    elif leaf.place != PLACES[name]:
        yield RequestFault(Kind.MISPLACED, path, {"place": leaf.path})
    elif leaf.name != name:
        yield RequestFault(Kind.MISSPELT, path, {"place": leaf.path})


def _faults_of_credentials(credentials: list[Leaf], *, has_key: bool) -> Iterator[RequestFault]:
    """App key and app secret, which no request to the feed has."""
    for number, leaf in enumerate(credentials):
        kind = Kind.CREDENTIALS_SENT
        if number == 0 and not has_key:  # it probably stands in for the approval key
            kind = Kind.APP_KEY_SENT
        yield RequestFault(kind, PATHS[APPROVAL_KEY], {"place": leaf.path})
