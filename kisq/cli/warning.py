"""How warnings and errors begin on stderr."""

from kisq.locale.sentence import Sentence
from kisq.output.notices import Notices

ERROR = Sentence("error: {fault}")
_WARNING = Sentence("warning: {sentence}")


def warn(notices: Notices, sentence: str) -> None:
    """Say that something is doubtful, although the run goes on."""
    notices.say(_WARNING.format(sentence=sentence))
