"""KIS's codes: the text it sends, what that means, what to do next and whether to retry.

Sources: protocol.md section 2 (OPSP, the feed) and section 1 (EGW, the approval endpoint).
"""

from enum import Enum
from typing import NamedTuple


class Retry(Enum):
    """What a client may do after a code; a retry in a loop gets an appkey blocked."""

    DONE = "nothing to retry"
    NEVER = "no"
    LATER = "later"
    NEW_KEY = "once, with a new approval key"


class Code(NamedTuple):
    """KIS's text of a code, what it means, the next step and whether to retry.

    ``field`` is the field of the request that it is about, where the client's author is to mend
    it: its path, or ``request`` for the whole.
    """

    text: str
    meaning: str
    next_step: str
    retry: Retry = Retry.NEVER
    field: str = ""


_APPROVAL_FAULT = "a field of the request is missing or wrong, which is a fault of the client"
_REPORT = "report it with the output of `kisq raw --json`"
_CHECK_KEY = "check market code and symbol"
_BUSY = ("the server is busy", "try again in a few minutes", Retry.LATER)
_SEND_APPROVAL_KEY = (
    "in your program, send the approval key as header.approval_key, and neither app key nor secret"
)


def _parsing(text: str, field: str, meaning: str, next_step: str) -> Code:
    """A fault of the program that sent the request, for its author."""
    return Code(f"JSON PARSING ERROR : {text}", meaning, next_step, Retry.NEVER, field)


OPSP = {
    "OPSP0000": Code("SUBSCRIBE SUCCESS", "subscribed", "nothing to do", Retry.DONE),
    "OPSP0001": Code("UNSUBSCRIBE SUCCESS", "unsubscribed", "nothing to do", Retry.DONE),
    "OPSP0002": Code(
        "ALREADY IN SUBSCRIBE", "subscribed before (rt_cd is 1 all the same)", "nothing to do",
        Retry.DONE,
    ),
    "OPSP0003": Code(
        "UNSUBSCRIBE ERROR (not found!)", "was not subscribed", "nothing to do", Retry.DONE
    ),
    "OPSP0007": Code("SUBSCRIBE INTERNAL ERROR", *_BUSY),
    "OPSP0008": Code(
        "MAX SUBSCRIBE OVER", "more than 41 registrations of this appkey (IRP accounts: 3)",
        "subscribe to fewer keys, or end the other subscriptions of this appkey",
    ),
    "OPSP0009": Code(
        "SUBSCRIBE ERROR : mci send failed",
        "KIS does not offer this feed, or not to this account: the kind of the key tells which",
        "do what fits the kind of the key",
    ),
    "OPSP0010": Code(
        "SUBSCRIBE WARNING : invalid appkey", "the appkey is not valid here",
        "check KIS_APP_KEY, and that KIS_ENV is the environment it was issued for",
    ),
    "OPSP0011": Code(
        "invalid approval : NOT FOUND",
        "the approval key is unknown, expired or of the other environment",
        "unset KIS_APPROVAL_KEY or renew it with `kisq approve --show`, and check KIS_ENV",
        Retry.NEW_KEY,
    ),
    "OPSP0017": Code(
        "ERROR : htsid가잘못되었습니다", "wrong HTS ID in a notice subscription",
        "give your own HTS ID as the tr_key",
    ),
    "OPSP8991": Code(
        "SUBSCRIBE ERROR : invalid tr_id", "no such TR", "check the tr_id",
        field="body.input.tr_id",
    ),
    "OPSP8992": Code(
        "SUBSCRIBE ERROR : invalid tr_key", "no such key for this TR", _CHECK_KEY,
        field="body.input.tr_key",
    ),
    "OPSP8993": _parsing(
        "invalid tr_key", "body.input.tr_key", "the tr_key is missing or of a wrong form",
        _CHECK_KEY,
    ),
    "OPSP8994": _parsing(
        "personalseckey not found", "header.approval_key",
        "KIS misses personalseckey, which no documented request of the feed has",
        _SEND_APPROVAL_KEY,
    ),
    "OPSP8995": _parsing(
        "appsecret not found", "header.approval_key",
        "KIS misses appsecret, which no documented request of the feed has", _SEND_APPROVAL_KEY,
    ),
    "OPSP8996": Code(
        "ALREADY IN USE appkey", "another session holds this appkey, which may have only one",
        "end the other program that uses this appkey, wait a few minutes (KIS frees the place "
        "45 to 300 s after an unclean end) and start again; a new key does not help",
    ),
    "OPSP8997": _parsing(
        "invalid tr_type", "header.tr_type", 'header.tr_type is neither "1" nor "2"',
        'in your program, send tr_type "1" to subscribe or "2" to unsubscribe, as text',
    ),
    "OPSP8998": _parsing(
        "invalid custtype", "header.custtype", 'header.custtype is neither "P" nor "B"',
        'in your program, send custtype "P" for a person or "B" for a corporation',
    ),
    "OPSP8999": Code("resource not available (ALLOC_CALL_PARAM)", *_BUSY),
    "OPSP9990": _parsing(
        "tr_key not found", "body.input.tr_key", "body.input.tr_key is missing",
        "in your program, send tr_key beside tr_id, in body.input",
    ),
    "OPSP9991": _parsing(
        "input not found", "body.input", "body.input is missing",
        "in your program, send body as an object that holds input, with tr_id and tr_key",
    ),
    "OPSP9992": _parsing(
        "body not found", "body", "body is missing",
        "in your program, send an object with header and body",
    ),
    "OPSP9993": Code("JSON PARSING ERROR : internal error", *_BUSY),
    "OPSP9994": Code(
        "JSON PARSING ERROR : INVALID appkey", "the appkey is not valid", "check KIS_APP_KEY",
        field="header.approval_key",
    ),
    "OPSP9995": Code("JSON PARSING ERROR : resource not available", *_BUSY),
    "OPSP9996": _parsing(
        "appkey not found", "header.approval_key", "header.approval_key is missing",
        _SEND_APPROVAL_KEY,
    ),
    "OPSP9997": _parsing(
        "custtype not found", "header.custtype", "header.custtype is missing",
        'in your program, send custtype "P" for a person or "B" for a corporation',
    ),
    "OPSP9998": _parsing(
        "header not found", "header", "header is missing",
        "in your program, send an object with header and body",
    ),
    "OPSP9999": _parsing(
        "invalid json format", "request", "the request is not JSON",
        "in your program, send JSON with double quotes, in Python json.dumps(request)",
    ),
}  # fmt: skip

