"""``--play``: the recording that a simulator broadcasts."""

from collections.abc import Generator, Iterator
from contextlib import closing
from math import isnan, nan
from pathlib import Path

from kisq.capture.reader import STDIN, CaptureReader
from kisq.capture.replay import Keep, keep_only
from kisq.cli.context import ERROR
from kisq.cli.recordings import Skipped
from kisq.errors import WrongUsage
from kisq.locale.sentence import Sentence
from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.wire.frames import DATA, Frame
from kisq.wire.matching import AskedOfAnyTr

_OPTION = "--play"
_WAIT_SECONDS = 1.0  # how often a pipe is looked at
_NOT_A_FILE = Sentence("--play reads its file for each registration: name a file, not a pipe")
_NO_DATA = Sentence("{file} holds no data message that could be broadcast")


class PlayedRecording:
    """The messages of the recording ``name`` for each key that is registered.

    Called with a tr_id and a tr_key it gives their messages, each with the seconds since the first
    one; NaN unless it is ``timed``. Each call reads the file anew. Raises WrongUsage where the file
    cannot be read.
    """

    def __init__(self, name: str, notices: Notices, *, timed: bool) -> None:
        self._name = name
        self._notices = notices
        self._timed = timed
        self._skipped = Skipped(Counts(), notices)
        self._last_skipped = 0  # the number of a line
        self._check()

    def __call__(self, tr_id: str, tr_key: str) -> Iterator[tuple[float, str]]:
        """The messages of (``tr_id``, ``tr_key``). The simulator reads them in another thread."""
        began = nan
        try:
            # The client may leave before the end, and then the file is closed as well.
            with closing(self._data(keep_only(AskedOfAnyTr([tr_key], [tr_id])))) as frames:
                for frame in frames:
                    if self._timed and isnan(began):
                        began = frame.at
                    yield frame.at - began, frame.text
        except WrongUsage as error:  # the file is gone
            self._notices.say(ERROR.format(fault=error.text))

    def _check(self) -> None:
        path = Path(self._name)
        if self._name == STDIN or (path.exists() and not path.is_file()):
            raise WrongUsage(_NOT_A_FILE)
        with closing(CaptureReader(self._name, _ignore, _OPTION)) as reader:
            if not any(frame.kind is DATA for frame in _frames_of(reader)):
                raise WrongUsage(_NO_DATA.format(file=self._name))

    def _data(self, keep: Keep) -> Generator[Frame, None, None]:
        with closing(CaptureReader(self._name, self._skip, _OPTION)) as reader:
            for frame in _frames_of(reader):
                if frame.kind is DATA and keep(frame):
                    yield frame

    def _skip(self, number: int, reason: str) -> None:
        """Say it once, although the file is read for each registration."""
        if number > self._last_skipped:
            self._last_skipped = number
            self._skipped(number, reason)


def _frames_of(reader: CaptureReader) -> Iterator[Frame]:
    while (frames := reader.frames(_WAIT_SECONDS)) is not None:
        yield from frames


def _ignore(number: int, reason: str) -> None:
    """What is skipped is said when the file is played."""
