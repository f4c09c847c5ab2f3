"""Formulas in, pictures out."""

import collections
import itertools
import os
from collections.abc import Sized
from concurrent.futures import ThreadPoolExecutor

from tqdm import tqdm

from keras_im2latex.rendering.page import Page
from keras_im2latex.rendering.sandbox import require_programs
from keras_im2latex.rendering.tex_batch import TexBatch

_MIN_BATCH = 50  # what a TeX run costs at its start is worth sharing among so many formulas


def render(
    formulas,
    page=Page(),  # noqa: B008
    *,
    workers=None,
    batch_size=1000,
    timeout=10.0,
    max_length=10_000,
    max_side=4000,
    progress=False,
):
    """Draws formulas, each as a display on a page of its own, cropped to its ink.

    The pictures come in the order of the formulas, as they are asked for: the memory taken does not grow with
    their number. What one formula does, whatever it is, changes no other formula's picture.

    Args:
        formulas: iterable of str (or bytes in UTF-8). LaTeX, as it stands between `\\[` and `\\]`.
        page: `Page`. Default: the page of IM2LATEX-100K.
        workers: int or `None`. TeX runs at a time. Default: one for each processor.
        batch_size: int. Formulas a TeX run. Default 1,000.
        timeout: float. Seconds a formula may take. Default 10.
        max_length: int. Greatest length of a formula in bytes. Default 10,000.
        max_side: int. Greatest width and height of a picture in pixels. Default 4,000.
        progress: bool. Whether to show a progress bar on standard error. Default `False`.

    Returns:
        Iterator of `Rendering`, one for each formula.

    Raises:
        MissingTeX: if TeX or the page's fonts are not installed; the message names the Debian packages.
        ValueError: if an argument is out of range or the page's preamble does not compile.

    Example:
    ```python
    for rendering in render([r"\\frac{1}{2}", r"\\foo"]):
        print(rendering.image.shape if rendering.error is None else rendering.error)
    ```
    """
    for name, value in {"workers": workers or 1, "batch_size": batch_size, "max_side": max_side}.items():
        if value < 1:
            raise ValueError(f"`{name}` must be at least 1. Received: {name}={value}")
    if not timeout > 0:
        raise ValueError(f"`timeout` must be more than 0 seconds. Received: timeout={timeout}")
    require_programs()
    workers = workers or os.cpu_count() or 1
    total = len(formulas) if isinstance(formulas, Sized) else None
    if total is not None:
        batch_size = min(batch_size, max(_MIN_BATCH, -(-total // workers)))
    options = {"timeout": timeout, "max_length": max_length, "max_side": max_side}

    def draw(batch):
        return TexBatch(batch, page, **options).render()

    renderings = _in_order(draw, _batches(formulas, batch_size), workers)
    return iter(tqdm(renderings, total=total, unit="formula")) if progress else renderings


def _in_order(draw, batches, workers):
    # Threads are enough: the work is done by TeX and dvipng, and by the decoder and encoder of PNG.
    executor = ThreadPoolExecutor(workers, thread_name_prefix="render")
    futures = collections.deque()
    try:
        for batch in batches:
            futures.append(executor.submit(draw, batch))
            if len(futures) > 2 * workers:
                yield from futures.popleft().result()
        while futures:
            yield from futures.popleft().result()
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _batches(formulas, size):
    iterator = iter(formulas)
    while batch := list(itertools.islice(iterator, size)):
        yield batch
