"""The limits to compare with: ``python bench/clients.py loop|socket URL COUNT``.

``loop`` is the least that a program on websocket-client can do, ``socket`` the least that any
program can do: it only counts the bytes.
"""

import sys
from urllib.parse import urlsplit

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


if __name__ == "__main__":
    {"loop": loop, "socket": bare_socket}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
