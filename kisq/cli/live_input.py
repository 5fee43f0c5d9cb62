"""What ``watch`` and ``raw`` read from: a recording, or a live feed and why it is silent."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kisq.cli.recordings import Recording
from kisq.cli.sources import approver_of
from kisq.now import now
from kisq.output.notices import Notices
from kisq.output.streams import Streams
from kisq.reasons.silence import NOT_ANSWERED, Silence, silence
from kisq.run.judgement import Input, Limits
from kisq.settings import MOCK, Settings
from kisq.spec.tables import TRS
from kisq.wire.messages import Key

if TYPE_CHECKING:
    from kisq.wire.notice_keys import NoticeKeys


def input_of(
    origin: Settings | Recording,
    keys: list[Key],
    limits: Limits,
    streams: Streams,
    *,
    screen: bool,
    control: bool = False,
    notice_keys: "NoticeKeys | None" = None,
) -> Input:
    """What a run of ``watch`` or ``raw`` reads from; a ``screen`` shows the state itself.

    With ``control`` a control key may be registered beside one that stays silent.
    """
    if isinstance(origin, Recording):
        return origin.input(limits, streams, screen=screen)
    from kisq.cli.evidence import KeyEvidence, control_for
    from kisq.feed.backoff import Backoff
    from kisq.feed.controlled import ControlledFeed
    from kisq.feed.live import State
    from kisq.feed.pauses import pauses
    from kisq.hours.holidays import calendar_of
    from kisq.screen.waiting import Waiting

    notices = streams.notices
    _warn_of_mock(origin, keys, notices)
    notices.detail(f"approval at {origin.rest_url}, WebSocket at {origin.ws_url}")
    feed = ControlledFeed(
        origin.ws_url,
        keys,
        approver_of(origin, notices),
        notices.say,
        notices.redact,
        origin.custtype,
        Backoff(limits.reconnects, pauses(origin.ws_url)),
        notice_keys,
    )
    if control:
        feed.watch_silence(control_for, notices.detail)
    evidence = KeyEvidence(feed, notices)

    def why_silent(key: Key, ticking: Sequence[Key]) -> Silence:
        """Worked out only where a key is silent: the calendar takes its time to load."""
        if feed.states.get(key) is not State.ACCEPTED:
            return NOT_ANSWERED
        mock = origin.environment == MOCK
        known = evidence.of(key)
        return silence(*key, now(), calendar_of, mock=mock, ticking=ticking, evidence=known)

    def hint() -> str:
        """Why nothing comes at all, judged by the first key."""
        why = NOT_ANSWERED
        if feed.worked:
            accepted = (key for key in keys if feed.states[key] is State.ACCEPTED)
            why = why_silent(next(accepted, keys[0]), ())
        return f"{why.reason} {why.next_step}"

    return Input(feed, Waiting(notices, streams.counts, hint), hint, why_silent=why_silent)


def _warn_of_mock(settings: Settings, keys: list[Key], notices: Notices) -> None:
    """Say what an accepted subscription on the mock server is worth."""
    for tr_id in dict.fromkeys(tr_id for tr_id, _ in keys):
        if settings.environment == MOCK and tr_id in TRS and not TRS[tr_id].on_mock:
            notices.say(
                f"warning: {tr_id} is documented as not offered on the mock server; it accepts the "
                "subscription all the same, so an accepted one proves nothing: use --env real"
            )
