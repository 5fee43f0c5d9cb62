"""The faults of requests to the feed: kinds, sentences, codes (protocol.md section 2)."""

from enum import StrEnum
from typing import NamedTuple

from kisq.locale.sentence import Sentence


class RequestFaultKind(StrEnum):
    """A kind of fault in a request."""

    EMPTY_REQUEST = "empty_request"
    NOT_JSON = "not_json"
    PYTHON_DICT = "python_dict"
    ENCODED_TWICE = "encoded_twice"
    NOT_AN_OBJECT = "not_an_object"
    FLAT = "flat"
    MISSING = "missing"
    EMPTY = "empty"
    NOT_TEXT = "not_text"
    MISPLACED = "misplaced"
    MISSPELT = "misspelt"
    BLANKS = "blanks"
    APP_KEY_SENT = "app_key_sent"
    CREDENTIALS_SENT = "credentials_sent"
    APP_KEY_VALUE = "app_key_value"
    APP_SECRET_VALUE = "app_secret_value"  # noqa: S105 - a name
    ACCESS_TOKEN_VALUE = "access_token_value"  # noqa: S105 - a name
    CUSTTYPE = "custtype"
    TR_TYPE = "tr_type"
    CONTENT_TYPE = "content_type"
    SWAPPED = "swapped"
    LOWER_CASE_TR = "lower_case_tr"
    LOWER_CASE_KEY = "lower_case_key"
    UNKNOWN_TR = "unknown_tr"
    SEVERAL_KEYS = "several_keys"
    KEY_WITHOUT_PREFIX = "key_without_prefix"
    KEY_OF_OTHER_TR = "key_of_other_tr"
    KEY_NEARLY = "key_nearly"
    KEY_UNKNOWN = "key_unknown"


_Kind = RequestFaultKind

# One sentence per kind. ``field`` is a path; no sentence shows the value of a secret.
SENTENCES = {
    _Kind.EMPTY_REQUEST: Sentence("the request is empty"),
    _Kind.NOT_JSON: Sentence(
        "the request is not JSON: it cannot be read from character {position} on"
    ),
    _Kind.PYTHON_DICT: Sentence(
        "the request has single quotes, as Python prints a dict, and is not JSON: "
        "send json.dumps(request), not str(request)"
    ),
    _Kind.ENCODED_TWICE: Sentence(
        "the request was encoded twice: it is a JSON string that holds the object; encode it once"
    ),
    _Kind.NOT_AN_OBJECT: Sentence("the request is JSON, but not an object with header and body"),
    _Kind.FLAT: Sentence(
        "the request is flat: approval_key, custtype, tr_type and content-type belong in header, "
        "tr_id and tr_key in body.input"
    ),
    _Kind.MISSING: Sentence("{field} is missing"),
    _Kind.EMPTY: Sentence("{field} is empty"),
    _Kind.NOT_TEXT: Sentence("{field} is not a string: put its value in double quotes"),
    _Kind.MISPLACED: Sentence("{place} is in the wrong place: it must be {field}"),
    _Kind.MISSPELT: Sentence("{place} is misspelt: KIS calls it {field}"),
    _Kind.BLANKS: Sentence("{field} has white space around its value: strip it"),
    _Kind.APP_KEY_SENT: Sentence(
        "{place} stands where {field} belongs: the feed takes neither app key nor app secret, but "
        "the approval key that POST /oauth2/Approval issues for them"
    ),
    _Kind.CREDENTIALS_SENT: Sentence(
        "{place} is sent over a connection without encryption, and the feed does not need it: "
        "leave it out"
    ),
    _Kind.APP_KEY_VALUE: Sentence(
        "{field} looks like an app key: send the approval key that POST /oauth2/Approval issues"
    ),
    _Kind.APP_SECRET_VALUE: Sentence(
        "{field} looks like an app secret: send the approval key that POST /oauth2/Approval issues"
    ),
    _Kind.ACCESS_TOKEN_VALUE: Sentence(
        "{field} looks like the access token of the REST API: "
        "send the approval key that POST /oauth2/Approval issues"
    ),
    _Kind.CUSTTYPE: Sentence(
        '{field} is {value}: it must be "P" (a person) or "B" (a corporation)'
    ),
    _Kind.TR_TYPE: Sentence('{field} is {value}: it must be "1" (subscribe) or "2" (unsubscribe)'),
    _Kind.CONTENT_TYPE: Sentence('{field} is {value}: KIS documents "utf-8"'),
    _Kind.SWAPPED: Sentence("body.input.tr_id and body.input.tr_key are swapped"),
    _Kind.LOWER_CASE_TR: Sentence("{field} is {value}: it must be upper case, {likely}"),
    _Kind.LOWER_CASE_KEY: Sentence("{field} is {value}: it must be upper case, {likely}"),
    _Kind.UNKNOWN_TR: Sentence("{field} is {value}, which is not a TR that kisq knows"),
    _Kind.SEVERAL_KEYS: Sentence(
        "{field} is {value}: a request holds one key, so send one request per key"
    ),
    _Kind.KEY_WITHOUT_PREFIX: Sentence(
        "{field} is {value}, which lacks its beginning: perhaps {likely}"
    ),
    _Kind.KEY_OF_OTHER_TR: Sentence("{field} is {value}, a key of {trs}, not of {tr_id}"),
    _Kind.KEY_NEARLY: Sentence(
        "{field} is {value}, which is not a key of {tr_id}: perhaps {likely}"
    ),
    _Kind.KEY_UNKNOWN: Sentence(
        "{field} is {value}, which is not a key of {tr_id}, such as {example}"
    ),
}

