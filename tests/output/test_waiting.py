"""What is said while nothing comes, by the seconds that have gone by."""

from pathlib import Path

from kisq.locale.sentence import verbatim
from kisq.output.counts import Counts
from kisq.output.notices import Notices, Waiting


def test_hint_comes_once_after_ten_seconds(tmp_path: Path) -> None:
    """Not before ten seconds of silence, and not again."""
    file = tmp_path / "stderr"
    with file.open("w") as stderr:
        waiting = Waiting(Notices(stderr), Counts(raw=True), lambda: verbatim("Try another key."))
        for seconds in (0.0, 9.9):
            waiting.flush(1000.0 + seconds)
        assert file.read_text() == ""
        for seconds in (10.0, 10.1, 30.0):
            waiting.flush(1000.0 + seconds)
    assert file.read_text() == "kisq: nothing came in 10 s. Try another key.\n"
