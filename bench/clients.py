"""What to compare with: ``python bench/clients.py KIND URL COUNT``, the KINDs see below.

``loop`` is the least that a program on websocket-client can do, ``socket`` the least that any
program can do: it only counts the bytes. The other two receive like the loop and decode as others
do; of each book, they print the best prices. ``bare`` is the least that a program can do to show
books: it gets an approval key, subscribes and prints what follows the answer. It takes the approval
server and its account from the environment, under kisq's own names.
"""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import websocket

TR_ID, TR_KEY = "HDFSASP0", "DNASAAPL"
_CHUNK = 64 * 1024
_HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
_HELLO = b"\x81\x82\0\0\0\0hi"  # a text message, masked with zeros


def loop(url: str, count: int) -> None:
    """Print the answer to the first message and ``count`` messages."""
    import websocket

    ws = websocket.create_connection(url, skip_utf8_validation=True)
    ws.send("hi")
    for _ in range(count + 1):
        print(ws.recv())
    ws.close()


def bare_socket(url: str, count: int) -> None:
    """Count ``count`` bytes, whatever they are, after the answer to the handshake."""
    import socket

    at = urlsplit(url)
    with socket.create_connection((at.hostname, at.port)) as sock:
        sock.sendall(_HANDSHAKE)
        reply = sock.recv(_CHUNK)
        assert reply.endswith(b"\r\n\r\n"), reply
        sock.sendall(_HELLO)
        received = 0
        while received < count and (chunk := sock.recv(_CHUNK)):
            received += len(chunk)
    print(received)


def official(url: str, count: int) -> None:
    """Decode each message as KIS's own Python sample does: a table of pandas for each."""
    from io import StringIO

    import pandas as pd
    import websocket

    from kisq.spec.tables import TRS

    columns = [field.name for field in TRS[TR_ID].fields]

    def best(payload: str) -> tuple[str, str]:
        table = pd.read_csv(StringIO(payload), header=None, sep="^", names=columns, dtype=object)
        return table["PBID1"][0], table["PASK1"][0]

    _print_best(websocket.create_connection(url, skip_utf8_validation=True), count, best)


def python_kis(url: str, count: int) -> None:
    """Decode each message with the decoder of python-kis."""
    import websocket
    from pykis.api.websocket import WEBSOCKET_RESPONSES_MAP
    from pykis.responses.websocket import KisWebsocketResponse

    def best(payload: str) -> tuple[object, object]:
        (book,) = KisWebsocketResponse.parse(
            payload, count=1, response_type=WEBSOCKET_RESPONSES_MAP[TR_ID]
        )
        return book.bids[0].price, book.asks[0].price

    _print_best(websocket.create_connection(url, skip_utf8_validation=True), count, best)


def bare(url: str, count: int) -> None:
    """Get an approval key, subscribe, print ``count`` messages."""
    import json

    import requests
    import websocket

    secrets = {"appkey": os.environ["KIS_APP_KEY"], "secretkey": os.environ["KIS_APP_SECRET"]}
    reply = requests.post(
        f"{os.environ['KIS_REST_URL']}/oauth2/Approval",
        json={"grant_type": "client_credentials", **secrets},
        timeout=10,
    )
    header = {"approval_key": reply.json()["approval_key"], "custtype": "P", "tr_type": "1"}
    asked = {"tr_id": TR_ID, "tr_key": TR_KEY}
    request = {"header": header | {"content-type": "utf-8"}, "body": {"input": asked}}
    ws = websocket.create_connection(url, skip_utf8_validation=True)
    ws.send(json.dumps(request))
    ws.recv()
    for _ in range(count):
        print(ws.recv(), flush=True)
    ws.close()


def _print_best(ws: "websocket.WebSocket", count: int, best: Callable[[str], object]) -> None:
    """Print the best bid and ask of ``count`` messages after the answer to the first one."""
    ws.send("hi")
    ws.recv()
    for _ in range(count):
        bid, ask = best(ws.recv().split("|", 3)[3])
        print(TR_KEY, "bid", bid, "ask", ask)
    ws.close()


CLIENTS = {
    "loop": loop,
    "socket": bare_socket,
    "bare": bare,
    "official": official,
    "python-kis": python_kis,
}

if __name__ == "__main__":
    CLIENTS[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
