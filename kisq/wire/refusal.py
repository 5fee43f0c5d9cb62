"""Which registrations a refusal concerns, and what to do about it; pure (protocol.md section 2)."""

from collections.abc import Collection
from typing import NamedTuple

from kisq.locale.sentence import Sentence, joined
from kisq.spec.codes import OPSP, UNKNOWN_STEP, WHOLE_SESSION
from kisq.spec.key_advice import BY_KEY, KeyAdvice
from kisq.spec.notices import is_notice
from kisq.wire.messages import Answer, Key
from kisq.wire.trkey import names_key

_LOST = Sentence(
    "check the network and start again; if the connection keeps dying, wait a few minutes first"
)
_WRONG_HTS_ID = Sentence(
    "the subscribe of {trs} was not answered, and this is how KIS cuts off a wrong HTS ID: "
    "check that the tr_key is your own HTS ID"
)
_STEP_FOR_KEYS = Sentence("{keys}: {step}")
_NO_TR = ("", "(null)")  # the tr_id of a refusal that does not name its request


def concerned(
    answer: Answer, keys: Collection[Key], unanswered: list[Key], unsent: list[Key]
) -> list[Key]:
    """Those of ``keys`` that the refusal ``answer`` concerns; empty if it concerns none of them.

    A refusal that names a key concerns that key alone. One that names no key, as with rt_cd 9,
    answers one of the keys that are still ``unanswered``; if it refuses the whole session, it
    concerns the ``unsent`` ones as well. An accepted key is never refused without being named.
    """
    keys_in_answer = []
    if answer.tr_key:
        keys_in_answer = [(answer.tr_id, answer.tr_key)]
    if not all(key in keys for key in keys_in_answer):
        return []
    if answer.msg_cd in WHOLE_SESSION and unanswered:
        return list(dict.fromkeys([*unanswered, *unsent, *keys_in_answer]))
    if keys_in_answer:
        return keys_in_answer
    return [key for key in unanswered if answer.tr_id in (*_NO_TR, key[0])]


def step_after_loss(unanswered: list[Key]) -> Sentence:
    """What to do after the connection was lost.

    If a subscribe to notices is still unanswered, the HTS ID may be wrong: KIS answers a wrong one
    with OPSP0017, or cuts the connection (protocol.md section 3).
    """
    notices = [tr_id for tr_id, _ in unanswered if is_notice(tr_id)]
    if not notices:
        return _LOST
    return _WRONG_HTS_ID.format(trs=", ".join(notices))


class Advice(NamedTuple):
    """What a code means for one key: a row of ``BY_KEY``, the better key and its TR."""

    row: KeyAdvice
    better: str
    tr: str


def next_step(code: str, keys: Collection[Key]) -> Sentence:
    """What to do after a refusal of ``keys`` with ``code``, which may differ between the keys."""
    if code not in OPSP:
        return UNKNOWN_STEP
    if code not in BY_KEY or not keys:
        return OPSP[code].next_step
    refused: dict[tuple[Sentence, str], list[str]] = {}  # tr_keys by next step and better TR
    better: dict[tuple[Sentence, str], list[str]] = {}
    for key in keys:
        advice = advice_for(code, key)
        kind = (advice.row.next_step, advice.tr)
        refused.setdefault(kind, []).append(key[1])
        better.setdefault(kind, []).append(advice.better)
    steps = {
        (template, tr): template.format(tr=tr, better=", ".join(better[template, tr]))
        for template, tr in refused
    }
    if len(steps) == 1:
        return next(iter(steps.values()))
    lines = [
        _STEP_FOR_KEYS.format(keys=", ".join(refused[kind]), step=step)
        for kind, step in steps.items()
    ]
    return joined("; ", lines)


def advice_for(code: str, key: Key) -> Advice:
    """What a code of ``BY_KEY`` means for ``key``; the better key is always a valid one."""
    tr_id, tr_key = key
    start = tr_key[:4]
    symbol = tr_key[4:]
    *rows, otherwise = BY_KEY[code]
    for row in rows:
        if start in row.better and tr_id in row.trs:
            advice = Advice(row, row.better[start] + symbol, row.trs[tr_id])
            if names_key(advice.tr, advice.better):
                return advice
    return Advice(otherwise, "", "")
