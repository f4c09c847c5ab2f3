"""Formulas in, the places of their characters out."""

import itertools

from keras_im2latex.rendering.page import Page
from keras_im2latex.rendering.sandbox import require_programs
from keras_im2latex.rendering.tex_batch import TexBatch
from keras_im2latex.rendering.tex_run import TexRun
from keras_im2latex.rendering.typesetting import Typesetting


def typeset(formulas, page=Page(), *, batch_size=500, timeout=10.0, max_length=10_000):  # noqa: B008
    """Sets formulas as `render` does, and tells where each character and rule stands instead of drawing them.

    Args:
        formulas: iterable of str (or bytes in UTF-8). LaTeX, as it stands between `\\[` and `\\]`.
        page: `Page`. Its resolution and ink play no part. Default: the page of IM2LATEX-100K.
        batch_size: int. Formulas a TeX run. Default 500.
        timeout: float. Seconds a formula may take. Default 10.
        max_length: int. Greatest length of a formula in bytes. Default 10,000.

    Yields:
        `Typesetting`, one for each formula, in their order.

    Raises:
        MissingTeX: if TeX or the page's fonts are not installed; the message names the Debian packages.
        ValueError: if an argument is out of range or the page's preamble does not compile.
        OSError: if the disk of temporary files is full.

    Example:

    >>> [[(glyph.font, chr(glyph.code)) for glyph in each.glyphs] for each in typeset([r"\\frac{1}{2}"])]
    [[('cmr12', '1'), ('cmr12', '2')]]
    """
    if batch_size < 1:
        raise ValueError(f"`batch_size` must be at least 1. Received: batch_size={batch_size}")
    if not timeout > 0:
        raise ValueError(f"`timeout` must be more than 0 seconds. Received: timeout={timeout}")
    require_programs()
    options = {"timeout": timeout, "max_length": max_length}
    iterator = iter(formulas)
    while batch := list(itertools.islice(iterator, batch_size)):
        yield from TexBatch(batch, page, take=TexRun.pages, outcome=Typesetting, **options).outcomes()
