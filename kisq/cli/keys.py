"""The keys of a command: from arguments and files, checked before anything connects."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

from kisq.cli.context import warn
from kisq.cli.stdin import stdin_chunks
from kisq.errors import WrongKey, WrongUsage
from kisq.locale.os_reasons import reason_of
from kisq.locale.sentence import Sentence, joined
from kisq.output.notices import Notices
from kisq.signals import SIGNALS
from kisq.spec.limits import MOST_REGISTRATIONS
from kisq.spec.tables import TRS
from kisq.wire.messages import Key
from kisq.wire.pasted import tidy
from kisq.wire.trkey import parse_tr_key

_MOST_BYTES = 1024 * 1024  # of a file of keys: many times those that KIS allows
_STDIN = "-"
_TR_FORM = re.compile(r"[A-Z0-9]{7,8}")
_PLACE = Sentence("{file}, line {number}: ")
_IS_SETTING = Sentence("{file}, line {number}, is a setting, not a key")
_KEYS_FILE = Sentence("name a file of keys with --keys")
_EMPTY_FILE = Sentence("{file} holds no key: write one or more keys per line, for example DNASAAPL")
_NO_KEY = Sentence("the argument TR_KEY is missing: name a key, or a file of keys with --keys")
_TOO_LARGE = Sentence("{file} is larger than 1 MiB, which is too large for a file of keys")
_NOT_UTF8 = Sentence("{file} is not valid UTF-8: save it as UTF-8")
_UNREADABLE = Sentence("{file} cannot be read: {reason}")
_CLOSED = Sentence("it is closed")
_TR_UPPER_CASE = Sentence("{tr_id!r}: a tr_id is upper case without spaces, write --tr {right}")
_UNKNOWN_TR = Sentence(
    "{tr_id!r} is not one of KIS's {number} TRs: see any other with `kisq raw --tr {tr_id}`"
)
_NEAR_TRS = Sentence(
    "{tr_id!r} is not one of KIS's {number} TRs; the nearest are {near}: see any other with "
    "`kisq raw --tr {tr_id}`"
)
_EMPTY = Sentence("a tr_key or tr_id is empty")
_UNPRINTABLE = Sentence("{place}{text!r} holds a character that cannot be sent")
_TR_AS_GIVEN = Sentence(
    "{tr_id!r} is not how KIS writes {right}, which is upper case; it is sent as it is"
)
_NO_TR = Sentence("{tr_id!r} does not look like a tr_id; it is sent as it is")
_KEY_AS_GIVEN = Sentence("{fault}; it is sent as it is")
_NAME_THE_TR = Sentence("{fault}; to send it as it is, name the TR with --tr")
_TOO_MANY = Sentence(
    "{number} keys are more than the {most} that KIS allows per appkey (OPSP0008); trades count as "
    "keys of their own"
)


def key_texts(
    arguments: list[str] | None, file: str | None, *, optional: bool = False
) -> dict[str, str]:
    """Each key once, those of ``file`` last (``-`` is stdin), and its place in that file.

    A place stands in front of a sentence about the key. Raises WrongUsage where a key is needed and
    there is none, or the file cannot be read.
    """
    texts: dict[str, str] = dict.fromkeys(arguments or [], "")
    if file is not None:
        for text, place in _keys_in(file):
            texts.setdefault(text, place)
        if not texts:
            raise WrongUsage(_EMPTY_FILE.format(file=_name_of(file)))
    if not texts and not optional:
        raise WrongUsage(_NO_KEY)
    return texts


def _name_of(file: str) -> str:
    if file == _STDIN:
        return "stdin"
    return file


def _keys_in(file: str) -> Iterator[tuple[str, Sentence]]:
    """The keys in a file, each with its place."""
    name = _name_of(file)
    for number, line in enumerate(_read(file).splitlines(), 1):
        if line.startswith("KIS_"):  # a file of settings, which may hold secrets
            raise WrongUsage(_IS_SETTING.format(file=name, number=number), _KEYS_FILE)
        for text in line.partition("#")[0].split():
            yield text, _PLACE.format(file=name, number=number)


def _read(file: str) -> str:
    name = _name_of(file)
    try:
        data = _bytes_of(file)
    except OSError as error:
        fault = _UNREADABLE.format(file=name, reason=reason_of(error))
        raise WrongUsage(fault, _KEYS_FILE) from None
    except (AttributeError, ValueError):  # stdin may be closed, or not be there
        raise WrongUsage(_UNREADABLE.format(file=name, reason=_CLOSED)) from None
    if len(data) > _MOST_BYTES:
        raise WrongUsage(_TOO_LARGE.format(file=name))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUsage(_NOT_UTF8.format(file=name)) from None


def _bytes_of(file: str) -> bytes:
    """All of a file, or a few bytes more than there may be."""
    if file != _STDIN:
        return SIGNALS.wait_for(lambda: _beginning(file))
    data = b""
    for chunk in stdin_chunks():
        data += chunk
        if len(data) > _MOST_BYTES:
            break
    return data


def _beginning(file: str) -> bytes:
    with Path(file).open("rb") as opened:
        return opened.read(_MOST_BYTES + 1)


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Put the place of a key in front of what is wrong with it, which is a wrong usage here."""
    try:
        yield
    except (WrongKey, WrongUsage) as fault:
        raise WrongUsage(joined("", (place, fault.text))) from None


