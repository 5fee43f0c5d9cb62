"""What a tap says of a program: each sentence is one template, with its next step."""

from kisq.locale.sentence import Plural, Sentence

WRONG_REQUEST = Sentence(
    "the program sent a wrong request: {fault}; KIS is documented to answer {code}; send this: "
    "{right}"
)
WRONG_REQUEST_WITHOUT_CODE = Sentence(
    "the program sent a wrong request: {fault}; KIS is not known to report it; send this: {right}"
)
ANOTHER_MARKET = Sentence(
    "KIS's symbol files do not have {tr_id} {tr_key}, but its symbol as {keys}: let the program "
    "send the one that it means, because KIS accepts a wrong market and then sends nothing"
)
PINGPONG_LATE = Sentence(
    "the program answered a PINGPONG after {seconds:.1f} s: let it answer at once, whatever "
    "else it does, because KIS ends a session about 100 s after one that is not answered"
)
PINGPONG_ODD = Sentence(
    "the program answers PINGPONG with {form}, but KIS is only known to accept two forms: send its "
    "text back as it came, or a PONG frame that holds that text"
)
PINGPONG_UNANSWERED = Sentence(
    "the program has not answered a PINGPONG for {seconds:.0f} s, and KIS ends a session about "
    "100 s after it: send its text back as it came, or a PONG frame that holds that text"
)
REFUSAL_OVERLOOKED = Sentence(
    "KIS refused {tr_id} {tr_key} {seconds:.0f} s ago with {code} {text}, and the program has sent "
    "no request for it since, so it may have overlooked that: {next_step}"
)
UNSUBSCRIBED = Sentence(
    "the program unsubscribed {tr_id} {tr_key} {seconds:.1f} s after it had subscribed, so nothing "
    "comes for it any more: find out what sends tr_type 2"
)
TOO_MANY = Sentence(
    "{tr_id} {tr_key} is registration {number} of this session, and KIS allows {most} for an "
    "appkey (IRP accounts: 3): let the program unsubscribe another key first"
)
TOO_FAST = Sentence(
    "the program sent two requests within {milliseconds:.0f} ms, but KIS wants 50 to 100 ms "
    "between them: let it wait that long after each"
)
CONNECTS = Sentence(
    "the program connects for the third time within {seconds:.0f} s, and KIS blocks an appkey or "
    "an address for such loops: let it wait before each new connection, 1, 2, 4 and up to 30 s"
)
SILENT = Sentence(
    "{tr_id} {tr_key} was accepted {seconds:.0f} s ago, and nothing has come for it. {reason} "
    "{next_step}"
)
SURPLUS = Plural(
    "a record of {tr_id} has {fields} fields, {number} more than the {width} that are known: let "
    "the program take the known ones from the front and ignore the rest, because KIS adds "
    "fields without warning",
    "a record of {tr_id} has {fields} fields, {number} more than the {width} that are known: let "
    "the program take the known ones from the front and ignore the rest, because KIS adds "
    "fields without warning",
)
SEVERAL_RECORDS = Sentence(
    "a message of {tr_id} holds {records} records of {fields} fields, joined without a separator: "
    "let the program read all of them, as many parsers overlook all but the first"
)
HALF_OPEN = Sentence(
    "nothing has come from KIS for {seconds:.0f} s, not even a PINGPONG, so the connection is "
    "probably dead: let the program close it and connect again, and watch for such silence itself"
)
NOT_THE_SAME_TEXT = Sentence("a PONG frame that holds something else")
PING_FRAME = Sentence("a PING frame")
OWN_TEXT = Sentence("a text of its own")
