"""Downloads one symbol file over HTTPS, up to a limit and from one host only."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from kisq.errors import ConnectionFailed
from kisq.locale.sentence import Sentence
from kisq.spec.symbol_files import SymbolFile
from kisq.symbols.archive import MOST_PACKED, TOO_LARGE, mebibytes
from kisq.symbols.parse import UnusableFile

if TYPE_CHECKING:
    from requests import Response

_CONNECT_SECONDS = 5.0
_READ_SECONDS = 10.0
_CHUNK = 64 * 1024
_OK = 200

_STATUS = Sentence("the server answers with HTTP {status}")
_CERTIFICATE = Sentence("the server's certificate is not valid, so nothing was downloaded")
_CERTIFICATE_STEP = Sentence(
    "check the clock and the proxy, name the certificates to trust in REQUESTS_CA_BUNDLE, or set "
    "KIS_MASTER_URL to another server that has the files"
)
_GIVEN_UP = Sentence("the download was abandoned")
_UNREACHABLE = Sentence("the server cannot be reached")
_STEP = Sentence("check the network and KIS_MASTER_URL")
_LATER = Sentence("try again later")


class Unavailable(ConnectionFailed):
    """A file cannot be downloaded; ``of_all`` tells whether the same is true of all files."""

    def __init__(
        self, url: str, happened: Sentence, next_step: Sentence, *, of_all: bool = False
    ) -> None:
        self.of_all = of_all
        super().__init__(url, happened, next_step)


class Server(NamedTuple):
    """Where the files are, and how to reach it.

    ``trusted`` and ``proxies`` are as requests expects them; ``base`` is a URL without a slash at
    the end.
    """

    base: str
    trusted: bool | str = True
    proxies: dict[str, str] = {}  # noqa: RUF012 - nobody changes it

    def url(self, file: SymbolFile) -> str:
        """The URL of a file."""
        return self.base + file.path


def download(server: Server, file: SymbolFile, goes_on: Callable[[], bool]) -> bytes:
    """The bytes of a file, as long as ``goes_on`` says so.

    Raises Unavailable if it cannot be downloaded, UnusableFile if it is too large. Redirects are
    not followed.
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
    body = bytearray()
    while goes_on():
        data = response.raw.read(_CHUNK, decode_content=False)
        if not data:
            return bytes(body)
        body += data
        if len(body) > MOST_PACKED:
            raise UnusableFile(TOO_LARGE.format(most=mebibytes(MOST_PACKED)))
    raise Unavailable(url, _GIVEN_UP, _LATER)
