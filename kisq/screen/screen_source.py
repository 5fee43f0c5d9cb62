"""What a live screen knows of where its records come from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kisq.errors import SubscriptionRefused
from kisq.reasons.silence import WhySilent
from kisq.screen.session_names import CalendarOf, no_calendar
from kisq.screen.stats import unnamed
from kisq.wire.messages import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenSource:
    """The source of a run.

    ``keys`` are those known beforehand, ``refusals`` the growing list of those that KIS refused,
    ``marker`` what is to be known of the source. ``foot`` gives the last line of a replay, an empty
    one for none, and ``player`` takes its keys; ``recording`` gives name and size of what is
    recorded. ``why_silent`` is asked for keys of which nothing came for 10 s while others have
    data, ``name_of`` for the name of a listing, ``calendar_of`` for the holidays of a market.
    """

    keys: Sequence[Key] = ()
    refusals: Sequence[SubscriptionRefused] = ()
    marker: str = ""
    foot: Callable[[], str] = str
    player: Callable[[str], None] | None = None
    recording: Callable[[], str] = str
    why_silent: WhySilent | None = None
    name_of: Callable[[Key], str] = unnamed
    calendar_of: CalendarOf = no_calendar