def keys_to_watch(
    texts: Mapping[str, str], tr_id: str | None, venue: str | None = None, *, trades: bool = False
) -> list[Key]:
    """The (tr_id, tr_key) of each key, and with ``trades`` those of its trades too.

    ``venue`` is where Korean stocks are looked at. Raises WrongUsage for anything that cannot
    work.
    """
    _check_tr(tr_id)
    keys: list[Key] = []
    for text, place in texts.items():
        with _at(place):
            key = parse_tr_key(text, tr_id, venue)
        keys.append((tr_id or key.tr_id, text))
        trades_tr = key.tr_ids[1]
        if trades and trades_tr:
            keys.append((trades_tr, text))
    unique = list(dict.fromkeys(keys))
    if len(unique) > MOST_REGISTRATIONS:
        raise WrongUsage(_too_many(len(unique)))
    return unique


def _check_tr(tr_id: str | None) -> None:
    """Raises WrongUsage for a TR whose records kisq cannot decode."""
    if tr_id is None or tr_id in TRS:
        return
    right = tidy(tr_id)
    if not right:
        raise WrongUsage(_EMPTY)
    if right in TRS:
        raise WrongUsage(_TR_UPPER_CASE.format(tr_id=tr_id, right=right))
    near = get_close_matches(right, TRS)
    if not near:
        raise WrongUsage(_UNKNOWN_TR.format(tr_id=tr_id, number=len(TRS)))
    raise WrongUsage(_NEAR_TRS.format(tr_id=tr_id, number=len(TRS), near=", ".join(near)))


def keys_as_given(
    texts: Mapping[str, str], tr_id: str | None, notices: Notices, venue: str | None = None
) -> list[Key]:
    """The (tr_id, tr_key) of each key as given; what is doubtful is a warning.

    Raises WrongUsage where there is no TR for a key.
    """
    keys = []
    for text, place in texts.items():
        with _at(place):
            if not text or tr_id == "":
                raise WrongUsage(_EMPTY)
            keys.append((tr_id or _tr_of(text, venue), text))
    for text, place in {tr_id or "": "", **texts}.items():
        if not text.isprintable():
            raise WrongUsage(_UNPRINTABLE.format(place=place, text=text))
    for tr, text in keys:
        _warn(tr, text, notices)
    if len(keys) > MOST_REGISTRATIONS:
        warn(notices, _too_many(len(keys)))
    return keys


def _tr_of(text: str, venue: str | None) -> str:
    try:
        return parse_tr_key(text, venue=venue).tr_id
    except WrongKey as fault:
        raise WrongUsage(_NAME_THE_TR.format(fault=fault.text)) from None


def _warn(tr_id: str, text: str, notices: Notices) -> None:
    """Warn of a TR or a key that KIS is not likely to know."""
    if tr_id in TRS:
        try:
            parse_tr_key(text, tr_id)
        except WrongKey as fault:
            warn(notices, _KEY_AS_GIVEN.format(fault=fault.text))
        return
    right = tidy(tr_id)
    if right in TRS:
        warn(notices, _TR_AS_GIVEN.format(tr_id=tr_id, right=right))
    elif not _TR_FORM.fullmatch(tr_id):
        warn(notices, _NO_TR.format(tr_id=tr_id))


def _too_many(number: int) -> Sentence:
    return _TOO_MANY.format(number=number, most=MOST_REGISTRATIONS)
