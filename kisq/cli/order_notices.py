"""Order notices in a run: their keys, the right id, and whose they are."""

import re
from typing import TYPE_CHECKING

from kisq.cli.context import warn
from kisq.errors import WrongUsage
from kisq.locale.sentence import Sentence
from kisq.output.notices import Notices
from kisq.output.stream import Lines
from kisq.settings import MOCK, REAL, SIM, Settings, kis_ws_url
from kisq.spec.notices import MOCK_IDS, is_notice
from kisq.wire.messages import Key

if TYPE_CHECKING:
    from kisq.wire.notice_keys import NoticeKeys

_ACCOUNT = re.compile(r"[0-9]{8}(-?[0-9]{2})?")
_IS_ACCOUNT = Sentence(
    "{tr_id} goes with your HTS ID, the name you log in with, not with an account number"
)
_REAL_ID = Sentence("{tr_id} is the id of the real server: on the mock server it is {other}")
_MOCK_ID = Sentence("{tr_id} is the id of the mock server: on the real server it is {other}")
_SENT = Sentence("{fault}; it is sent as it is")
_REAL_IDS = {mock: real for real, mock in MOCK_IDS.items()}


def notice_keys_for(keys: list[Key]) -> "NoticeKeys | None":
    """What decrypts the order notices of a run; None where it has none."""
    if not any(is_notice(tr_id) for tr_id, _ in keys):
        return None
    from kisq.wire.notice_keys import NoticeKeys

    return NoticeKeys()


def hide_personal(keys: list[Key], notices: Notices, out: Lines, *, personal: bool) -> None:
    """Hide the HTS IDs among ``keys`` in every output; with ``personal`` in recordings alone."""
    for tr_id, tr_key in keys:
        if is_notice(tr_id):
            notices.personal.add(tr_key)
    notices.shows_personal = personal
    if not personal:
        out.hide = notices.personal.clean


def check_notices(source: object, keys: list[Key], notices: Notices, *, sends_all: bool) -> None:
    """Look for an account number in place of an HTS ID, and for the id of the other server.

    Raises WrongUsage for them; where everything is sent as given, it is a warning.
    """
    environment = _kis_environment(source)
    for tr_id, tr_key in keys:
        fault = _fault(tr_id, tr_key, environment)
        if fault is None:
            continue
        if not sends_all:
            raise WrongUsage(fault)
        warn(notices, _SENT.format(fault=fault))


def _kis_environment(source: object) -> str:
    """The environment of one of KIS's own servers; empty for a simulator, a tap, a recording."""
    if not isinstance(source, Settings) or source.environment == SIM:
        return ""
    if source.ws_url != kis_ws_url(source.environment):
        return ""
    return source.environment


def _fault(tr_id: str, tr_key: str, environment: str) -> Sentence | None:
    """What is wrong with a subscription of order notices."""
    if not is_notice(tr_id):
        return None
    if _ACCOUNT.fullmatch(tr_key):
        return _IS_ACCOUNT.format(tr_id=tr_id)
    if environment == MOCK and tr_id in MOCK_IDS:
        return _REAL_ID.format(tr_id=tr_id, other=MOCK_IDS[tr_id])
    if environment == REAL and tr_id in _REAL_IDS:
        return _MOCK_ID.format(tr_id=tr_id, other=_REAL_IDS[tr_id])
    return None
