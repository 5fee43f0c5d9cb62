"""The error tree: facts as attributes, one sentence composed from them, the exit code on the class.

The exit codes are part of the command line's contract. Errors that nothing else handles are caught
once, in ``main.py``. A sentence may quote the network, so it must be escaped before it is printed.
"""

from enum import IntEnum

from kisq.locale.sentence import NO_SENTENCE, Sentence, joined

_NOT_APPROVED = Sentence("KIS refused to issue an approval key: {answer} (HTTP {status})")
_NOT_SUBSCRIBED = Sentence("KIS refused the subscription of {keys}: {answer}")
_NO_REASON = Sentence("no reason given")
_AND_NEXT = Sentence("{happened}; {next_step}")


class ExitCode(IntEnum):
    """The exit codes of the contract, in one table; a signal adds 128 to its number."""

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
    """A failure that one sentence explains to the user.

    ``sentence`` says what happened, ``next_step`` what to do about it (may be empty), and ``text``
    both. All three can be translated.
    """

    exit_code = ExitCode.BUG

    def __init__(self, sentence: Sentence, next_step: Sentence = NO_SENTENCE) -> None:
        self.sentence = sentence
        self.next_step = next_step
        self.text = self.sentence
        if self.next_step:
            self.text = _AND_NEXT.format(happened=self.sentence, next_step=self.next_step)
        super().__init__(self.text)


class NothingBroadcast(KisqError):
    """Connected and subscribed, but no data message came in time."""

    exit_code = ExitCode.NOTHING


class NothingFound(KisqError):
    """No symbol matches what was looked for."""

    exit_code = ExitCode.NOTHING


class WrongUsage(KisqError):
    """An option, a tr_id or a tr_key that cannot work."""

    exit_code = ExitCode.USAGE


class WrongKey(KisqError):
    """A malformed tr_key, or one that does not go with its TR; the sentence offers the likely one.

    Raised by the grammar of keys, which knows no command line.
    """

    exit_code = ExitCode.USAGE


class SettingsFault(KisqError):
    """A setting is missing, unreadable or invalid."""

    exit_code = ExitCode.SETTINGS


class ApprovalRefused(KisqError):
    """KIS answered the request for an approval key, but without a key.

    ``status`` is the HTTP status; ``code`` and ``kis_text`` are KIS's own (``None`` if the body had
    none).
    """

    exit_code = ExitCode.APPROVAL

    def __init__(
        self, status: int, code: str | None, kis_text: str | None, next_step: Sentence
    ) -> None:
        self.status = status
        self.code = code
        self.kis_text = kis_text
        answer = _answer(code, kis_text)
        super().__init__(_NOT_APPROVED.format(answer=answer, status=status), next_step)


class ConnectionFailed(KisqError):
    """KIS could not be reached, or the connection was lost for good.

    ``address`` is the URL, ``happened`` what went wrong, ``status`` the HTTP status of a refused
    handshake.
    """

    exit_code = ExitCode.CONNECTION

    def __init__(
        self, address: str, happened: Sentence, next_step: Sentence, status: int | None = None
    ) -> None:
        self.address = address
        self.happened = happened
        self.status = status
        super().__init__(joined(": ", (address, self.happened)), next_step)


class OutputFailed(KisqError):
    """stdout or a file cannot be written, for example because the disk is full."""

    exit_code = ExitCode.OUTPUT


class SubscriptionRefused(KisqError):
    """KIS refused a subscription (``rt_cd`` other than 0; protocol.md section 2).

    ``keys`` are the (tr_id, tr_key) pairs it concerns; ``code`` and ``kis_text`` are KIS's own, and
    ``answer`` is both of them.
    """

    exit_code = ExitCode.REFUSED

    def __init__(
        self,
        keys: list[tuple[str, str]],
        code: str | None,
        kis_text: str | None,
        next_step: Sentence,
    ) -> None:
        self.keys = keys
        self.code = code
        self.kis_text = kis_text
        self.answer = _answer(code, kis_text)
        names = ", ".join(f"{tr_key} ({tr_id})" for tr_id, tr_key in keys)
        super().__init__(_NOT_SUBSCRIBED.format(keys=names, answer=self.answer), next_step)


def _answer(code: str | None, kis_text: str | None) -> str:
    """KIS's own code and text, as far as there are any."""
    return " ".join(filter(None, (code, kis_text))) or _NO_REASON


class Interrupted(BaseException):
    """A signal ends the run; shells know it by ``exit_code``.

    Not a KisqError, because nothing failed, and not KeyboardInterrupt, which Typer handles itself.
    """

    def __init__(self, exit_code: int) -> None:
        self.exit_code = exit_code
        super().__init__(exit_code)
