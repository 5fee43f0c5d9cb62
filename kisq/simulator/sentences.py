"""What the simulator tells of its clients."""

from kisq.locale.sentence import Sentence

# What is told with --verbose; ``client`` is the number of the connection.
CONNECTS = Sentence("client {client} connects")
CLOSES = Sentence("client {client} closes")
GONE = Sentence("client {client} is gone")
SENT = Sentence("client {client} sent {text}")
IS_SENT = Sentence("client {client} is sent {text}")
FAULTY = Sentence("client {client} sent a faulty request: {fault}")
ANSWERS_WITH_PONG = Sentence("client {client} answers PINGPONG with a PONG frame")
ANSWERS_WITH_PING = Sentence("client {client} answers PINGPONG with a PING frame")
UNANSWERED = Sentence("client {client} did not answer PINGPONG: its connection is cut")
HELD = Sentence(
    "client {client} left without a close frame: its appkey stays taken for {seconds:g} s"
)
# What is told in any case.
UNKNOWN_SYMBOL = Sentence(
    "nothing will come for {tr_id} {tr_key}: like KIS, the simulator accepts a symbol that it does "
    "not know, and stays silent"
)
NO_NOTICES = Sentence(
    "no notices of {tr_id} are sent: to encrypt them the package cryptography is needed "
    "(pip install cryptography)"
)