# Kinds of faults that leave a field without a value.
_ABSENT = {_Kind.MISSING, _Kind.MISPLACED, _Kind.MISSPELT, _Kind.APP_KEY_SENT}
# The code that KIS is documented to answer: some kinds have their own, others that of the field.
_NOT_FOUND = {
    "header": "OPSP9998",
    "header.approval_key": "OPSP9996",
    "body": "OPSP9992",
    "body.input": "OPSP9991",
    "body.input.tr_key": "OPSP9990",
    "header.custtype": "OPSP9997",
    "header.tr_type": "OPSP8997",
    "body.input.tr_id": "OPSP8991",
}
_INVALID = {
    "body.input.tr_key": "OPSP8993",
    "header.approval_key": "OPSP0011",
    "header.custtype": "OPSP8998",
    "header.tr_type": "OPSP8997",
    "body.input.tr_id": "OPSP8991",
}
_CODES = {
    _Kind.EMPTY_REQUEST: "OPSP9999",
    _Kind.NOT_JSON: "OPSP9999",
    _Kind.PYTHON_DICT: "OPSP9999",
    _Kind.ENCODED_TWICE: "OPSP9999",
    _Kind.NOT_AN_OBJECT: "OPSP9999",
    _Kind.FLAT: "OPSP9998",
    _Kind.CREDENTIALS_SENT: "",
    _Kind.UNKNOWN_TR: "OPSP8991",
    _Kind.SWAPPED: "OPSP8991",
    _Kind.LOWER_CASE_TR: "OPSP8991",
    _Kind.LOWER_CASE_KEY: "OPSP8992",
    _Kind.SEVERAL_KEYS: "OPSP8992",
    _Kind.KEY_WITHOUT_PREFIX: "OPSP8992",
    _Kind.KEY_OF_OTHER_TR: "OPSP8992",
    _Kind.KEY_NEARLY: "OPSP8992",
    _Kind.KEY_UNKNOWN: "OPSP8992",
}


class RequestFault(NamedTuple):
    """One fault: its kind, the field (its path, or ``request`` for the whole) and its values."""

    kind: RequestFaultKind
    field: str
    values: dict[str, str]

    @property
    def sentence(self) -> Sentence:
        """What is wrong; it may quote the client, but never a secret."""
        return SENTENCES[self.kind].format(field=self.field, **self.values)

    @property
    def code(self) -> str:
        """The code that KIS is documented to answer; empty if nothing is documented."""
        if self.kind in _CODES:
            return _CODES[self.kind]
        if self.kind in _ABSENT:
            return _NOT_FOUND.get(self.field, "")
        return _INVALID.get(self.field, "")
