"""What ``watch`` and ``raw`` read from: a recording, or a live feed and why it is silent."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kisq.cli.context import warn
from kisq.cli.recordings import Recording
from kisq.cli.sources import approver_of
from kisq.locale.sentence import Sentence, joined
from kisq.output.notices import Notices
from kisq.output.streams import Streams
from kisq.run.judgement import Input, Limits
from kisq.settings import MOCK, Settings
from kisq.spec.tables import TRS
from kisq.wire.messages import Key

if TYPE_CHECKING:
    from kisq.cli.evidence import KeyEvidence
    from kisq.feed.controlled import ControlledFeed
    from kisq.reasons.silence import Silence
    from kisq.wire.notice_keys import NoticeKeys

_SERVERS = Sentence("approval at {rest_url}, WebSocket at {ws_url}")
_NOT_ON_MOCK = Sentence(
    "{tr_id} is documented as not offered on the mock server, which accepts the subscription "
    "anyway, so an accepted one proves nothing: use --env real"
)


def input_of(
    source: Settings | Recording,
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
    if isinstance(source, Recording):
        return source.input(limits, streams, screen=screen)
    from kisq.cli.evidence import KeyEvidence, control_for
    from kisq.output.notices import Waiting

    notices = streams.notices
    _warn_of_mock(source, keys, notices)
    notices.detail(_SERVERS.format(rest_url=source.rest_url, ws_url=source.ws_url))
    feed = _feed(source, keys, limits, notices, notice_keys)
    if control:
        feed.watch_silence(control_for, notices.detail)
    reasons = Reasons(feed, source, keys, KeyEvidence(feed, notices))
    status = Waiting(notices, streams.counts, reasons.hint)
    return Input(feed, status, reasons.hint, why_silent=reasons.why_silent)


def _feed(
    settings: Settings,
    keys: list[Key],
    limits: Limits,
    notices: Notices,
    notice_keys: "NoticeKeys | None",
) -> "ControlledFeed":
    from kisq.feed.controlled import ControlledFeed
    from kisq.feed.outage import Backoff, pauses

    return ControlledFeed(
        settings.ws_url,
        keys,
        approver_of(settings, notices),
        notices.say,
        notices.redact,
        settings.custtype,
        Backoff(limits.reconnects, pauses(settings.ws_url)),
        notice_keys,
    )


class Reasons:
    """Why nothing comes for the ``keys`` of ``feed``.

    Worked out only where it is asked for: hours and calendar take their time to load.
    """

    def __init__(
        self,
        feed: "ControlledFeed",
        settings: Settings,
        keys: list[Key],
        evidence: "KeyEvidence",
    ) -> None:
        self._feed = feed
        self._mock = settings.environment == MOCK
        self._keys = keys
        self._evidence = evidence

    def why_silent(self, key: Key, ticking: Sequence[Key]) -> "Silence":
        """Why nothing comes for ``key``, while data of the keys ``ticking`` do."""
        from kisq.hours.holidays import calendar_of
        from kisq.now import now
        from kisq.reasons.silence import NOT_ANSWERED, silence

        if not self._is_accepted(key):
            return NOT_ANSWERED
        evidence = self._evidence.of(key)
        return silence(
            *key, now(), calendar_of, mock=self._mock, ticking=ticking, evidence=evidence
        )

    def hint(self) -> Sentence:
        """Why nothing comes at all, judged by the first key that was accepted."""
        from kisq.reasons.silence import NOT_ANSWERED

        why = NOT_ANSWERED
        if self._feed.worked:
            accepted = filter(self._is_accepted, self._keys)
            why = self.why_silent(next(accepted, self._keys[0]), ())
        return joined(" ", (why.reason, why.next_step))

    def _is_accepted(self, key: Key) -> bool:
        from kisq.feed.subscription import State

        return self._feed.states.get(key) is State.ACCEPTED


def _warn_of_mock(settings: Settings, keys: list[Key], notices: Notices) -> None:
    """Say what an accepted subscription on the mock server is worth."""
    if settings.environment != MOCK:
        return
    for tr_id in dict.fromkeys(tr_id for tr_id, _ in keys):
        if tr_id in TRS and not TRS[tr_id].on_mock:
            warn(notices, _NOT_ON_MOCK.format(tr_id=tr_id))
