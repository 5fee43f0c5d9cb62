"""Sentences that count: one whole template for one, another for any other number."""

from typing import NamedTuple


class Plural(NamedTuple):
    """Two templates with the fields that they share; ``number`` is one of them."""

    one: str
    many: str

    def of(self, number: int, **fields: object) -> str:
        """The sentence for ``number``."""
        template = self.one if number == 1 else self.many
        return template.format(number=number, **fields)
