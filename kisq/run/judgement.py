"""One run: frames from a source into sinks until something ends it, then an orderly end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kisq.errors import NothingBroadcast, SubscriptionRefused
from kisq.flow import Recorder, Sink, Source
from kisq.locale.sentence import Sentence
from kisq.output.streams import Streams
from kisq.run.delivery import Delivery
from kisq.run.loop import Outcome, deliver

if TYPE_CHECKING:
    from kisq.reasons.silence import WhySilent

Hint = Callable[[], str]  # why nothing comes and what to try, worked out only when needed
_NOTHING_CAME = Sentence("no data message came in {seconds:.1f} s. {hint}")
_NOTHING_USEFUL_STEP = Sentence("see them with `kisq raw`, and give one of them to `kisq explain`")
_NOT_RECORDED = Sentence("the recording holds no data message that was asked for")
_NOT_RECORDED_STEP = Sentence(
    "name other keys or another recording, or see all of it with `kisq explain -r`"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """When a run ends by itself; None is never.

    ``duration`` and ``timeout`` are seconds from its start by the clock of the source; ``timeout``
    counts only until something useful came (``Counts.useful``). ``count`` is how many order books
    or data messages to show, ``reconnects`` how often in a row a lost connection is opened again.
    """

    duration: float | None = None
    timeout: float | None = None
    count: int | None = None
    reconnects: int = 0


class Input(NamedTuple):
    """What a run reads from and what goes with that.

    ``status`` is a sink that shows a person the state of the source, ``hint`` says why nothing
    comes, ``press`` takes keys of the keyboard, ``foot`` gives the last line of a live screen,
    ``why_silent`` says why nothing comes of one of several keys.
    """

    source: Source
    status: Sink
    hint: Hint
    press: Callable[[str], None] | None = None
    foot: Callable[[], str] = str
    why_silent: "WhySilent | None" = None


class Run:
    """One run of ``source`` into ``sinks``, which write to ``streams``, with its summary.

    ``capture`` gets everything that was received, even if nobody reads the output. ``poll`` is
    called between batches, at least 10 times a second; ``quits`` says whether a person ended it.
    """

    def __init__(
        self,
        source: Source,
        sinks: list[Sink],
        streams: Streams,
        poll: Callable[[], None] = lambda: None,
        capture: Recorder | None = None,
        quits: Callable[[], bool] | None = None,
    ) -> None:
        self._source = source
        self._sinks = sinks
        self._streams = streams
        self._poll = poll
        self._capture = capture
        self._counts = streams.counts
        self._quits = quits

    def until(self, limits: Limits, hint: Hint) -> int:
        """Run until a limit, an interrupt or an error; gives the exit code.

        Raises the KisqError that ended the run, and NothingBroadcast if nothing useful came.
        """
        delivery = Delivery(self._source, self._sinks, self._streams, self._capture, limits.count)
        outcome = deliver(
            delivery, lambda seconds: self._is_over(limits, seconds), self._poll, limits.duration
        )
        self._summarize(outcome, delivery)
        if outcome.failure:
            raise outcome.failure
        if not (outcome.exit_code or outcome.quiet or self._counts.useful):
            # Only now, as the hint may take its time.
            raise self._nothing(outcome, delivery.seconds, hint)
        if self._source.refusals and not outcome.exit_code:
            return SubscriptionRefused.exit_code
        return outcome.exit_code

    def _is_over(self, limits: Limits, seconds: float) -> bool:
        """Whether a limit or a person ends the run after ``seconds``."""
        if self._quits and self._quits():
            return True
        ended = limits.duration is not None and seconds >= limits.duration
        timed_out = limits.timeout is not None and seconds >= limits.timeout
        return ended or (timed_out and not self._counts.useful)

    def _summarize(self, outcome: Outcome, delivery: Delivery) -> None:
        counts = self._counts
        failed_at_once = outcome.failure and not (counts.messages or counts.pingpongs)
        if failed_at_once or outcome.quiet:
            return
        delivery.count_losses()
        counts.messages += self._source.lost
        unwritten = self._streams.out.left
        summary = counts.sentence(delivery.seconds, unwritten, delivery.losses.counts)
        self._streams.notices.say(summary)

    def _nothing(self, outcome: Outcome, ran: float, hint: Hint) -> NothingBroadcast:
        recorded = self._source.recorded
        seconds = ran if outcome.limit is None else outcome.limit
        if self._counts.messages:
            took = "" if recorded else f"{seconds:.1f}"
            return NothingBroadcast(self._counts.nothing(took), _NOTHING_USEFUL_STEP)
        if recorded and outcome.limit is None:
            return NothingBroadcast(_NOT_RECORDED, _NOT_RECORDED_STEP)
        return NothingBroadcast(_NOTHING_CAME.format(seconds=seconds, hint=hint()))
