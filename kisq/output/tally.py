"""What a run counts."""

from dataclasses import dataclass

from kisq.protocol.frames import DATA, IN, PINGPONG, Frame


@dataclass(slots=True)
class Tally:
    """Counts of one run. ``limit`` is how much is asked for, ``shown`` how much was shown.

    What is counted as shown depends on the command: records, or data messages (``raw``).
    ``skipped`` are lines of a capture that are no messages.
    """

    raw: bool = False
    limit: int | None = None
    shown: int = 0
    trades: int = 0  # among those shown
    messages: int = 0
    malformed: int = 0
    foreign: int = 0  # records that nobody asked for
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

    def sentence(self, seconds: float, unwritten: int, lost: int) -> str:
        """The summary: ``unwritten`` of what was shown nobody took, ``lost`` came besides."""
        shown = self.shown - unwritten
        parts = [f"{shown} {self._noun}{'' if shown == 1 else 's'}"]
        if not self.raw:
            parts.append(f"{self.messages} data message{'' if self.messages == 1 else 's'}")
        parts.append(f"{self.pingpongs} PINGPONG{'' if self.pingpongs == 1 else 's'}")
        parts += [f"{self.malformed} not decodable"] if self.malformed else []
        parts += [f"{self.foreign} not asked for"] if self.foreign else []
        lines = "line" if self.skipped == 1 else "lines"
        parts += [f"{self.skipped} {lines} of the capture skipped"] if self.skipped else []
        lost += unwritten
        parts += [f"{lost} LOST, for nobody took the output"] if lost else []
        return f"{', '.join(parts)} in {seconds:.1f} s"
