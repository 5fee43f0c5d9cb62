"""KIS's codes of the feed: the text it sends, what that means, what to do next, whether to retry.

Source: protocol.md section 2.
"""

from enum import Enum
from typing import NamedTuple

from kisq.locale.sentence import Sentence


class Retry(Enum):
    """Whether a client may retry after a code; retrying in a loop gets an appkey blocked."""

    DONE = Sentence("nothing to retry")
    NEVER = Sentence("no")
    LATER = Sentence("later")
    NEW_KEY = Sentence("once, with a new approval key")


class Code(NamedTuple):
    """KIS's text for a code, what it means, the next step and whether to retry.

    ``field`` is the field of the request to be fixed by the client's author: its path, or
    ``request`` for the whole request; empty if the request is not at fault.
    """

    text: str
    meaning: Sentence
    next_step: Sentence
    retry: Retry = Retry.NEVER
    field: str = ""


_NOTHING_TO_DO = Sentence("nothing to do")
_CHECK_KEY = Sentence("check the market code and the symbol")
CHECK_APP_KEY = Sentence("check KIS_APP_KEY, and that KIS_ENV is the environment it was issued for")
BUSY = (Sentence("the server is busy"), Sentence("try again in a few minutes"), Retry.LATER)
_SEND_APPROVAL_KEY = Sentence(
    "in your program, send the approval key as header.approval_key, not the app key or app secret"
)


def _parsing(text: str, field: str, meaning: Sentence, next_step: Sentence) -> Code:
    """A fault of the program that sent the request, to be fixed by its author."""
    return Code(f"JSON PARSING ERROR : {text}", meaning, next_step, Retry.NEVER, field)


