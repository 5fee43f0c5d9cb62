"""The signals that end a run: exceptions, but not in the middle of a message."""

import signal
import sys
from types import FrameType

from kisq.errors import Interrupted

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGALRM")
_NUMBERS = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
_AGAIN_SECONDS = 0.01


class Interrupts:
    """Raises Interrupted where a signal comes, in ``with`` only after it.

    What is done in ``with`` is done whole or not begun, but for a second signal, which waits for
    nothing. It must be short, and ``with`` does not nest.
    ``exit_code`` is that of the first signal that came.
    """

    def __init__(self) -> None:
        self._held = self._alarmed = False
        self._noted: Interrupted | None = None
        self.exit_code: int | None = None

    @property
    def held(self) -> bool:
        """Whether it is in ``with``."""
        return self._held

    def arrange(self) -> None:
        """Handle the signals from now on, but for those that are ignored, as under nohup."""
        for number in _NUMBERS:
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self.come)
        sys.unraisablehook = self.lose

    def over(self) -> None:
        """From now on no signal changes how it ended."""
        for number in _NUMBERS:
            signal.signal(number, signal.SIG_IGN)

    def come(self, number: int, _: FrameType | None) -> None:
        """A signal came, or the alarm that brings one back that was lost."""
        second = False
        if self._alarmed and number == signal.SIGALRM:
            self._alarmed = False
        else:
            second = self._noted is not None
            self._noted = Interrupted(number)
            self.exit_code = self.exit_code or self._noted.exit_code
        if second or not self._held:
            self._raise_noted()

    def lose(self, lost: "sys.UnraisableHookArgs") -> None:
        """Bring back what came in a callback of Python's own (import, gc), which raises nothing."""
        if not isinstance(lost.exc_value, Interrupted):
            sys.__unraisablehook__(lost)
            return
        self._noted = lost.exc_value
        if hasattr(signal, "setitimer"):
            self._alarmed = True
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)

    def _raise_noted(self) -> None:
        if self._noted:
            noted, self._noted = self._noted, None
            raise noted

    def __enter__(self) -> None:
        self._held = True

    def __exit__(self, *_: object) -> None:
        self._held = False
        if self._noted:  # asked here as well, for this is done for every message
            self._raise_noted()


INTERRUPTS = Interrupts()  # of the process, as signals are
