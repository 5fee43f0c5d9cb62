"""What a run counts."""

from dataclasses import dataclass

from kisq.protocol.frames import DATA, IN, PINGPONG, Frame


@dataclass(slots=True)
class Tally:
    """Counts of one run. ``limit`` is how much is asked for, ``shown`` how much was shown.

    What is counted as shown depends on the command: records, or data messages (``raw``).
    ``malformed`` are messages and records that cannot be decoded, ``malformed_records`` those among
    them that stand in a message with others. ``odd`` are records shown that have a fault.
    ``skipped`` are lines of a capture that are no messages.
    """

    raw: bool = False
    limit: int | None = None
    shown: int = 0
    trades: int = 0  # among those shown
    messages: int = 0
    malformed: int = 0
    malformed_records: int = 0
    odd: int = 0
    pingpongs: int = 0
    skipped: int = 0

    @property
    def full(self) -> bool:
        return self.shown == self.limit

    def see(self, frame: Frame) -> None:
        """Count a frame."""
        if frame.kind is DATA:
            self.messages += 1
        elif frame.kind is PINGPONG and frame.dir is IN:
            self.pingpongs += 1

    @property
    def _noun(self) -> str:
        if self.raw:
            return "data message"
        if self.trades:
            return "trade" if self.trades == self.shown else "record"
        return "order book"

    @property
    def _malformed(self) -> str:
        """How many messages and how many records of others cannot be decoded."""
        messages, records = self.malformed - self.malformed_records, self.malformed_records
        said = [_counted(messages, "message")] if messages else []
        said += [_counted(records, "record")] if records else []
        return " and ".join(said)

    def sentence(self, seconds: float, unwritten: int, lost: int) -> str:
        """The summary: ``unwritten`` of what was shown nobody took, ``lost`` came besides."""
        parts = [_counted(self.shown - unwritten, self._noun)]
        if not self.raw:
            parts.append(_counted(self.messages, "data message"))
        parts.append(_counted(self.pingpongs, "PINGPONG"))
        parts += [_counted(self.odd, "odd record")] if self.odd else []
        parts += [f"{self._malformed} not decodable"] if self.malformed else []
        lines = "line" if self.skipped == 1 else "lines"
        parts += [f"{self.skipped} {lines} of the capture skipped"] if self.skipped else []
        lost += unwritten
        parts += [f"{lost} LOST, for nobody took the output"] if lost else []
        return f"{', '.join(parts)} in {seconds:.1f} s"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
