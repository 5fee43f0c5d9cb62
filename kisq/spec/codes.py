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
    """KIS's text of a code, what it means, the next step and whether to retry."""

    text: str
    meaning: str
    next_step: str
    retry: Retry = Retry.NEVER


class KeyAdvice(NamedTuple):
    """What a code means for one kind of key, and the next step.

    ``keys`` says which kind it is and ``example`` is one of them, with its TR. ``better`` maps the
    beginning of such a key to that of the key to use in its place, ``trs`` the TR to that one's;
    both stand in ``next_step`` as {better} and {tr}.
    """

    keys: str
    example: tuple[str, str]
    better: dict[str, str]
    trs: dict[str, str]
    meaning: str
    next_step: str


_CLIENT_FAULT = "a field of the request is missing or wrong, which is a fault of the client"
_REPORT = "report it with the output of `kisq raw --json`"
_CHECK_KEY = "check market code and symbol"
_BUSY = ("the server is busy", "try again in a few minutes", Retry.LATER)


def _parsing(text: str) -> Code:
    return Code(f"JSON PARSING ERROR : {text}", _CLIENT_FAULT, _REPORT)


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
        "SUBSCRIBE ERROR : invalid tr_id", "no such TR", "check the tr_id"
    ),
    "OPSP8992": Code(
        "SUBSCRIBE ERROR : invalid tr_key", "no such key for this TR", _CHECK_KEY
    ),
    "OPSP8993": Code(
        "JSON PARSING ERROR : invalid tr_key", "the tr_key is missing or of a wrong form",
        _CHECK_KEY,
    ),
    "OPSP8994": _parsing("personalseckey not found"),
    "OPSP8995": _parsing("appsecret not found"),
    "OPSP8996": Code(
        "ALREADY IN USE appkey", "another session holds this appkey, which may have only one",
        "end the other program that uses this appkey, wait a few minutes (KIS frees the place "
        "45 to 300 s after an unclean end) and start again; a new key does not help",
    ),
    "OPSP8997": _parsing("invalid tr_type"),
    "OPSP8998": _parsing("invalid custtype"),
    "OPSP8999": Code("resource not available (ALLOC_CALL_PARAM)", *_BUSY),
    "OPSP9990": _parsing("tr_key not found"),
    "OPSP9991": _parsing("input not found"),
    "OPSP9992": _parsing("body not found"),
    "OPSP9993": Code("JSON PARSING ERROR : internal error", *_BUSY),
    "OPSP9994": Code(
        "JSON PARSING ERROR : INVALID appkey", "the appkey is not valid", "check KIS_APP_KEY"
    ),
    "OPSP9995": Code("JSON PARSING ERROR : resource not available", *_BUSY),
    "OPSP9996": _parsing("appkey not found"),
    "OPSP9997": _parsing("custtype not found"),
    "OPSP9998": _parsing("header not found"),
    "OPSP9999": _parsing("invalid json format"),
}  # fmt: skip

UNKNOWN_STEP = "look the code up in KIS's API documentation"

# Codes that mean something else for each kind of key (protocol.md section 2). The first row that
# fits counts, the last one is for what no other fits.
BY_KEY = {
    "OPSP0009": (
        KeyAdvice(
            "R + TSE HKS SHS SZS HSX HNX",
            ("HDFSASP0", "RHKS00003"),
            {f"R{code}": f"D{code}" for code in ("TSE", "HKS", "SHS", "SZS", "HSX", "HNX")},
            {"HDFSASP0": "HDFSASP1", "HDFSCNT0": "HDFSCNT0"},
            "a feed of Asia in real time that was not applied for",
            "use the D key with {tr} ({better}), which is 15 minutes late and free, or apply for "
            "the feed on HTS [7781], issue an access token after that and wait up to 2 hours",
        ),
        KeyAdvice(
            "R + BAQ BAY BAA",
            ("HDFSASP0", "RBAQAAPL"),
            {"RBAQ": "DNAS", "RBAY": "DNYS", "RBAA": "DAMS"},
            {"HDFSASP0": "HDFSASP0", "HDFSCNT0": "HDFSCNT0"},
            "this stock is not offered in the US daytime session",
            "use its D key at night: {better}",
        ),
        KeyAdvice(
            "R + NAS NYS AMS",
            ("HDFSASP0", "RNASAAPL"),
            {"RNAS": "DNAS", "RNYS": "DNYS", "RAMS": "DAMS"},
            {"HDFSASP0": "HDFSASP0", "HDFSCNT0": "HDFSCNT0"},
            "there is no such feed: the markets of the US night go with D",
            "use the D key: {better}",
        ),
        KeyAdvice(
            "any other",
            ("HDFSASP0", "DNASSPY"),
            {},
            {},
            "a wrong market or symbol",
            _CHECK_KEY,
        ),
    ),
}

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
    "EGW00115": Code("grant_type은 필수입니다.", _CLIENT_FAULT, _REPORT),
    "EGW00116": Code("지원하지 않는 grant_type입니다.", _CLIENT_FAULT, _REPORT),
    "EGW00132": Code("Content-Type이 유효하지 않습니다.", _CLIENT_FAULT, _REPORT),
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

# Why a WebSocket was closed (RFC 6455 section 7.4.1 and its registry): KIS has no codes of its own.
CLOSES = {
    1000: "a normal end: the work is done; kisq sends it when a run ends",
    1001: "the server goes away, for example to be restarted",
    1002: "a message broke the WebSocket protocol",
    1003: "a message was of a kind that is not accepted",
    1005: "the close frame held no code",
    1006: "the connection was cut without a close frame; kisq writes it where it cuts one itself",
    1007: "a message held data that do not fit its kind, such as a text that is no UTF-8",
    1008: "a message broke a rule of the server",
    1009: "a message was too big",
    1010: "the client needs an extension that the server lacks",
    1011: "an internal error of the server",
    1012: "the server restarts",
    1013: "the server is overloaded: try again later",
    1014: "a gateway had a bad answer from the server behind it",
    1015: "the TLS handshake failed",
}

IN_USE = "OPSP8996"
UNKNOWN_KEY = "OPSP0011"
# Refusals that concern the whole session, whichever request they answer.
WHOLE_SESSION = {"OPSP0010", UNKNOWN_KEY, IN_USE, "OPSP9994"}
