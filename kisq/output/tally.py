"""What a run counts."""

from dataclasses import dataclass

from kisq.protocol.frames import DATA, IN, PINGPONG, Frame


@dataclass(slots=True)
class Tally:
    """Counts of one run. ``limit`` is how much is asked for, ``shown`` how much was shown.

    What is counted as shown depends on the command: order books, or data messages.
    """

    noun: str
    limit: int | None = None
    shown: int = 0
    messages: int = 0
    malformed: int = 0
    pingpongs: int = 0

    @property
    def full(self) -> bool:
        return self.shown == self.limit

    def see(self, frame: Frame) -> None:
        """Count a frame."""
        if frame.kind is DATA:
            self.messages += 1
        elif frame.kind is PINGPONG and frame.dir is IN:
            self.pingpongs += 1

    def sentence(self, seconds: float, lost: int) -> str:
        """The summary of the run."""
        parts = [f"{self.shown} {self.noun}{'' if self.shown == 1 else 's'}"]
        if self.noun != "data message":
            parts.append(f"{self.messages} data message{'' if self.messages == 1 else 's'}")
        parts.append(f"{self.pingpongs} PINGPONG{'' if self.pingpongs == 1 else 's'}")
        parts += [f"{self.malformed} not decodable"] if self.malformed else []
        parts += [f"{lost} LOST, the output was too slow"] if lost else []
        return f"{', '.join(parts)} in {seconds:.1f} s"
