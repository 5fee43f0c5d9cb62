"""What is known of a silent key of a live session: KIS's files, and a control key."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kisq.cli.context import warn
from kisq.cli.symbol_store import kept_store, old, server_of, update
from kisq.errors import KisqError
from kisq.feed.controlled import ControlledFeed
from kisq.output.notices import Notices
from kisq.settings import Settings
from kisq.spec.symbol_files import files_of
from kisq.symbols.place import store_path
from kisq.wire.control_key import control_key, is_same_session, stock_key
from kisq.wire.key_parts import TrKey
from kisq.wire.messages import Key

if TYPE_CHECKING:  # most runs need none of them
    from kisq.reasons.evidence import Control, Evidence
    from kisq.symbols.facts import SymbolFacts

_DOWNLOAD_SECONDS = 5.0  # of one file, once a check


def no_file(_: Key) -> None:
    """Download nothing: only the files that are kept count."""


class KeyEvidence:
    """What is known of the silent keys of ``feed``; each is looked up once.

    ``fetch`` may bring the files of a key up to date before that.
    """

    def __init__(
        self, feed: ControlledFeed, notices: Notices, fetch: Callable[[Key], None] = no_file
    ) -> None:
        self._feed = feed
        self._notices = notices
        self._fetch = fetch
        self._facts: dict[Key, SymbolFacts | None] = {}

    def of(self, key: Key) -> "Evidence":
        """What is known of ``key``, for which nothing came."""
        from kisq.reasons.evidence import Evidence

        if key not in self._facts:
            self._fetch(key)
            self._facts[key] = self._look_up(key)
        return Evidence(self._facts[key], self._control(key))

    def _look_up(self, key: Key) -> "SymbolFacts | None":
        store = kept_store(self._notices)
        if store is None:
            return None
        from kisq.symbols.facts import facts_of

        with store:
            return facts_of(store, *key)

    def _control(self, key: Key) -> "Control | None":
        """The control key, if it goes with ``key``, and whether it ticked."""
        if self._feed.control is None:
            return None
        control, ticked, seconds = self._feed.control
        parsed = stock_key(*control)
        if parsed is None or not is_same_session(key, control):
            return None
        from kisq.reasons.evidence import Control

        return Control(parsed, ticked, seconds=seconds)


class OneFile:
    """Brings the file of the first silent key's market up to date, and no other."""

    def __init__(self, settings: Settings, notices: Notices) -> None:
        self._settings = settings
        self._notices = notices
        self._done = False

    def fetch(self, key: Key) -> None:
        """Bring the file of ``key`` up to date, if its market is open and none was fetched yet."""
        parsed = stock_key(*key)
        if self._done or parsed is None or not _is_open(parsed):
            return
        self._done = True
        try:
            self._bring_up_to_date(parsed.market.code)
        except KisqError as error:  # it could only have told more
            warn(self._notices, error.text)

    def _bring_up_to_date(self, market: str) -> None:
        from kisq.symbols.store import Store

        with Store(store_path()) as store:
            wanted = old(store, files_of(market))[:1]
            if wanted:
                server = server_of(self._settings)
                update(store, server, wanted, self._notices, _DOWNLOAD_SECONDS)


def _is_open(key: TrKey) -> bool:
    """Whether the market of a key is open now, as far as is known."""
    from kisq.hours.clock import key_status
    from kisq.hours.holidays import calendar_of
    from kisq.now import now

    return key_status(key, now(), calendar_of(key.market)).is_open


def control_for(key: Key, asked: list[Key], ticking: list[Key]) -> Key | None:
    """The control key for a silent one; None where it would tell nothing new.

    That is where another key of its session ticks, or its market is closed.
    """
    parsed = stock_key(*key)
    if parsed is None or not _is_open(parsed):
        return None
    if any(is_same_session(key, other) for other in ticking):
        return None
    return control_key(key, asked)
