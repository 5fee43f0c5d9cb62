"""The names of the symbols of a run, as far as they are kept; each is looked up once."""

from kisq.cli.symbol_store import kept_store
from kisq.locale.sentence import translated
from kisq.output.notices import Notices
from kisq.symbols.listing import Listing
from kisq.wire.messages import Key

_NAMED = "{name} {currency}"


class ListingNames:
    """The listings of keys, from KIS's files that are kept."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices
        self._listings: dict[Key, Listing | None] = {}

    def listing(self, key: Key) -> Listing | None:
        """The listing of a key; None where it is not known."""
        if key not in self._listings:
            self._listings[key] = self._look_up(key)
        return self._listings[key]

    def name(self, key: Key) -> str:
        """Its name with its currency; empty where they are not known."""
        listing = self.listing(key)
        if listing is None:
            return ""
        return _NAMED.format(name=translated(listing.name), currency=listing.currency)

    def _look_up(self, key: Key) -> Listing | None:
        store = kept_store(self._notices)
        if store is None:
            return None
        from kisq.symbols.facts import facts_of
        from kisq.symbols.store import StoreFault

        with store:
            try:
                facts = facts_of(store, *key)
            except StoreFault:  # already reported, if it was broken when it was opened
                return None
        if facts is None:
            return None
        return facts.listing
