"""Names and codes in place of keys, and keys that KIS lists elsewhere: by its files.

Nothing is downloaded here, and nothing is looked at where no symbols are kept.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kisq.errors import WrongKey, WrongUsage
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

_TAKEN = "{text!r} is taken for {key} ({kind}): {name}"
_SEVERAL = "{place}{text!r} is several listings: {keys}; name one of these keys"
_MANY = (
    "{place}{text!r} is {number} listings, among them {keys}; name one of these keys, or see all "
    "with `kisq find`"
)
_NO_SUCH_KEY = "{place}{text!r} is {name}, which has these keys only: {keys}"
_ELSEWHERE = (
    "{place}{key}: KIS's symbol files of {day} do not list {symbol} on {exchange}, but as {keys}"
)
_ELSEWHERE_STEP = "send it all the same with --force"
_FORCED = (
    "warning: {key}: KIS's symbol files of {day} do not list {symbol} on {exchange}, but as {keys}"
)
_UNLISTED = (
    "warning: {key}: {symbol} is not in KIS's file of {exchange} of {day}: check its spelling with "
    "`kisq find`, for a wrong symbol is accepted and then silent"
)
_NOT_ON_NXT = (
    "warning: {key}: {name} does not trade on NXT, by KIS's files of {day}, so that nothing comes: "
    "use {krx} without --venue"
)


def named(
    texts: Mapping[str, str], tr_id: str | None, venue: str | None, notices: Notices
) -> dict[str, str]:
    """``texts`` (each with its place in a file) with keys in place of codes and names.

    What is taken for what is said. Raises WrongUsage where one means several listings.
    """
    if all(_is_key(text, tr_id, venue) for text in texts):
        return dict(texts)
    with _kept(notices) as store:
        if store is None:
            return dict(texts)
        pairs = [(text, place) for text, place in texts.items()]
        return {_key_for(store, text, place, tr_id, venue, notices): place for text, place in pairs}


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
            market = facts.key.market.code if facts else ""
            if facts and (text, market) not in seen:
                seen.add((text, market))
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
    from kisq.symbols.listing import shown

    fields = {
        "key": facts.key.text,
        "symbol": facts.key.symbol,
        "exchange": facts.key.market.english,
        "day": facts.day,
    }
    if facts.listing is None and facts.elsewhere:
        keys = shown(facts.elsewhere)
        if not force:
            raise WrongUsage(_ELSEWHERE.format(place=place, keys=keys, **fields), _ELSEWHERE_STEP)
        notices.say(_FORCED.format(keys=keys, **fields))
    elif facts.listing is None:
        notices.say(_UNLISTED.format(**fields))
    elif facts.is_not_on_nxt:
        notices.say(_NOT_ON_NXT.format(name=facts.listing.name, krx=facts.key.symbol, **fields))


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


def _key_for(
    store: "Store", text: str, place: str, tr_id: str | None, venue: str | None, notices: Notices
) -> str:
    """The key that ``text`` is or means; itself where it means nothing."""
    from kisq.symbols.find import exact

    if _is_key(text, tr_id, venue):
        return text
    listings = [one for one in exact(store, text) if _may_be(one, tr_id)]
    if not listings:
        return text
    if len(listings) > 1:
        raise WrongUsage(_several(text, place, listings))
    keys = [key for key in listings[0].keys if _goes_with(key, tr_id, venue)]
    if not keys:
        from kisq.symbols.listing import shown

        name, others = listings[0].name, shown(listings[0].keys)
        raise WrongUsage(_NO_SUCH_KEY.format(place=place, text=text, name=name, keys=others))
    key = _open_or_next(keys)
    name = listings[0].name
    notices.say(_TAKEN.format(text=text, key=key.argument, kind=key.what, name=name))
    return key.text


def _may_be(listing: "Listing", tr_id: str | None) -> bool:
    """Whether a listing can be meant with that TR: one of an index only with its own."""
    return not listing.tr_id or listing.tr_id == tr_id


def _goes_with(key: TrKey, tr_id: str | None, venue: str | None) -> bool:
    is_there = not key.market.venue or key.market.venue == (venue or "krx")
    if tr_id:
        is_there = not venue or key.market.venue == venue
    return is_there and (tr_id is None or tr_id in (*key.tr_ids, key.other_tr))


def _several(text: str, place: str, listings: "list[Listing]") -> str:
    from kisq.symbols.listing import shown

    keys = shown([one.keys[0] for one in listings[:_MOST_NAMED]])
    template = _SEVERAL if len(listings) <= _MOST_NAMED else _MANY
    return template.format(place=place, text=text, number=len(listings), keys=keys)


def _open_or_next(keys: list[TrKey]) -> TrKey:
    """The key whose session is open now, or else the next to open; of Asia the free one."""
    first, *others = keys
    if not others or not first.market.sibling:
        return first
    from kisq.hours.clock import key_status
    from kisq.hours.holidays import calendar_of
    from kisq.now import now

    at = now()
    statuses = {key: key_status(key, at, calendar_of(key.market)) for key in keys}
    for key, status in statuses.items():
        if status.is_open:
            return key
    coming = {key: status.coming.opens for key, status in statuses.items() if status.coming}
    return min(coming, key=coming.__getitem__, default=first)
