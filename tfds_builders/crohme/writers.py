"""Whose ink it is, and which writers are held out of training."""

import zlib

HELD_OUT = 0.06
"""Share of CROHME's training writers that are held out to choose weights by: 26 of 357, who wrote 558 files."""

_SEED = 9  # with which writers of all six collections are among those held out


def writer_of(ink, name) -> str:
    """Who wrote a file.

    Args:
        ink: `Ink`.
        name: the file's path in its archive, without `.inkml`.

    Returns:
        The writer that the file names; where it names none, the beginning of the file's own name, which in MathBrush
        is the sitting: `200923-1254` of `200923-1254-102`.
    """
    own = name.rpartition("/")[2]
    return ink.writer or own.rpartition("-")[0] or own


def is_held_out(writer, share=HELD_OUT) -> bool:
    """Whether a writer is held out; the same in every build.

    Args:
        writer: what `writer_of` gave.
        share: share of all writers that are held out.
    """
    return zlib.crc32(f"{_SEED} {writer}".encode()) < share * 2**32