UNKNOWN_STEP = "look the code up in KIS's API documentation"

_KEY_STEP = "check KIS_APP_KEY, and that KIS_ENV is the environment it was issued for"
_PASTE_STEP = "check KIS_APP_SECRET: copied whole, with no space or line break around it"

EGW = {
    "EGW00002": Code("서버 에러가 발생하였습니다.", *_BUSY),
    "EGW00003": Code("접근이 거부되었습니다.", "access denied", _KEY_STEP),
    "EGW00102": Code("AppKey는 필수입니다.", "the appkey is missing", _KEY_STEP),
    "EGW00103": Code(
        "유효하지 않은 AppKey입니다.", "the appkey is not valid in this environment", _KEY_STEP
    ),
    "EGW00104": Code("AppSecret은 필수입니다.", "the appsecret is missing", _PASTE_STEP),
    "EGW00105": Code("유효하지 않은 AppSecret입니다.", "the appsecret is not valid", _PASTE_STEP),
    "EGW00115": Code("grant_type은 필수입니다.", _APPROVAL_FAULT, _REPORT),
    "EGW00116": Code("지원하지 않는 grant_type입니다.", _APPROVAL_FAULT, _REPORT),
    "EGW00132": Code("Content-Type이 유효하지 않습니다.", _APPROVAL_FAULT, _REPORT),
    "EGW00133": Code(
        "접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)", "issued again too soon",
        "wait a minute", Retry.LATER,
    ),
    "EGW00201": Code(
        "초당 거래건수를 초과하였습니다.", "too many calls in one second",
        "wait a second and try again", Retry.LATER,
    ),
    "EGW00206": Code(
        "API 사용 권한이 없습니다.", "no permission for this API",
        "apply for the API on the KIS Developers site",
    ),
    "EGW00207": Code(
        "IP주소가 유효하지 않습니다.", "the IP address is not allowed",
        "register this machine's address on the KIS Developers site",
    ),
}  # fmt: skip

HANDSHAKE = {
    401: "KIS throttles this appkey or address after too many connects: wait ten minutes or more",
    403: "KIS throttles this appkey or address after too many connects: wait ten minutes or more",
    429: "KIS throttles this appkey or address after too many connects: wait ten minutes or more",
    500: "KIS throttles this appkey or address, or is in trouble: wait ten minutes or more",
    502: "the server is in trouble, or KIS throttles: wait ten minutes or more",
    503: "the server is in trouble, or KIS throttles: wait ten minutes or more",
    504: "the server is in trouble, or KIS throttles: wait ten minutes or more",
}

IN_USE = "OPSP8996"
UNKNOWN_KEY = "OPSP0011"
# Refusals that concern the whole session, whichever request they answer.
WHOLE_SESSION = {"OPSP0010", UNKNOWN_KEY, IN_USE, "OPSP9994"}
