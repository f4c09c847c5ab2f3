"""Renders any number of formulas, in order, with several workers."""

import itertools
import os
import shutil
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor

from tqdm import tqdm

from keras_im2latex.rendering.batches import render_batch
from keras_im2latex.rendering.page import Page

_PROGRAMS = ("latex", "dvipng")
_PACKAGES = "texlive-latex-base texlive-latex-recommended texlive-latex-extra dvipng cm-super-minimal"


def available():
    """Tells whether this machine has the programs that draw formulas.

    Returns:
        bool. `True` where `latex` and `dvipng` are found.
    """
    return all(shutil.which(program) for program in _PROGRAMS)


def render(formulas, page=Page(), *, workers=None, batch_size=300, timeout=10.0, progress=False):
    """Draws formulas as pictures.

    Args:
        formulas: iterable of str, LaTeX as it stands in display mathematics. It may be endless: it is read a few
            batches ahead of what has been taken.
        page: `Page`, what to set them on. Defaults to the page of the paper.
        workers: int, how many TeX runs go on at a time. Defaults to the number of processors.
        batch_size: int, formulas in a run of TeX. Defaults to 300.
        timeout: float, the seconds that one formula may take. Defaults to 10.
        progress: bool. Show a progress bar on standard error. Defaults to `False`.

    Returns:
        An iterator with exactly one `Rendering` for each formula, in order. A formula's picture does not depend on
        the formulas around it. Closing the iterator ends what it has under way.

    Raises:
        RuntimeError: TeX is not installed.
        ValueError: `workers`, `batch_size` or `timeout` is not positive.

    Example:
        >>> [rendering.error for rendering in render(["x^2", r"\\badly"])]
        [None, 'Undefined control sequence \\\\badly']
    """
    if not available():
        raise RuntimeError(
            "`render` needs the programs latex and dvipng. On Debian or Ubuntu install them with "
            f"`apt-get install --no-install-recommends {_PACKAGES}`. "
            f"Received: found only {[program for program in _PROGRAMS if shutil.which(program)]}"
        )
    workers = workers or os.cpu_count() or 1
    for name, value in (("workers", workers), ("batch_size", batch_size), ("timeout", timeout)):
        if value <= 0:
            raise ValueError(f"`{name}` must be positive. Received: {value!r}")
    batches = _batches(formulas, batch_size)
    return _results(batches, page, workers, timeout, progress)


def _batches(formulas, batch_size):
    iterator = iter(formulas)
    while batch := list(itertools.islice(iterator, batch_size)):
        yield batch


def _results(batches, page, workers, timeout, progress):
    with tqdm(unit=" formulas", disable=not progress) as bar:
        for batch in _in_order(batches, page, workers, timeout):
            for rendering in batch:
                yield rendering
                bar.update()


def _in_order(batches, page, workers, timeout):
    first, second = next(batches, None), next(batches, None)
    if first is None:
        return
    if second is None:
        yield render_batch(first, page, timeout)
        return
    # TeX and dvipng do the work in processes of their own; a thread is enough to keep one of each busy.
    stop = threading.Event()
    with ThreadPoolExecutor(workers, thread_name_prefix="render") as pool:
        waiting = deque()
        try:
            for batch in itertools.chain([first, second], batches):
                waiting.append(pool.submit(render_batch, batch, page, timeout, stop))
                if len(waiting) > workers + 1:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            stop.set()
            for future in waiting:
                future.cancel()
