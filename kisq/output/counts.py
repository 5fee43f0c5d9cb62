"""What a run counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from kisq.wire.frames import DATA, IN, PINGPONG, Frame


class Loss(Enum):
    """Why a data message that came was not shown."""

    NOBODY = "nobody took the output"
    FULL = "the output could not be written"
    CAPTURE = "writing the capture took too long"
    SLOW = "kisq was too slow"


@dataclass(slots=True)
class Counts:
    """Counts of one run. ``shown`` is how much was shown.

    What is counted as shown depends on the command: records, or data messages (``raw``).
    ``malformed`` are messages and records that cannot be decoded, ``malformed_records`` those among
    them that stand in a message with others. ``odd`` are records shown that have a fault.
    ``foreign`` are records that nobody asked for, ``skipped`` lines of a capture that are no
    messages, ``reason`` is why the first record that could not be decoded could not be.
    """

    raw: bool = False
    shown: int = 0
    books: int = 0  # among those shown
    trades: int = 0
    messages: int = 0
    malformed: int = 0
    foreign: int = 0
    malformed_records: int = 0
    odd: int = 0
    pingpongs: int = 0
    skipped: int = 0
    reason: str = ""

    @property
    def useful(self) -> int:
        """How much came of what ends and judges a run: records that decode, or data messages."""
        return self.messages if self.raw else self.shown

    def see(self, frame: Frame) -> None:
        """Count a frame."""
        if frame.kind is DATA:
            self.messages += 1
        elif frame.kind is PINGPONG and frame.dir is IN:
            self.pingpongs += 1

    @property
    def _noun(self) -> str:
        if self.trades:
            return "trade" if self.trades == self.shown else "record"
        return "order book" if self.books == self.shown else "record"

    @property
    def _malformed(self) -> str:
        """How many messages and how many records of others cannot be decoded."""
        messages, records = self.malformed - self.malformed_records, self.malformed_records
        said = [_counted(messages, "message")] if messages else []
        said += [_counted(records, "record")] if records else []
        return " and ".join(said)

    def sentence(self, seconds: float, unwritten: int, losses: Mapping[Loss, int]) -> str:
        """The summary: ``unwritten`` of what was shown nobody took, ``losses`` is all that is."""
        parts = [] if self.raw else [_counted(self.shown - unwritten, self._noun)]
        parts.append(_counted(self.messages, "data message"))
        parts.append(_counted(self.pingpongs, "PINGPONG"))
        parts += [_counted(self.odd, "odd record")] if self.odd else []
        parts += [f"{self._malformed} not decodable"] if self.malformed else []
        parts += [f"{self.foreign} not asked for"] if self.foreign else []
        lines = "line" if self.skipped == 1 else "lines"
        parts += [f"{self.skipped} {lines} of the capture skipped"] if self.skipped else []
        parts += [f"{lost} LOST, for {why.value}" for why, lost in losses.items() if lost]
        return f"{', '.join(parts)} in {seconds:.1f} s"

    def nothing(self, when: str) -> str:
        """What to say where data messages came and nothing useful was in them.

        ``when`` is where or when: "in 3.0 s".
        """
        messages = _counted(self.messages, "data message")
        if self.reason:
            return f"{messages} {when}, none of which decodes: {self.reason}"
        return f"{messages} {when}, none of what was asked for"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
