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


class Run:
    """One run of ``source`` into ``sinks``, which write to ``out``.

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
        self._failure: KisqError | None = None
        self._quiet = False
        self._started = source.now()
        self._limit: float | None = None  # seconds after which a limit ended it

    def until(self, limits: Limits, hint: Hint) -> int:
        """Run until a limit, an interrupt or an error; gives the exit code.

        Raises the KisqError that ended the run, NothingBroadcast where it ended without anything
        useful. Whatever ends it, the session is given back, what was received is written as far as
        somebody takes it, and the sinks are closed.
        """
        code, delivery = 0, self._delivery
        try:
            self._pump(limits)
        except Interrupted as signal:
            code = signal.exit_code
        except OutputStalled:  # only --duration sets a deadline while the run goes on
            self._limit = limits.duration
        except OutputClosed:
            self._quiet = True
        except OutputFailed as error:
            delivery.fail(error)
        except KisqError as error:
            self._failure = error
        finally:
            delivery.end()
            self._failure = self._failure or delivery.failure
            self._quiet = self._quiet or delivery.quiet
            self._summarize()
        if self._failure:
            raise self._failure
        if not (code or self._quiet or self._tally.useful):
            raise self._nothing(hint)  # only now, as to say why may take its time
        refused = bool(self._source.refusals) and not code
        return SubscriptionRefused.exit_code if refused else code

    def _pump(self, limits: Limits) -> None:
        self._delivery.begin(limits.duration)
        while self._delivery.step():
            if self._tally.full:
                return
            self._poll()
            now = self._source.now()
            self._delivery.flush(now)
            if self._is_over(limits, now - self._started):
                self._limit = now - self._started
                return

    def _is_over(self, limits: Limits, seconds: float) -> bool:
        """Whether a limit ends the run after ``seconds``."""
        ended = limits.duration is not None and seconds >= limits.duration
        timed_out = limits.timeout is not None and seconds >= limits.timeout
        return ended or (timed_out and not self._tally.useful)

    @property
    def _seconds(self) -> float:
        """How long it ran, by the clock of the source."""
        ended = self._delivery.ended
        return (self._source.now() if ended is None else ended) - self._started

    def _summarize(self) -> None:
        worth_it = not self._failure or self._tally.messages or self._tally.pingpongs
        if worth_it and not self._quiet:
            self._delivery.count_losses()
            losses = self._delivery.losses
            self._tally.messages += self._source.lost
            self._people.say(self._tally.sentence(self._seconds, self._out.left, losses))

    def _nothing(self, hint: Hint) -> NothingBroadcast:
        recorded = self._source.recorded
        seconds = self._seconds if self._limit is None else self._limit
        if self._tally.messages:
            when = "are in the recording" if recorded else f"came in {seconds:.1f} s"
            return NothingBroadcast(self._tally.nothing(when), _LOOK)
        if recorded and self._limit is None:
            return NothingBroadcast(
                "the recording holds no data message that was asked for", _OTHERS
            )
        return NothingBroadcast(f"no data message came in {seconds:.1f} s. {hint()}")
