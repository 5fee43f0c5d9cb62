"""Why a WebSocket was closed, by the code of its close frame."""

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