OPSP = {
    "OPSP0000": Code("SUBSCRIBE SUCCESS", Sentence("subscribed"), _NOTHING_TO_DO, Retry.DONE),
    "OPSP0001": Code("UNSUBSCRIBE SUCCESS", Sentence("unsubscribed"), _NOTHING_TO_DO, Retry.DONE),
    "OPSP0002": Code(
        "ALREADY IN SUBSCRIBE",
        Sentence("already subscribed (rt_cd is 1, but nothing is wrong)"),
        _NOTHING_TO_DO,
        Retry.DONE,
    ),
    "OPSP0003": Code(
        "UNSUBSCRIBE ERROR (not found!)",
        Sentence("was not subscribed"),
        _NOTHING_TO_DO,
        Retry.DONE,
    ),
    "OPSP0007": Code("SUBSCRIBE INTERNAL ERROR", *BUSY),
    "OPSP0008": Code(
        "MAX SUBSCRIBE OVER",
        Sentence("more than 41 registrations of this appkey (IRP accounts: 3)"),
        Sentence("subscribe to fewer keys, or end the other subscriptions of this appkey"),
    ),
    "OPSP0009": Code(
        "SUBSCRIBE ERROR : mci send failed",
        Sentence(
            "KIS does not offer this feed, or not to this account; which of the two depends on the "
            "kind of key"
        ),
        Sentence("follow the advice for this kind of key"),
    ),
    "OPSP0010": Code(
        "SUBSCRIBE WARNING : invalid appkey",
        Sentence("the appkey is not valid here"),
        CHECK_APP_KEY,
    ),
    "OPSP0011": Code(
        "invalid approval : NOT FOUND",
        Sentence("the approval key is unknown, expired or from the other environment"),
        Sentence(
            "unset KIS_APPROVAL_KEY or renew it with `kisq approve --show`, and check KIS_ENV"
        ),
        Retry.NEW_KEY,
    ),
    "OPSP0017": Code(
        "ERROR : htsid가잘못되었습니다",
        Sentence("wrong HTS ID in a notice subscription"),
        Sentence("give your own HTS ID as the tr_key"),
    ),
    "OPSP8991": Code(
        "SUBSCRIBE ERROR : invalid tr_id",
        Sentence("no such TR"),
        Sentence("check the tr_id"),
        field="body.input.tr_id",
    ),
    "OPSP8992": Code(
        "SUBSCRIBE ERROR : invalid tr_key",
        Sentence("no such key for this TR"),
        _CHECK_KEY,
        field="body.input.tr_key",
    ),
    "OPSP8993": _parsing(
        "invalid tr_key",
        "body.input.tr_key",
        Sentence("the tr_key is missing or malformed"),
        _CHECK_KEY,
    ),
    "OPSP8994": _parsing(
        "personalseckey not found",
        "header.approval_key",
        Sentence("KIS expects personalseckey, which no documented request to the feed has"),
        _SEND_APPROVAL_KEY,
    ),
    "OPSP8995": _parsing(
        "appsecret not found",
        "header.approval_key",
        Sentence("KIS expects appsecret, which no documented request to the feed has"),
        _SEND_APPROVAL_KEY,
    ),
    "OPSP8996": Code(
        "ALREADY IN USE appkey",
        Sentence("another session holds this appkey, which may have only one"),
        Sentence(
            "end the other program that uses this appkey, wait a few minutes (KIS frees the slot "
            "45 to 300 s after an unclean end) and start again; a new key does not help"
        ),
    ),
    "OPSP8997": _parsing(
        "invalid tr_type",
        "header.tr_type",
        Sentence('header.tr_type is neither "1" nor "2"'),
        Sentence('in your program, send tr_type "1" to subscribe or "2" to unsubscribe, as text'),
    ),
    "OPSP8998": _parsing(
        "invalid custtype",
        "header.custtype",
        Sentence('header.custtype is neither "P" nor "B"'),
        Sentence('in your program, send custtype "P" for a person or "B" for a corporation'),
    ),
    "OPSP8999": Code("resource not available (ALLOC_CALL_PARAM)", *BUSY),
    "OPSP9990": _parsing(
        "tr_key not found",
        "body.input.tr_key",
        Sentence("body.input.tr_key is missing"),
        Sentence("in your program, send tr_key beside tr_id, in body.input"),
    ),
    "OPSP9991": _parsing(
        "input not found",
        "body.input",
        Sentence("body.input is missing"),
        Sentence("in your program, send body as an object with input, which has tr_id and tr_key"),
    ),
    "OPSP9992": _parsing(
        "body not found",
        "body",
        Sentence("body is missing"),
        Sentence("in your program, send an object with header and body"),
    ),
    "OPSP9993": Code("JSON PARSING ERROR : internal error", *BUSY),
    "OPSP9994": Code(
        "JSON PARSING ERROR : INVALID appkey",
        Sentence("the appkey is not valid"),
        Sentence("check KIS_APP_KEY"),
        field="header.approval_key",
    ),
    "OPSP9995": Code("JSON PARSING ERROR : resource not available", *BUSY),
    "OPSP9996": _parsing(
        "appkey not found",
        "header.approval_key",
        Sentence("header.approval_key is missing"),
        _SEND_APPROVAL_KEY,
    ),
    "OPSP9997": _parsing(
        "custtype not found",
        "header.custtype",
        Sentence("header.custtype is missing"),
        Sentence('in your program, send custtype "P" for a person or "B" for a corporation'),
    ),
    "OPSP9998": _parsing(
        "header not found",
        "header",
        Sentence("header is missing"),
        Sentence("in your program, send an object with header and body"),
    ),
    "OPSP9999": _parsing(
        "invalid json format",
        "request",
        Sentence("the request is not JSON"),
        Sentence("in your program, send JSON with double quotes, in Python json.dumps(request)"),
    ),
}

UNKNOWN_STEP = Sentence("look the code up in KIS's API documentation")

IN_USE = "OPSP8996"
UNKNOWN_KEY = "OPSP0011"
# Refusals that concern the whole session, whichever request they answer.
WHOLE_SESSION = {"OPSP0010", UNKNOWN_KEY, IN_USE, "OPSP9994"}
