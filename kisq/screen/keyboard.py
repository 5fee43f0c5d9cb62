"""The keys that a person presses while a screen is live, read from the terminal itself."""

import os
import re
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_TERMINAL = "/dev/tty"  # of the process, wherever its streams go
UP = "up"
DOWN = "down"
PAGE_UP = "page up"
PAGE_DOWN = "page down"
HOME = "home"
END = "end"
ENTER = "enter"
ESCAPE = "escape"
SPACE = "space"
BACKSPACE = "backspace"
_NAMES = {
    b"\x1b[A": UP, b"\x1bOA": UP, b"\x1b[B": DOWN, b"\x1bOB": DOWN,
    b"\x1b[5~": PAGE_UP, b"\x1b[6~": PAGE_DOWN, b"\x1b[H": HOME, b"\x1b[F": END,
    b"\x1bOH": HOME, b"\x1bOF": END, b"\x1b[1~": HOME, b"\x1b[4~": END,
    b"\r": ENTER, b"\n": ENTER, b"\x1b": ESCAPE, b" ": SPACE,
    b"\x7f": BACKSPACE, b"\b": BACKSPACE,
}  # fmt: skip
_KEY = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1bO.|\x1b(?![\[O])|[^\x1b]", re.DOTALL)
_MOST = 1024


def names(data: bytes) -> tuple[list[str], bytes]:
    """The keys in ``data`` and what is left: the beginning of a key that is not whole yet.

    A key without a name of its own goes by its character; unknown sequences are left out.
    """
    keys = []
    end = 0
    whole = data.removesuffix(b"\x1b")  # an ESC at the end may begin a key
    while match := _KEY.match(whole, end):
        end = match.end()
        name = _NAMES.get(match[0]) or match[0].decode("ascii", "replace")
        if len(name) == 1 or name in _NAMES.values():
            keys.append(name)
    return keys, data[end:]


class Keyboard:
    """The terminal's keyboard, one key at a time; ``poll`` gives each key to the listeners.

    It reads the terminal even if stdin is a pipe. Without a terminal, or in the background, there
    are no keys. Ctrl-C and Ctrl-Z stay signals.
    """

    def __init__(self, *listeners: Callable[[str], None]) -> None:
        self._listeners = listeners
        self._began = b""
        self._descriptor: int | None = None
        try:
            import termios
        except ImportError:  # not on this system
            return
        with suppress(OSError, termios.error):  # no terminal, or none any more
            self._descriptor = os.open(_TERMINAL, os.O_RDONLY | os.O_NOCTTY)
            self._before = termios.tcgetattr(self._descriptor)
            self._take()
            signal.signal(signal.SIGCONT, self._continued)

    def poll(self) -> None:
        """Give each key that was pressed to the listeners."""
        pressed = self._read()
        if not pressed and not self._began:
            return
        keys, self._began = names(self._began + pressed)
        if not pressed and self._began:  # nothing followed the ESC: it was the key itself
            keys.append(ESCAPE)
            self._began = b""
        for name in keys:
            for listener in self._listeners:
                listener(name)

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._descriptor is None:
            return
        import termios

        signal.signal(signal.SIGCONT, signal.SIG_DFL)
        with suppress(OSError, termios.error):  # the terminal may be gone
            if self._in_front():
                termios.tcsetattr(self._descriptor, termios.TCSANOW, self._before)
        os.close(self._descriptor)
        self._descriptor = None

    def _read(self) -> bytes:
        if self._descriptor is None:
            return b""
        with suppress(OSError):
            if self._in_front() and select.select([self._descriptor], [], [], 0)[0]:
                return os.read(self._descriptor, _MOST)
        return b""

    def _take(self) -> None:
        """Read one key at a time without echo, but not in the background: that would stop us."""
        import termios
        import tty

        if self._descriptor is not None and self._in_front():
            tty.setcbreak(self._descriptor, termios.TCSANOW)  # waits for nobody

    def _in_front(self) -> bool:
        return self._descriptor is not None and _is_ours(self._descriptor)

    def _continued(self, _: int, __: FrameType | None) -> None:
        with suppress(Exception):  # the terminal may be gone
            self._take()


@contextmanager
def listening(*listeners: Callable[[str], None] | None) -> Iterator[Callable[[], None]]:
    """Gives what to poll so that the listeners get keys; without any the keyboard is left alone."""
    present = [listener for listener in listeners if listener]
    if not present:
        yield lambda: None
        return
    keyboard = Keyboard(*present)
    try:
        yield keyboard.poll
    finally:
        keyboard.close()


def in_front() -> bool:
    """Whether the terminal belongs to our job; true if there is no terminal."""
    try:
        descriptor = os.open(_TERMINAL, os.O_RDONLY | os.O_NOCTTY)
    except (OSError, AttributeError):
        return True
    try:
        return _is_ours(descriptor)
    except OSError:
        return True
    finally:
        os.close(descriptor)


def _is_ours(descriptor: int) -> bool:
    """Whether the terminal belongs to our job, which it does not in the background."""
    return os.tcgetpgrp(descriptor) == os.getpgrp()
