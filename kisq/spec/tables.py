"""The tables of the package: one file per TR, read when that TR is needed, and KIS's field codes.

No other pure module reads files. A new TR is a new file in ``trs/`` and nothing more.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kisq.locale.sentence import Name, Sentence
from kisq.spec.fields import Tr
from kisq.spec.table_text import parse_table

_HERE = Path(__file__).parent
_SUFFIX = ".tsv"


class Tables(Mapping[str, Tr]):
    """The TRs whose tables are in ``folder``, by id in alphabetical order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Tr] = {}
        self._names: dict[str, None] = {}

    def __getitem__(self, tr_id: str) -> Tr:
        tr = self._read.get(tr_id)
        if tr is None:
            if tr_id not in self:
                raise KeyError(tr_id)
            text = (self._folder / f"{tr_id}{_SUFFIX}").read_text("utf-8")
            tr = parse_table(tr_id, text)
            self._read[tr_id] = tr
        return tr

    def __contains__(self, tr_id: object) -> bool:
        return tr_id in self._listed()

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed())

    def __len__(self) -> int:
        return len(self._listed())

    def _listed(self) -> dict[str, None]:
        if not self._names:
            self._names = dict.fromkeys(
                sorted(path.stem for path in self._folder.iterdir() if path.suffix == _SUFFIX)
            )
        return self._names


TRS = Tables(_HERE / "trs")


class CodeWords(NamedTuple):
    """What a code of a field means, in KIS's words and in English."""

    korean: str
    english: Sentence


@cache
def field_codes() -> dict[str, dict[str, CodeWords]]:
    """The codes of each coded field, by mnemonic and then by the code as on the wire.

    Codes of one TR alone are listed under ``TR_ID.MNEMONIC``.
    """
    codes: dict[str, dict[str, CodeWords]] = {}
    for line in (_HERE / "field_codes.tsv").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        names, code, korean, english = line.split("\t")
        for name in names.split(" "):
            codes.setdefault(name, {})[code] = CodeWords(korean, Name(english, korean))
    return codes


def codes_of(tr_id: str, name: str) -> dict[str, CodeWords]:
    """The codes of the field ``name`` in that TR; empty if it has no known codes."""
    codes = field_codes()
    return codes.get(f"{tr_id}.{name}") or codes.get(name, {})


def unpaired_texts() -> set[Sentence]:
    """The English texts in the tables that have no Korean beside them: the catalogue has it."""
    texts = {text for tr in TRS.values() for text in (tr.live, tr.examples)}
    return texts - {""}
