"""Codes of the approval endpoint, HTTP statuses of the handshake, and codes of close frames.

The first two come with the next step.

Sources: protocol.md section 1 (EGW) and section 2 (the handshake).
"""

from kisq.locale.sentence import Sentence
from kisq.spec.codes import BUSY, CHECK_APP_KEY, Code, Retry

_APPROVAL_FAULT = Sentence("a field of the request is missing or wrong: a bug in the client")
_REPORT = Sentence("report it with the output of `kisq raw --json`")
_CHECK_SECRET = Sentence(
    "check KIS_APP_SECRET: it must be complete, with no space or line break around it"
)

EGW = {
    "EGW00002": Code("서버 에러가 발생하였습니다.", *BUSY),
    "EGW00003": Code("접근이 거부되었습니다.", Sentence("access denied"), CHECK_APP_KEY),
    "EGW00102": Code("AppKey는 필수입니다.", Sentence("the appkey is missing"), CHECK_APP_KEY),
    "EGW00103": Code(
        "유효하지 않은 AppKey입니다.",
        Sentence("the appkey is not valid in this environment"),
        CHECK_APP_KEY,
    ),
    "EGW00104": Code(
        "AppSecret은 필수입니다.", Sentence("the appsecret is missing"), _CHECK_SECRET
    ),
    "EGW00105": Code(
        "유효하지 않은 AppSecret입니다.", Sentence("the appsecret is not valid"), _CHECK_SECRET
    ),
    "EGW00115": Code("grant_type은 필수입니다.", _APPROVAL_FAULT, _REPORT),
    "EGW00116": Code("지원하지 않는 grant_type입니다.", _APPROVAL_FAULT, _REPORT),
    "EGW00132": Code("Content-Type이 유효하지 않습니다.", _APPROVAL_FAULT, _REPORT),
    "EGW00133": Code(
        "접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)",
        Sentence("issued again too soon"),
        Sentence("wait a minute"),
        Retry.LATER,
    ),
    "EGW00201": Code(
        "초당 거래건수를 초과하였습니다.",
        Sentence("too many calls in one second"),
        Sentence("wait a second and try again"),
        Retry.LATER,
    ),
    "EGW00206": Code(
        "API 사용 권한이 없습니다.",
        Sentence("no permission for this API"),
        Sentence("apply for the API on the KIS Developers site"),
    ),
    "EGW00207": Code(
        "IP주소가 유효하지 않습니다.",
        Sentence("the IP address is not allowed"),
        Sentence("register this machine's address on the KIS Developers site"),
    ),
}

_THROTTLED = Sentence(
    "KIS throttles this appkey or address after too many connects: wait ten minutes or more"
)
_THROTTLED_OR_IN_TROUBLE = Sentence(
    "KIS throttles this appkey or address, or is in trouble: wait ten minutes or more"
)
_IN_TROUBLE = Sentence("the server is in trouble, or KIS throttles: wait ten minutes or more")
HANDSHAKE = {
    401: _THROTTLED,
    403: _THROTTLED,
    429: _THROTTLED,
    500: _THROTTLED_OR_IN_TROUBLE,
    502: _IN_TROUBLE,
    503: _IN_TROUBLE,
    504: _IN_TROUBLE,
}


# RFC 6455 section 7.4.1 and its registry; KIS has no codes of its own.
CLOSES = {
    1000: Sentence("a normal end: the work is done; kisq sends it at the end of a run"),
    1001: Sentence("the server is going away, for example to restart"),
    1002: Sentence("a message broke the WebSocket protocol"),
    1003: Sentence("a message was of an unacceptable kind"),
    1005: Sentence("the close frame had no code"),
    1006: Sentence(
        "the connection was cut without a close frame; kisq writes this code if it cut it itself"
    ),
    1007: Sentence(
        "a message held data that do not fit its kind, such as text that is not valid UTF-8"
    ),
    1008: Sentence("a message broke a rule of the server"),
    1009: Sentence("a message was too big"),
    1010: Sentence("the client needs an extension that the server lacks"),
    1011: Sentence("an internal error of the server"),
    1012: Sentence("the server is restarting"),
    1013: Sentence("the server is overloaded: try again later"),
    1014: Sentence("a gateway got a bad response from the server behind it"),
    1015: Sentence("the TLS handshake failed"),
}
