"""A file of CROHME that could be read."""

import dataclasses

from tfds_builders.crohme.ink import Ink
from tfds_builders.crohme.writers import writer_of


@dataclasses.dataclass(frozen=True)
class InkFile:
    """One file: its ink and its label.

    Attributes:
        key: what it is known by in a dataset.
        name: its path in its archive, without `.inkml`.
        ink: `Ink`.
        raw: the label as the file has it.
        latex: the label as a target.
    """

    key: str
    name: str
    ink: Ink
    raw: str
    latex: str

    @property
    def writer(self) -> str:
        """Who wrote it; see `writer_of`."""
        return writer_of(self.ink, self.name)
