"""The one loop: from a source to a capture and sinks until something ends it."""

from collections.abc import Callable
from dataclasses import dataclass

from kisq.errors import Interrupted, KisqError, OutputFailed
from kisq.output.stream import OutputClosed, OutputStalled
from kisq.run.delivery import Delivery
from kisq.signals import SIGNALS


@dataclass(slots=True)
class Outcome:
    """How a run ended.

    ``exit_code`` is that of the signal that ended it, or 0. ``failure`` is the error that ended it,
    ``quiet`` is true if a reader went away, and ``limit`` are the seconds after which the run was
    over by itself.
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
    """Deliver until the source ends, a limit, a signal or an error: the one loop.

    ``over`` says whether a run is over after that many seconds, ``poll`` is called between batches,
    at least 10 times a second; the loop waits ``duration`` seconds for readers. Whatever ends it,
    it leaves the session, writes what was received as far as somebody reads it, and closes the
    sinks.
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
    """Deliver; gives the seconds after which it was over, None if the source ended first."""
    delivery.begin(duration)
    while delivery.step():
        if SIGNALS.waiting:
            SIGNALS.check()
        if delivery.full:
            return None
        poll()
        delivery.flush()
        if over(delivery.seconds):
            return delivery.seconds
    return None
