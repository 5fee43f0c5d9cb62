"""The results of a check: stages, measurements and a verdict, as plain data.

Sentences in it are English in JSON, and translated in the report for people.
"""

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import NamedTuple

from kisq.errors import ExitCode
from kisq.hours.clock import SessionFacts
from kisq.locale.sentence import NO_SENTENCE, Name, Sentence


class Status(StrEnum):
    """How a stage ended."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class StageName(Enum):
    """The stages in their order: their names in JSON and for people."""

    SETTINGS = ("settings", Name("settings", "설정"))
    APPROVAL = ("approval", Name("approval key", "접속키"))
    HANDSHAKE = ("handshake", Name("TCP and handshake", "접속"))
    SUBSCRIPTION = ("subscription", Name("subscription", "구독"))
    HEARTBEAT = ("heartbeat", Name("heartbeat", "연결 유지"))
    FIRST_DATA = ("first_data", Name("first data", "첫 데이터"))
    DECODED = ("decoded", Name("decoded", "해독"))
    SOUND = ("sound", Name("sound", "정합성"))
    FRESH = ("fresh", Name("fresh", "최신 여부"))

    @property
    def in_json(self) -> str:
        return self.value[0]

    @property
    def label(self) -> Name:
        return self.value[1]


class Stage(NamedTuple):
    """One stage: how it ended, the seconds it took (None: not measured) and its evidence."""

    name: StageName
    status: Status
    seconds: float | None = None
    detail: str = ""


class Verdict(Enum):
    """The verdicts from best to worst: the word and the exit code."""

    BROADCASTING = (Sentence("broadcasting"), ExitCode.DONE)
    CLOSED = (Sentence("closed"), ExitCode.CLOSED)
    DEGRADED = (Sentence("degraded"), ExitCode.DEGRADED)
    SILENT = (Sentence("silent"), ExitCode.NOTHING)
    GARBLED = (Sentence("garbled"), ExitCode.NOTHING)
    REFUSED = (Sentence("refused"), ExitCode.REFUSED)
    UNREACHABLE = (Sentence("unreachable"), ExitCode.CONNECTION)
    APPROVAL = (Sentence("approval refused"), ExitCode.APPROVAL)
    SETTINGS = (Sentence("settings"), ExitCode.SETTINGS)

    @property
    def word(self) -> Sentence:
        return self.value[0]

    @property
    def exit_code(self) -> ExitCode:
        return self.value[1]


class Judgement(NamedTuple):
    """A verdict, its reason and what to do next, in whole sentences."""

    verdict: Verdict
    reason: Sentence
    next_step: Sentence


class Lag(NamedTuple):
    """Receive time minus the Korean clock of the records, in seconds."""

    min: float
    median: float
    max: float


@dataclass(slots=True)
class KeyReport:
    """The results for one key; times in seconds, ``rate`` in messages per second.

    ``measured`` has the figures in a sentence; ``session`` is that of the key's market. ``name``
    and ``currency`` are those of its listing, empty if they are not known.
    """

    tr_id: str
    tr_key: str
    verdict: Verdict
    reason: Sentence
    next_step: Sentence
    stages: list[Stage]
    messages: int = 0
    records: int = 0
    rate: float | None = None
    first_data_seconds: float | None = None
    longest_gap_seconds: float | None = None
    lag: Lag | None = None
    warnings: list[Sentence] = field(default_factory=list)
    measured: Sentence = NO_SENTENCE
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
