"""The keys of a command: from arguments and files, checked before anything connects."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

from kisq.cli.stdin import stdin_chunks
from kisq.errors import WrongKey, WrongUsage
from kisq.output.notices import Notices
from kisq.signals import SIGNALS
from kisq.spec.limits import MOST_REGISTRATIONS
from kisq.spec.tables import TRS
from kisq.wire.messages import Key
from kisq.wire.pasted import tidy
from kisq.wire.trkey import TrKey, parse_tr_key

_MOST_BYTES = 1024 * 1024  # of a file of keys: many times those that KIS allows
_KEYS_FILE = "name a file of keys with --keys"
_TR_UPPER_CASE = "{tr_id!r}: a tr_id is upper case without spaces, write --tr {right}"
_TR_SENT = (
    "warning: {tr_id!r} is not how KIS writes {right}, which is upper case; sent all the same"
)
_TR_FORM = re.compile(r"[A-Z0-9]{7,8}")


def key_texts(
    arguments: list[str] | None, file: str | None, *, optional: bool = False
) -> dict[str, str]:
    """Each key once, those of ``file`` last (``-`` is stdin), and where in the file it stands.

    Raises WrongUsage where there is no key at all and one is needed, or the file cannot be read.
    """
    texts = dict.fromkeys(arguments or [], "")
    if file is not None:
        name = "stdin" if file == "-" else file
        for number, line in enumerate(_read(file, name).splitlines(), 1):
            if line.startswith("KIS_"):  # a file of settings, which may hold secrets
                raise WrongUsage(f"{name}, line {number}, is a setting and no key", _KEYS_FILE)
            for text in line.partition("#")[0].split():
                texts.setdefault(text, f"{name}, line {number}: ")
        if not texts:
            raise WrongUsage(f"{name} holds no key: write one or more a line, for example DNASAAPL")
    if not texts and not optional:
        raise WrongUsage("Missing argument 'TR_KEY...': name a key, or a file of keys with --keys")
    return texts


def _read(file: str, name: str) -> str:
    try:
        data = _bytes_of(file)
        if len(data) > _MOST_BYTES:
            raise WrongUsage(f"{name} is larger than 1 MiB: no file of keys is")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUsage(f"{name} is no text in UTF-8: save it as such") from None
    except (OSError, AttributeError, ValueError) as error:  # stdin may be closed, or not be there
        reason = error.strerror if isinstance(error, OSError) else "it is closed"
        raise WrongUsage(f"{name} cannot be read: {reason}") from None


def _bytes_of(file: str) -> bytes:
    """All of a file, or one byte more than there may be."""
    if file != "-":
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
    """Puts the place of a key in front of what is wrong with it, which is a wrong usage here."""
    try:
        yield
    except (WrongKey, WrongUsage) as fault:
        raise WrongUsage(f"{place}{fault}") from None


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
        keys += [(tr, text) for tr in [tr_id or key.tr_id, *_trades_of(key, trades)]]
    unique = list(dict.fromkeys(keys))
    if len(unique) > MOST_REGISTRATIONS:
        raise WrongUsage(_too_many(len(unique)))
    return unique


def _check_tr(tr_id: str | None) -> None:
    """Raises WrongUsage for a TR whose records kisq cannot decode."""
    if tr_id is None:
        return
    if tidy(tr_id) in TRS and tr_id not in TRS:
        raise WrongUsage(_TR_UPPER_CASE.format(tr_id=tr_id, right=tidy(tr_id)))
    if tr_id not in TRS:
        near = ", ".join(get_close_matches(tr_id, TRS, 3, 0.0))
        raise WrongUsage(
            f"{tr_id!r} is none of KIS's {len(TRS)} TRs; nearest are {near}: "
            f"see any other with `kisq raw --tr {tr_id}`"
        )


def _trades_of(key: TrKey, wanted: bool) -> list[str]:
    """The TR of the trades of ``key``, if it is ``wanted`` and there is one."""
    trades = key.tr_ids[1]
    return [trades] if wanted and trades else []


def keys_as_given(
    texts: Mapping[str, str], tr_id: str | None, notices: Notices, venue: str | None = None
) -> list[Key]:
    """The (tr_id, tr_key) of each key as given; what is doubtful is a warning.

    Raises WrongUsage where there is no TR for a key.
    """
    keys = []
    for text, place in texts.items():
        with _at(place):
            if not text or (tr_id is not None and not tr_id):
                raise WrongUsage("a tr_key or tr_id is empty")
            keys.append((tr_id or _tr_of(text, venue), text))
    for text, place in {tr_id or "": "", **texts}.items():
        if not text.isprintable():
            raise WrongUsage(f"{place}{text!r} holds a character that cannot be sent")
    for tr, text in keys:
        _warn(tr, text, notices)
    if len(keys) > MOST_REGISTRATIONS:
        notices.say(f"warning: {_too_many(len(keys))}")
    return keys


def _tr_of(text: str, venue: str | None) -> str:
    try:
        return parse_tr_key(text, venue=venue).tr_id
    except WrongKey as fault:
        raise WrongUsage(f"{fault}; to send it as it is, name the TR with --tr") from None


def _warn(tr_id: str, text: str, notices: Notices) -> None:
    if tidy(tr_id) in TRS and tr_id not in TRS:
        notices.say(_TR_SENT.format(tr_id=tr_id, right=tidy(tr_id)))
    elif not _TR_FORM.fullmatch(tr_id):
        notices.say(f"warning: {tr_id!r} does not look like a tr_id; sent all the same")
    if tr_id in TRS:
        try:
            parse_tr_key(text, tr_id)
        except WrongKey as fault:
            notices.say(f"warning: {fault}; sent all the same")


def _too_many(number: int) -> str:
    return (
        f"{number} keys are more than the {MOST_REGISTRATIONS} that KIS allows an appkey "
        "(OPSP0008); trades are a key of their own"
    )
