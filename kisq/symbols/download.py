"""One symbol file over HTTPS: no more of it than an honest one has, and only from one host."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from kisq.errors import ConnectionFailed
from kisq.spec.symbol_files import SymbolFile
from kisq.symbols.archive import MOST_PACKED, TOO_LARGE, mebibytes
from kisq.symbols.parse import UnusableFile

if TYPE_CHECKING:
    from requests import Response

_CONNECT_SECONDS, _READ_SECONDS = 5.0, 10.0
_FILE_SECONDS = 60.0  # for all of one file, however slowly its bytes come
_CHUNK = 64 * 1024
_OK = 200

_STATUS = "the server answers with HTTP {status}"
_CERTIFICATE = "the certificate of the server is not valid, so nothing was taken from it"
_CERTIFICATE_STEP = (
    "check the clock and the proxy, name the certificates to trust in REQUESTS_CA_BUNDLE, or name "
    "another server that has the files in KIS_MASTER_URL"
)
_TOO_SLOW = "it was not there after {seconds:.0f} s"
_UNREACHABLE = "the server cannot be reached"
_STEP = "check the network and KIS_MASTER_URL"
_LATER = "try again later"


class Unavailable(ConnectionFailed):
    """A file that cannot be had; ``of_all`` says that none can be had from there."""

    def __init__(self, url: str, happened: str, next_step: str, *, of_all: bool = False) -> None:
        self.of_all = of_all
        super().__init__(url, happened, next_step)


class Server(NamedTuple):
    """Where the files are, and how it is reached.

    ``trusted`` and ``proxies`` are as requests takes them; ``base`` is a URL without a slash at its
    end.
    """

    base: str
    trusted: bool | str = True
    proxies: dict[str, str] = {}  # noqa: RUF012 - nobody changes it

    def url(self, file: SymbolFile) -> str:
        """The URL of a file."""
        return self.base + file.path


def download(server: Server, file: SymbolFile, goes_on: Callable[[], bool]) -> bytes:
    """The bytes of a file, as long as it ``goes_on``.

    Raises Unavailable where it cannot be had, UnusableFile where it is too large. A redirect is not
    followed.
    """
    import requests  # costs a tenth of a second
    from urllib3.exceptions import HTTPError

    url = server.url(file)
    try:
        with requests.Session() as session:
            session.trust_env = False  # proxies and certificates are given
            session.get_redirect_target = lambda _: None  # type: ignore[assignment]
            with session.get(
                url,
                proxies=server.proxies,
                verify=server.trusted,
                headers={"accept-encoding": "identity"},
                timeout=(_CONNECT_SECONDS, _READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                return _body(url, response, goes_on)
    except requests.exceptions.SSLError:
        raise Unavailable(url, _CERTIFICATE, _CERTIFICATE_STEP, of_all=True) from None
    except (requests.ConnectionError, requests.ConnectTimeout):
        raise Unavailable(url, _UNREACHABLE, _STEP, of_all=True) from None
    except (requests.RequestException, HTTPError, OSError, ValueError):
        raise Unavailable(url, _UNREACHABLE, _STEP) from None


def _body(url: str, response: "Response", goes_on: Callable[[], bool]) -> bytes:
    if response.status_code != _OK:
        raise Unavailable(url, _STATUS.format(status=response.status_code), _LATER)
    until, body = time.monotonic() + _FILE_SECONDS, bytearray()
    while goes_on():
        data = response.raw.read(_CHUNK, decode_content=False)
        if not data:
            return bytes(body)
        body += data
        if len(body) > MOST_PACKED:
            raise UnusableFile(TOO_LARGE.format(most=mebibytes(MOST_PACKED)))
        if time.monotonic() > until:
            break
    raise Unavailable(url, _TOO_SLOW.format(seconds=_FILE_SECONDS), _LATER)
