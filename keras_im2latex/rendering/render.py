"""Formulas in, pictures out."""

import collections
import itertools
import os
from collections.abc import Sized
from concurrent.futures import ThreadPoolExecutor

from tqdm import tqdm

from keras_im2latex.rendering.page import Page
from keras_im2latex.rendering.page_variety import PageVariety
from keras_im2latex.rendering.rendering import Rendering
from keras_im2latex.rendering.sandbox import require_programs
from keras_im2latex.rendering.tex_batch import TexBatch

_MIN_BATCH = 50  # what a TeX run costs at its start is worth sharing among so many formulas
_FORMULAS_A_PAGE = 250  # of a variety, taken together for that reason


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
        page: `Page`, or `PageVariety` for many. Default: the page of IM2LATEX-100K. A variety takes 250 formulas a
            page at a time, and holds as many pictures.
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
        OSError: if the disk of temporary files is full.

    Example:

    >>> [rendering.error or rendering.image.shape for rendering in render([r"\\frac{1}{2}", r"\\foo"])]
    [(69, 17), 'Undefined control sequence \\\\foo']
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
    options = {"timeout": timeout, "max_length": max_length}

    def paint(run, count):
        return run.paint(count, max_side)

    def draw(batch, page):
        return TexBatch(batch, page, take=paint, outcome=Rendering, **options).outcomes()

    if isinstance(page, PageVariety):
        windows = _batches(formulas, max(batch_size, _FORMULAS_A_PAGE * page.number))
        jobs = (_by_page(window, page, batch_size) for window in windows)
        ahead = 1
    else:
        jobs = ([(page, range(len(batch)), batch)] for batch in _batches(formulas, batch_size))
        ahead = 2 * workers
    renderings = _in_order(draw, jobs, workers, ahead)
    return iter(tqdm(renderings, total=total, unit="formula")) if progress else renderings


def _by_page(window, variety, batch_size):
    """Cuts a window of formulas into jobs: a page, and the places and texts of formulas drawn on it."""
    places = collections.defaultdict(list)
    for place, formula in enumerate(window):
        places[variety.page_of(formula)].append(place)
    cuts = ((page, cut) for page, found in places.items() for cut in _batches(found, batch_size))
    return [(page, cut, [window[place] for place in cut]) for page, cut in cuts]


def _in_order(draw, windows, workers, ahead):
    # Threads are enough: the work is done by TeX and dvipng, and by the decoder and encoder of PNG.
    executor = ThreadPoolExecutor(workers, thread_name_prefix="render")
    started = collections.deque()
    try:
        for window in windows:
            started.append([(places, executor.submit(draw, batch, page)) for page, places, batch in window])
            if len(started) > ahead:
                yield from _collect(started.popleft())
        while started:
            yield from _collect(started.popleft())
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _collect(window):
    found = {}
    for places, future in window:
        found.update(zip(places, future.result()))
    return [found[place] for place in range(len(found))]


def _batches(formulas, size):
    iterator = iter(formulas)
    while batch := list(itertools.islice(iterator, size)):
        yield batch
