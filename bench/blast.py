"""A loopback server that sends order books as fast as one client takes them.

``python bench/blast.py COUNT [--rate N] [--keys N]`` prints its URL, serves one client until that
closes, and ends; it also ends when its time is up. It is a process of its own and sends bytes that
were framed beforehand, so that what is measured is the client.
"""

import argparse
import base64
import hashlib
import json
import signal
import socket
import struct
import time
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kisq.simulator.market import BookMaker
from kisq.spec.tables import TRS
from kisq.wire.trkey import parse_tr_key

TR_ID, TR_KEY = "HDFSASP0", "DNASAAPL"
DIFFERENT = 1000  # order books that are made; they are sent over and over
_START = datetime(2026, 7, 10, 10, 53, tzinfo=ZoneInfo("America/New_York"))
_APART = timedelta(milliseconds=20)  # so that the clock in them moves, as a busy key's does
STAMP = b"8888888"  # stands for when a message was sent, in milliseconds
STAMP_BASE = 1_000_000  # so that the stamps of a run have seven digits, as no other size has
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3
_TEXT, _CLOSE = 1, 8
_PACES = 100  # bursts a second where a rate is asked for


def messages() -> list[bytes]:
    """The order books that are sent, in order; the same in every run."""
    maker = BookMaker(TRS[TR_ID], parse_tr_key(TR_KEY), seed=1)
    return [maker.message(_START + n * _APART).encode() for n in range(DIFFERENT)]


def names(keys: int) -> list[str]:
    """So many tr_keys."""
    return [f"DNAS{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(keys)]


def stamped(keys: list[str]) -> list[bytes]:
    """An order book of each key whose sizes at level 1 are ``STAMP``, to be replaced."""
    made = []
    for key in keys:
        maker = BookMaker(TRS[TR_ID], parse_tr_key(key), seed=1)
        text = maker.message(_START)
        head, _, payload = text.rpartition("|")
        names = [field.name for field in TRS[TR_ID].fields]
        values = dict(zip(names, payload.split("^"), strict=True))
        values |= {"VBID1": STAMP.decode(), "VASK1": STAMP.decode()}
        made.append(f"{head}|{'^'.join(values.values())}".encode())
    return made


def frame(data: bytes, opcode: int = _TEXT) -> bytes:
    """``data`` as one unmasked WebSocket frame of less than 64 KiB."""
    if len(data) < 126:
        return bytes((0x80 | opcode, len(data))) + data
    return struct.pack("!BBH", 0x80 | opcode, 126, len(data)) + data


def answer(said: str, request: bytes = b"") -> bytes:
    """What KIS answers to a subscribe or unsubscribe; anything else counts as one of TR_KEY."""
    tr_key = json.loads(request)["body"]["input"]["tr_key"] if request[:1] == b"{" else TR_KEY
    session = {"iv": "0123456789abcdef", "key": "0123456789abcdef0123456789abcdef"}
    body = {"rt_cd": "0", "msg_cd": "OPSP0000", "msg1": said, "output": session}
    header = {"tr_id": TR_ID, "tr_key": tr_key, "encrypt": "N"}
    return json.dumps({"header": header, "body": body}).encode()


class Session:
    """One client, served from its handshake to its end."""

    def __init__(self, client: socket.socket, framed: list[bytes]) -> None:
        self._client, self._framed = client, framed
        self._reader = client.makefile("rb")

    def serve(self, count: int, rate: int, keys: int) -> None:
        """Shake hands, wait for any message, answer it, send ``count``, wait for the end.

        With several keys, all are waited for, and the messages say when they were sent.
        """
        self._shake_hands()
        for _ in range(keys):
            _, request = self._receive() or (0, b"")
            self._client.sendall(frame(answer("SUBSCRIBE SUCCESS", request)))
        if rate:
            self._send_paced(count, rate)
        else:
            self._send(count)
        while (received := self._receive()) and received[0] != _CLOSE:
            self._client.sendall(frame(answer("UNSUBSCRIBE SUCCESS", received[1])))
        if received:
            self._client.sendall(frame(received[1], _CLOSE))

    def _shake_hands(self) -> None:
        key = b""
        while line := self._reader.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"sec-websocket-key":
                key = value.strip()
        accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
        self._client.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )

    def _send(self, count: int) -> None:
        all_of_them = b"".join(self._framed)
        rounds, rest = divmod(count, len(self._framed))
        for _ in range(rounds):
            self._client.sendall(all_of_them)
        self._client.sendall(b"".join(self._framed[:rest]))

    def _send_paced(self, count: int, rate: int) -> None:
        burst = max(1, rate // _PACES)
        started = time.monotonic()
        for first in range(0, count, burst):
            time.sleep(max(0.0, started + first / rate - time.monotonic()))
            due = range(first, min(first + burst, count))
            burst_of = b"".join(self._framed[n % len(self._framed)] for n in due)
            stamp = STAMP_BASE + round(time.monotonic() * 1000) % STAMP_BASE
            self._client.sendall(burst_of.replace(STAMP, b"%d" % stamp))

    def _receive(self) -> tuple[int, bytes] | None:
        """Opcode and payload of the client's next frame; None where it has gone."""
        head = self._reader.read(2)
        if len(head) < 2:
            return None
        size = head[1] & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", self._reader.read(2))
        mask = self._reader.read(4)  # a client masks every frame (RFC 6455 section 5.1)
        masked = self._reader.read(size)
        return head[0] & 0x0F, bytes(b ^ mask[n % 4] for n, b in enumerate(masked))


def main() -> None:
    """Serve one client."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, help="messages to send")
    parser.add_argument("--rate", type=int, default=0, help="messages a second; 0: all at once")
    parser.add_argument("--keys", type=int, default=1, help="so many keys, with stamped books")
    parser.add_argument("--seconds", type=int, default=120, help="end after that, come what may")
    asked = parser.parse_args()
    signal.alarm(asked.seconds)
    sent = stamped(names(asked.keys)) if asked.keys > 1 else messages()
    framed = [frame(message) for message in sent]
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(f"ws://127.0.0.1:{server.getsockname()[1]}", flush=True)
        client, _ = server.accept()
    with client, suppress(ConnectionError):  # the client may go at any time
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Session(client, framed).serve(asked.count, asked.rate, asked.keys)


if __name__ == "__main__":
    main()
