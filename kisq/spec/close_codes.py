"""Why a WebSocket was closed, by the code of its close frame."""

from kisq.locale.sentence import Sentence

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
