"""Which registrations a refusal concerns, and what to do then; pure (protocol.md section 2)."""

from collections.abc import Collection
from typing import NamedTuple

from kisq.spec.codes import OPSP, UNKNOWN_STEP, WHOLE_SESSION
from kisq.spec.key_advice import BY_KEY, KeyAdvice
from kisq.spec.notices import is_notice
from kisq.wire.messages import Answer, Key
from kisq.wire.trkey import names_key

_LOST = "check the network and start again; if it keeps dying, wait some minutes first"
_WRONG_HTS_ID = (
    "the subscribe of {trs} was not answered, and KIS cuts a wrong HTS ID off like this: "
    "check that the tr_key is your own HTS ID"
)
_NO_TR = ("", "(null)")  # what stands for the tr_id where a refusal does not name its request


def concerned(
    answer: Answer, keys: Collection[Key], unanswered: list[Key], unsent: list[Key]
) -> list[Key]:
    """Those of ``keys`` that the refusal ``answer`` concerns; none where it is of another's.

    One that names a key concerns that key alone. One that names none, as with rt_cd 9, answers one
    of those that are still ``unanswered``; if the whole session is refused, the ``unsent`` ones
    will be as well. What was accepted is never taken back without being named.
    """
    named = [(answer.tr_id, answer.tr_key)] if answer.tr_key else []
    if not all(key in keys for key in named):
        return []
    if answer.msg_cd in WHOLE_SESSION and unanswered:
        return list(dict.fromkeys([*unanswered, *unsent, *named]))
    if named:
        return named
    return [key for key in unanswered if answer.tr_id in (*_NO_TR, key[0])]


def step_after_loss(unanswered: list[Key]) -> str:
    """What to do after a connection was lost; of notices not yet answered the HTS ID may be wrong.

    KIS answers a wrong HTS ID with OPSP0017, or cuts the connection (protocol.md section 3).
    """
    notices = [tr_id for tr_id, _ in unanswered if is_notice(tr_id)]
    return _WRONG_HTS_ID.format(trs=", ".join(notices)) if notices else _LOST


class Advice(NamedTuple):
    """What a code calls for with one key: a row of ``BY_KEY``, the better key and its TR."""

    row: KeyAdvice
    better: str
    tr: str


def next_step(code: str, keys: Collection[Key]) -> str:
    """What to do after a refusal of ``keys`` with ``code``; of each that which is true of it."""
    if code not in OPSP:
        return UNKNOWN_STEP
    if code not in BY_KEY or not keys:
        return OPSP[code].next_step
    refused: dict[tuple[str, str], list[str]] = {}
    better: dict[tuple[str, str], list[str]] = {}
    for key in keys:
        advice = advice_for(code, key)
        kind = advice.row.next_step, advice.tr
        refused.setdefault(kind, []).append(key[1])
        better.setdefault(kind, []).append(advice.better)
    steps = {kind: kind[0].format(tr=kind[1], better=", ".join(better[kind])) for kind in refused}
    if len(steps) == 1:
        return "".join(steps.values())
    return "; ".join(f"{', '.join(refused[kind])}: {step}" for kind, step in steps.items())


def advice_for(code: str, key: Key) -> Advice:
    """What a code of ``BY_KEY`` calls for with ``key``; the better key is always a valid one."""
    tr_id, tr_key = key
    *rows, otherwise = BY_KEY[code]
    for row in rows:
        start, symbol = tr_key[:4], tr_key[4:]
        if start in row.better and tr_id in row.trs:
            advice = Advice(row, row.better[start] + symbol, row.trs[tr_id])
            if names_key(advice.tr, advice.better):
                return advice
    return Advice(otherwise, "", "")
