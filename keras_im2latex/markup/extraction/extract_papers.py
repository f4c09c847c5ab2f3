"""The formulas of many papers, in several processes."""

import collections
import dataclasses
import functools
from concurrent.futures import ProcessPoolExecutor

from keras_im2latex.markup.extraction.authors_patterns import extract_by_authors_patterns
from keras_im2latex.markup.extraction.extract_formulas import extract_formulas
from keras_im2latex.markup.extraction.find_papers import UnreadablePaper
from keras_im2latex.markup.extraction.found_formula import FoundFormula
from keras_im2latex.markup.extraction.token_reader import ReadingError


@dataclasses.dataclass(frozen=True)
class ExtractedPaper:
    """What became of one paper.

    Args:
        name: string. The paper's name.
        formulas: list of `FoundFormula`, those dropped included.
        error: string or `None`. Why the paper could not be read.
    """

    name: str
    formulas: list[FoundFormula] = dataclasses.field(default_factory=list)
    error: str | None = None


def extract_papers(papers, authors_patterns=False, max_length=10_000, workers=1):
    r"""Finds the formulas of many papers.

    Args:
        papers: iterable of `Paper` and `UnreadablePaper`, such as `find_papers` gives; read as they are needed.
        authors_patterns: bool. Whether to find formulas by the five patterns of IM2LATEX-100K's authors, see
            `extract_by_authors_patterns`. Default `False`.
        max_length: int. Longer formulas, in characters, are dropped; not with `authors_patterns`, which have a limit
            of their own. Default 10,000.
        workers: int. Processes. Default 1, which is this one.

    Yields:
        `ExtractedPaper` for each, in order, whatever the number of workers. Twice as many papers as there are workers
        are held in memory.

    Raises:
        ValueError: `workers` is below 1.

    Example:
    ```python
    for paper in extract_papers(find_papers("papers"), workers=2):
        print(paper.name, len(paper.formulas))
    ```
    """
    if workers < 1:
        raise ValueError(f"`workers` must be at least 1. Received: workers={workers}")
    extract = functools.partial(_extract, authors_patterns=authors_patterns, max_length=max_length)
    if workers == 1:
        yield from map(extract, papers)
        return
    waiting = collections.deque()
    executor = ProcessPoolExecutor(workers)
    try:
        for paper in papers:
            waiting.append(executor.submit(extract, paper))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _extract(paper, authors_patterns, max_length):
    if isinstance(paper, UnreadablePaper):
        return ExtractedPaper(paper.name, error=paper.reason)
    try:
        found = extract_by_authors_patterns(paper) if authors_patterns else extract_formulas(paper, max_length)
        return ExtractedPaper(paper.name, list(found))
    except ReadingError as error:
        return ExtractedPaper(paper.name, error=error.reason)
