"""The signals that end a run: exceptions, but not in the middle of a message."""

import signal
from types import FrameType

from kisq.errors import Terminated

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")


class Interrupts:
    """Raises KeyboardInterrupt or Terminated where a signal comes, in ``with`` only after it.

    What is done in ``with`` is done whole or not begun. It must be short and wait for nobody.
    ``exit_codes`` are those of the signals that came, but for Ctrl-C.
    """

    def __init__(self) -> None:
        self._held = False
        self._noted: KeyboardInterrupt | None = None
        self.exit_codes: list[int] = []

    def arrange(self) -> None:
        """Handle the signals from now on, but for those that are ignored, as under nohup."""
        for name in _NAMES:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self.come)

    def come(self, number: int, _: FrameType | None) -> None:
        """A signal came."""
        error = KeyboardInterrupt() if number == signal.SIGINT else Terminated(number)
        if isinstance(error, Terminated):
            self.exit_codes.append(error.exit_code)
        if not self._held:
            raise error
        self._noted = error

    def __enter__(self) -> None:
        self._held = True

    def __exit__(self, *_: object) -> None:
        self._held = False
        if self._noted:
            noted, self._noted = self._noted, None
            raise noted


INTERRUPTS = Interrupts()  # of the process, as signals are
