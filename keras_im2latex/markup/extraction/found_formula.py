"""What became of one formula of a paper."""

import dataclasses

KINDS = ("inline", "display", "row")


@dataclasses.dataclass(frozen=True)
class FoundFormula:
    r"""A formula found in a paper, kept or dropped.

    Args:
        paper: string. The paper's name.
        kind: string. `"inline"`; `"display"`, a display as a whole; or `"row"`, one row of a display of several. What
            is no formula but could not be read, such as a missing `\input`, has the kind `"problem"`.
        environment: string. What the formula stood in: `"align*"`, `"$"`, `"$$"`, `"\["`, `"\("`.
        file: string. The file it begins in, within the paper's folder.
        line: int. The line it begins at, from 1.
        offset: int. The characters of that file before it, a line's end counting as one.
        row: int or `None`. Which row of its display, from 1; `None` unless `kind` is `"row"`.
        latex: string. The formula as it may stand between `\[` and `\]`; empty if dropped.
        dropped: string or `None`. Why the formula is not to be used; `None` if it is kept.
    """

    paper: str
    kind: str
    environment: str
    file: str
    line: int
    offset: int
    row: int | None = None
    latex: str = ""
    dropped: str | None = None

    def to_json(self):
        """Returns the formula as a dict for JSON, without `dropped`."""
        fields = dataclasses.asdict(self)
        del fields["dropped"]
        return fields
