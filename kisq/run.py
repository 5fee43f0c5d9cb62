"""One run: frames from a source into sinks until something ends it, then an orderly end."""

from collections.abc import Callable
from dataclasses import dataclass

from kisq.delivery import Delivery
from kisq.errors import (
    Interrupted,
    KisqError,
    NothingBroadcast,
    OutputFailed,
    SubscriptionRefused,
)
from kisq.flow import Recorder, Sink, Source
from kisq.output.people import People
from kisq.output.stream import Lines, OutputClosed, OutputStalled
from kisq.output.tally import Tally

Hint = Callable[[], str]  # why nothing comes and what to try, worked out when it is needed
_LOOK = "see them with `kisq raw`, and give one of them to `kisq explain`"
_OTHERS = "name other keys, or see all of it with `kisq raw --json -r`"


@dataclass(frozen=True, slots=True)
class Limits:
    """When a run ends by itself; None is never.

    ``duration`` and ``timeout`` are seconds from its start by the clock of the source, ``timeout``
    only until something useful came (``Tally.useful``); ``count`` is how many order books or data
    messages to show, ``reconnects`` how many losses of the connection in a row are made good.
    """

    duration: float | None = None
    timeout: float | None = None
    count: int | None = None
    reconnects: int = 0


@dataclass(frozen=True, slots=True)
class Input:
    """What a run reads from and what goes with that.

    ``status`` is a sink that shows a person the state of the source, ``hint`` says why nothing
    comes, ``press`` takes keys of the keyboard, ``foot`` gives the last line of a live screen.
    """

    source: Source
    status: Sink
    hint: Hint
    press: Callable[[str], None] | None = None
    foot: Callable[[], str] = str


@dataclass(slots=True)
class Outcome:
    """How a run ended.

    ``exit_code`` is that of the signal that ended it, or 0; ``failure`` the error that did,
    ``quiet`` that a reader went away, and ``limit`` the seconds after which it was over by itself.
    """

    exit_code: int = 0
    failure: KisqError | None = None
    quiet: bool = False
    limit: float | None = None


def deliver(
    delivery: Delivery,
    over: Callable[[float], bool],
    poll: Callable[[], None] = lambda: None,
    duration: float | None = None,
) -> Outcome:
    """The one loop: deliver until the source ends, a limit, a signal or an error.

    ``over`` says whether a run is over after so many seconds, ``poll`` is called between batches,
    at least 10 times a second; readers are waited for ``duration`` seconds. Whatever ends it, the
    session is given back, what was received is written as far as somebody takes it, and the sinks
    are closed.
    """
    outcome = Outcome()
    try:
        outcome.limit = _until_over(delivery, over, poll, duration)
    except Interrupted as signal:
        outcome.exit_code = signal.exit_code
    except OutputStalled:  # only ``duration`` sets a deadline while the run goes on
        outcome.limit = duration
    except OutputClosed:
        outcome.quiet = True
    except OutputFailed as error:
        delivery.fail(error)
    except KisqError as error:
        outcome.failure = error
    finally:
        delivery.end()
    outcome.failure = outcome.failure or delivery.failure
    outcome.quiet = outcome.quiet or delivery.quiet
    return outcome


def _until_over(
    delivery: Delivery,
    over: Callable[[float], bool],
    poll: Callable[[], None],
    duration: float | None,
) -> float | None:
    """Deliver; gives the seconds after which it was over, None where the source ended first."""
    delivery.begin(duration)
    while delivery.step():
        if delivery.full:
            return None
        poll()
        delivery.flush()
        if over(delivery.seconds):
            return delivery.seconds
    return None


class Run:
    """One run of ``source`` into ``sinks``, which write to ``out``, and what is said of it.

    ``capture`` gets everything that was received, also where nobody takes the output. ``poll`` is
    called between batches, at least 10 times a second.
    """

    def __init__(
        self,
        source: Source,
        sinks: list[Sink],
        out: Lines,
        tally: Tally,
        people: People,
        poll: Callable[[], None] = lambda: None,
        capture: Recorder | None = None,
    ) -> None:
        self._source, self._out, self._tally = source, out, tally
        self._people, self._poll = people, poll
        self._delivery = Delivery(source, sinks, out, tally, people, capture)

    def until(self, limits: Limits, hint: Hint) -> int:
        """Run until a limit, an interrupt or an error; gives the exit code.

        Raises the KisqError that ended the run, NothingBroadcast where it ended without anything
        useful.
        """
        outcome = deliver(
            self._delivery,
            lambda seconds: self._is_over(limits, seconds),
            self._poll,
            limits.duration,
        )
        self._summarize(outcome)
        if outcome.failure:
            raise outcome.failure
        if not (outcome.exit_code or outcome.quiet or self._tally.useful):
            raise self._nothing(outcome, hint)  # only now, as to say why may take its time
        if self._source.refusals and not outcome.exit_code:
            return SubscriptionRefused.exit_code
        return outcome.exit_code

    def _is_over(self, limits: Limits, seconds: float) -> bool:
        """Whether a limit ends the run after ``seconds``."""
        ended = limits.duration is not None and seconds >= limits.duration
        timed_out = limits.timeout is not None and seconds >= limits.timeout
        return ended or (timed_out and not self._tally.useful)

    def _summarize(self, outcome: Outcome) -> None:
        worth_it = not outcome.failure or self._tally.messages or self._tally.pingpongs
        if worth_it and not outcome.quiet:
            self._delivery.count_losses()
            losses = self._delivery.losses.counts
            self._tally.messages += self._source.lost
            seconds = self._delivery.seconds
            self._people.say(self._tally.sentence(seconds, self._out.left, losses))

    def _nothing(self, outcome: Outcome, hint: Hint) -> NothingBroadcast:
        recorded = self._source.recorded
        seconds = self._delivery.seconds if outcome.limit is None else outcome.limit
        if self._tally.messages:
            when = "are in the recording" if recorded else f"came in {seconds:.1f} s"
            return NothingBroadcast(self._tally.nothing(when), _LOOK)
        if recorded and outcome.limit is None:
            return NothingBroadcast(
                "the recording holds no data message that was asked for", _OTHERS
            )
        return NothingBroadcast(f"no data message came in {seconds:.1f} s. {hint()}")
