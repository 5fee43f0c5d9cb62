"""Names and codes in place of keys, and keys that KIS lists elsewhere: by its files.

Nothing is downloaded here, and nothing is looked at where no symbols are kept.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kisq.cli.context import warn
from kisq.errors import WrongKey, WrongUsage
from kisq.locale.sentence import Sentence
from kisq.output.notices import Notices
from kisq.spec.tables import TRS
from kisq.wire.key_parts import TrKey
from kisq.wire.messages import Key
from kisq.wire.pasted import tidy
from kisq.wire.trkey import parse_tr_key

if TYPE_CHECKING:
    from kisq.symbols.facts import SymbolFacts
    from kisq.symbols.listing import Listing
    from kisq.symbols.store import Store

_MOST_NAMED = 8  # of listings that a name may mean
_KRX = "krx"
_TAKEN = Sentence("{text!r} is taken for {key} ({kind}): {name}")
_SEVERAL = Sentence("{place}{text!r} matches several listings: {keys}; name one of these keys")
_MANY = Sentence(
    "{place}{text!r} matches {number} listings, among them {keys}; name one of these keys, or "
    "see all with `kisq find`"
)
_NO_SUCH_KEY = Sentence("{place}{text!r} is {name}, which has these keys only: {keys}")
_ELSEWHERE = Sentence(
    "{place}{key}: KIS's symbol files of {day} do not list {symbol} on {exchange}, but as {keys}"
)
_ELSEWHERE_STEP = Sentence("to send it anyway, add --force")
_FORCED = Sentence(
    "{key}: KIS's symbol files of {day} do not list {symbol} on {exchange}, but as {keys}"
)
_UNLISTED = Sentence(
    "{key}: {symbol} is not in KIS's file of {exchange} of {day}: check its spelling with "
    "`kisq find`, because a wrong symbol is accepted and then stays silent"
)
_NOT_ON_NXT = Sentence(
    "{key}: {name} does not trade on NXT according to KIS's files of {day}, so nothing will come: "
    "use {krx} without --venue"
)


def named(
    texts: Mapping[str, str], tr_id: str | None, venue: str | None, notices: Notices
) -> dict[str, str]:
    """``texts`` (each with its place in a file) with keys in place of codes and names.

    It is said which key a name is taken for. Raises WrongUsage where one means several listings.
    """
    if all(_is_key(text, tr_id, venue) for text in texts):
        return dict(texts)
    with _kept(notices) as store:
        if store is None:
            return dict(texts)
        names = Names(store, tr_id, venue, notices)
        return {names.key_for(text, place): place for text, place in texts.items()}


def check_listed(
    keys: Iterable[Key], texts: Mapping[str, str], notices: Notices, *, force: bool
) -> None:
    """Warn of keys that KIS's files do not have.

    Raises WrongUsage for one whose symbol they have on another market, without ``force``.
    """
    with _kept(notices) as store:
        if store is None:
            return
        from kisq.symbols.facts import facts_of

        seen: set[tuple[str, str]] = set()
        for tr_id, text in keys:
            facts = facts_of(store, tr_id, text)
            if facts is None or (text, facts.key.market.code) in seen:
                continue
            seen.add((text, facts.key.market.code))
            _check(facts, texts.get(text, ""), notices, force=force)


@contextmanager
def _kept(notices: Notices) -> "Iterator[Store | None]":
    from kisq.cli.symbol_store import kept_store

    store = kept_store(notices)
    if store is None:
        yield None
        return
    with store:
        yield store


def _check(facts: "SymbolFacts", place: str, notices: Notices, *, force: bool) -> None:
    if facts.listing is None:
        _check_unlisted(facts, place, notices, force=force)
    elif facts.is_not_on_nxt:
        name = facts.listing.name
        key = facts.key
        warn(
            notices,
            _NOT_ON_NXT.format(key=key.text, name=name, day=facts.day, krx=key.symbol),
        )


def _check_unlisted(facts: "SymbolFacts", place: str, notices: Notices, *, force: bool) -> None:
    """Of a key whose symbol KIS does not list on its exchange."""
    from kisq.symbols.listing import shown

    fields = {
        "key": facts.key.text,
        "symbol": facts.key.symbol,
        "exchange": facts.key.market.english,
        "day": facts.day,
    }
    if not facts.elsewhere:
        warn(notices, _UNLISTED.format(**fields))
        return
    keys = shown(facts.elsewhere)
    if not force:
        raise WrongUsage(_ELSEWHERE.format(place=place, keys=keys, **fields), _ELSEWHERE_STEP)
    warn(notices, _FORCED.format(keys=keys, **fields))


def _is_key(text: str, tr_id: str | None, venue: str | None) -> bool:
    """Whether ``text`` goes to the grammar of keys as it is: a key, or one in small letters."""
    if tr_id and tr_id in TRS and TRS[tr_id].is_notice:
        return True
    for spelling in (text, tidy(text)):
        try:
            parse_tr_key(spelling, tr_id, venue)
        except WrongKey:
            continue
        return True
    return False


class Names:
    """Looks up in ``store`` which key a text means, with a TR or a venue if one is given."""

    def __init__(
        self, store: "Store", tr_id: str | None, venue: str | None, notices: Notices
    ) -> None:
        self._store = store
        self._tr_id = tr_id
        self._venue = venue
        self._notices = notices

    def key_for(self, text: str, place: str) -> str:
        """The key that ``text`` is or means; itself where it means nothing.

        Raises WrongUsage, which begins with ``place``, where it does not mean one key.
        """
        from kisq.symbols.find import exact

        if _is_key(text, self._tr_id, self._venue):
            return text
        listings = [listing for listing in exact(self._store, text) if self._may_be(listing)]
        if not listings:
            return text
        if len(listings) > 1:
            raise WrongUsage(_several(text, place, listings))
        (listing,) = listings
        key = self._key_of(listing, text, place)
        self._notices.remark(
            _TAKEN.format(text=text, key=key.argument, kind=key.what, name=listing.name)
        )
        return key.text

    def _may_be(self, listing: "Listing") -> bool:
        """Whether a listing can be meant with that TR: one of an index only with its own."""
        return not listing.tr_id or listing.tr_id == self._tr_id

    def _key_of(self, listing: "Listing", text: str, place: str) -> TrKey:
        """The key of ``listing`` to take."""
        keys = [key for key in listing.keys if self._goes_with(key)]
        if keys:
            return _open_or_next(keys)
        from kisq.symbols.listing import shown

        raise WrongUsage(
            _NO_SUCH_KEY.format(place=place, text=text, name=listing.name, keys=shown(listing.keys))
        )

    def _goes_with(self, key: TrKey) -> bool:
        """Whether ``key`` is one of the TR and of the venue."""
        if self._tr_id:
            is_of_tr = self._tr_id in (*key.tr_ids, key.other_tr)
            return is_of_tr and (not self._venue or key.market.venue == self._venue)
        return not key.market.venue or key.market.venue == (self._venue or _KRX)


def _several(text: str, place: str, listings: "list[Listing]") -> Sentence:
    from kisq.symbols.listing import shown

    keys = shown([listing.keys[0] for listing in listings[:_MOST_NAMED]])
    if len(listings) <= _MOST_NAMED:
        return _SEVERAL.format(place=place, text=text, keys=keys)
    return _MANY.format(place=place, text=text, number=len(listings), keys=keys)


def _open_or_next(keys: list[TrKey]) -> TrKey:
    """The key whose session is open now, or else the next to open; of Asia the free one."""
    first = keys[0]
    if len(keys) == 1 or not first.market.sibling:
        return first
    from kisq.hours.clock import key_status
    from kisq.hours.holidays import calendar_of
    from kisq.now import now

    at = now()
    opens_at = {}
    for key in keys:
        status = key_status(key, at, calendar_of(key.market))
        if status.is_open:
            return key
        if status.coming:
            opens_at[key] = status.coming.opens
    return min(opens_at, key=opens_at.__getitem__, default=first)
