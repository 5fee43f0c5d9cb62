"""Which registrations a refusal concerns; pure (protocol.md section 2)."""

from collections.abc import Collection

from kisq.protocol.messages import Answer, Key
from kisq.spec.codes import WHOLE_SESSION

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
