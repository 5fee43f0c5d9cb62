"""What a tap says of a program: one whole template a sentence, each with its next step."""

from kisq.locale.sentence import Plural

WRONG_REQUEST = (
    "the program sent a request that is not right: {fault}; KIS is documented to answer {code}; "
    "send this: {right}"
)
WRONG_REQUEST_WITHOUT_CODE = (
    "the program sent a request that is not right: {fault}; KIS is not known to say so; send this: "
    "{right}"
)
ANOTHER_MARKET = (
    "KIS's symbol files do not have {tr_id} {tr_key}, but its symbol as {keys}: let the program "
    "send what it means of these, for KIS accepts a wrong market and then sends nothing"
)
PINGPONG_LATE = (
    "the program answered a PINGPONG after {seconds:.1f} s: let it answer at once, beside its "
    "other work, for KIS ends a session about 100 s after one that is not answered"
)
PINGPONG_ODD = (
    "the program answers PINGPONG with {form}, and KIS is known to take two forms: send its text "
    "back as it came, or a PONG frame that holds that text"
)
PINGPONG_UNANSWERED = (
    "the program has not answered a PINGPONG for {seconds:.0f} s, and KIS ends a session about "
    "100 s after it: send its text back as it came, or a PONG frame that holds that text"
)
REFUSAL_OVERLOOKED = (
    "KIS refused {tr_id} {tr_key} {seconds:.0f} s ago with {code} {text}, and the program has sent "
    "no request for it since, so it may have overlooked that: {next_step}"
)
UNSUBSCRIBED = (
    "the program unsubscribed {tr_id} {tr_key} {seconds:.1f} s after it had subscribed, so nothing "
    "comes of it any more: look for what sends tr_type 2"
)
TOO_MANY = (
    "{tr_id} {tr_key} is registration {number} of this session, and KIS allows {most} for an "
    "appkey (IRP accounts: 3): let the program unsubscribe another key first"
)
TOO_FAST = (
    "the program sent two requests within {milliseconds:.0f} ms, and KIS wants 50 to 100 ms "
    "between them: let it wait that long after each"
)
CONNECTS = (
    "the program connects for the third time within {seconds:.0f} s, and KIS blocks an appkey or "
    "an address for such loops: let it wait before each new connection, 1, 2, 4 and up to 30 s"
)
SILENT = (
    "{tr_id} {tr_key} was accepted {seconds:.0f} s ago, and nothing has come of it. {reason} "
    "{next_step}"
)
SURPLUS = Plural(
    "a record of {tr_id} has {fields} fields, {number} more than the {width} that are known: let "
    "the program take the known ones from the front and ignore the rest, for KIS adds fields "
    "without warning",
    "a record of {tr_id} has {fields} fields, {number} more than the {width} that are known: let "
    "the program take the known ones from the front and ignore the rest, for KIS adds fields "
    "without warning",
)
SEVERAL_RECORDS = (
    "a message of {tr_id} holds {records} records of {fields} fields, joined without a separator: "
    "let the program read all of them, for many parsers overlook all but the first"
)
HALF_OPEN = (
    "nothing has come from KIS for {seconds:.0f} s, not even a PINGPONG, so the connection is "
    "probably dead: let the program close it and connect again, and watch for such silence itself"
)
NOT_THE_SAME_TEXT = "a PONG frame that holds something else"
PING_FRAME = "a PING frame"
OWN_TEXT = "a text of its own"
