"""The error tree: facts as attributes, one sentence composed from them, the exit code on the class.

The exit codes are the contract of the command line; what nobody else can answer is caught once, in
``main.py``. A sentence may quote what came from the network, so whoever prints it escapes it first.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """How kisq ends, the one table of the contract; a signal ends it with 128 and its number."""

    DONE = 0
    NOTHING = 1  # nothing was broadcast
    USAGE = 2
    SETTINGS = 3
    APPROVAL = 4
    CONNECTION = 5
    REFUSED = 6
    CLOSED = 7  # nothing came, and the market is closed
    DEGRADED = 8
    BUG = 70
    OUTPUT = 74
    INTERRUPTED = 130


class KisqError(Exception):
    """Something failed in a way that the user can be told about in one sentence.

    ``sentence`` is what happened, without the next step.
    """

    exit_code = ExitCode.BUG

    def __init__(self, sentence: str, next_step: str = "") -> None:
        self.sentence, self.next_step = sentence, next_step
        super().__init__(f"{sentence}; {next_step}" if next_step else sentence)


class NothingBroadcast(KisqError):
    """Connected and subscribed, but the time given ran out without a data message."""

    exit_code = ExitCode.NOTHING


class NothingFound(KisqError):
    """No symbol is what was looked for."""

    exit_code = ExitCode.NOTHING


class WrongUsage(KisqError):
    """An option, a tr_id or a tr_key that cannot work."""

    exit_code = ExitCode.USAGE


class WrongKey(KisqError):
    """A tr_key that is none, or that does not go with its TR; the sentence offers the likely one.

    Raised by the grammar of keys, which knows no command line.
    """

    exit_code = ExitCode.USAGE


class SettingsFault(KisqError):
    """A setting is missing, unreadable or not what it must be."""

    exit_code = ExitCode.SETTINGS


class ApprovalRefused(KisqError):
    """KIS answered the request for an approval key, but not with a key.

    ``status`` is the HTTP status, ``code`` and ``text`` are KIS's own (``None`` where the body
    had none), ``next_step`` says what to do.
    """

    exit_code = ExitCode.APPROVAL

    def __init__(self, status: int, code: str | None, text: str | None, next_step: str) -> None:
        self.status, self.code, self.text = status, code, text
        answer = _answer(code, text)
        sentence = f"KIS refused to issue an approval key: {answer} (HTTP {status})"
        super().__init__(sentence, next_step)


class ConnectionFailed(KisqError):
    """KIS could not be reached, or the connection was lost for good.

    ``address`` is the URL, ``happened`` what went wrong, ``next_step`` what to do, ``status`` the
    HTTP status of a handshake that was refused.
    """

    exit_code = ExitCode.CONNECTION

    def __init__(
        self, address: str, happened: str, next_step: str, status: int | None = None
    ) -> None:
        self.address, self.happened, self.status = address, happened, status
        super().__init__(f"{address}: {happened}", next_step)


class OutputFailed(KisqError):
    """stdout or a file cannot be written, for example because the disk is full."""

    exit_code = ExitCode.OUTPUT


class SubscriptionRefused(KisqError):
    """KIS refused a subscription (``rt_cd`` other than 0; protocol.md section 2).

    ``keys`` are the (tr_id, tr_key) pairs it concerns, ``code`` and ``text`` KIS's own,
    ``answer`` the two of them.
    """

    exit_code = ExitCode.REFUSED

    def __init__(
        self, keys: list[tuple[str, str]], code: str | None, text: str | None, next_step: str
    ) -> None:
        self.keys, self.code, self.text = keys, code, text
        named = ", ".join(f"{tr_key} ({tr_id})" for tr_id, tr_key in keys)
        self.answer = _answer(code, text)
        super().__init__(f"KIS refused the subscription of {named}: {self.answer}", next_step)


def _answer(code: str | None, text: str | None) -> str:
    """KIS's own code and text, as far as there are any."""
    return " ".join(filter(None, (code, text))) or "no reason given"


class Interrupted(BaseException):
    """A signal ends the run; ``exit_code`` is the one by which shells know it.

    Not KisqError, for it is no failure, and not KeyboardInterrupt, of which Typer makes its own.
    """

    def __init__(self, exit_code: int) -> None:
        self.exit_code = exit_code
        super().__init__(exit_code)
