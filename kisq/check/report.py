"""What a check finds out: stages, measurements and a verdict, as plain data."""

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import NamedTuple

from kisq.errors import ExitCode
from kisq.hours.clock import SessionFacts


class Status(StrEnum):
    """How a stage ended."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Name(Enum):
    """The stages in their order: their names in JSON, in Korean and in English."""

    SETTINGS = ("settings", "설정", "settings")
    APPROVAL = ("approval", "접속키", "approval key")
    HANDSHAKE = ("handshake", "접속", "TCP and handshake")
    SUBSCRIPTION = ("subscription", "구독", "subscription")
    HEARTBEAT = ("heartbeat", "연결유지", "heartbeat")
    FIRST_DATA = ("first_data", "첫 데이터", "first data")
    DECODED = ("decoded", "해독", "decoded")
    SOUND = ("sound", "정합", "sound")
    FRESH = ("fresh", "최신", "fresh")


class Stage(NamedTuple):
    """One stage: how it ended, the seconds it took (None: not measured) and its evidence."""

    name: Name
    status: Status
    seconds: float | None = None
    detail: str = ""


class Verdict(Enum):
    """The verdicts from best to worst: the word and the exit code."""

    BROADCASTING = ("broadcasting", ExitCode.DONE)
    CLOSED = ("closed", ExitCode.CLOSED)
    DEGRADED = ("degraded", ExitCode.DEGRADED)
    SILENT = ("silent", ExitCode.NOTHING)
    GARBLED = ("garbled", ExitCode.NOTHING)
    REFUSED = ("refused", ExitCode.REFUSED)
    UNREACHABLE = ("unreachable", ExitCode.CONNECTION)
    APPROVAL = ("approval refused", ExitCode.APPROVAL)
    SETTINGS = ("settings", ExitCode.SETTINGS)

    @property
    def word(self) -> str:
        return self.value[0]

    @property
    def exit_code(self) -> ExitCode:
        return self.value[1]


class Lag(NamedTuple):
    """Receive time minus the Korean clock of the records, in seconds."""

    min: float
    median: float
    max: float


@dataclass(slots=True)
class KeyReport:
    """What was found out about one key; times in seconds, ``rate`` in messages a second.

    ``measured`` says the figures in a sentence, ``session`` that of the key's market. ``name``
    and ``currency`` are those of its listing, empty where they are not known.
    """

    tr_id: str
    tr_key: str
    verdict: Verdict
    reason: str
    next_step: str
    stages: list[Stage]
    messages: int = 0
    records: int = 0
    rate: float | None = None
    first_data_seconds: float | None = None
    longest_gap_seconds: float | None = None
    lag: Lag | None = None
    warnings: list[str] = field(default_factory=list)
    measured: str = ""
    session: SessionFacts = field(default_factory=dict)
    name: str = ""
    currency: str = ""


@dataclass(slots=True)
class Report:
    """A whole check; ``checked_at`` in epoch seconds, of a recording its end (NaN: unknown)."""

    checked_at: float
    keys: list[KeyReport]

    @property
    def verdict(self) -> Verdict:
        """The worst of the keys."""
        order = list(Verdict)
        return max((key.verdict for key in self.keys), key=order.index)
