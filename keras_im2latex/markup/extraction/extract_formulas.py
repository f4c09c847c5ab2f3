"""The formulas of one paper."""

from keras_im2latex.markup.extraction.display_rows import DisplayRows
from keras_im2latex.markup.extraction.formula_scanner import FormulaScanner
from keras_im2latex.markup.extraction.formula_tokens import clean_tokens, is_balanced, is_blank, join_tokens
from keras_im2latex.markup.extraction.found_formula import FoundFormula

INLINE_ENVIRONMENTS = ("$", "\\(", "math")


def extract_formulas(paper, max_length=10_000):
    r"""Finds the formulas of a paper as its readers see them.

    The author's macros are expanded; comments, labels, references, equation numbers and colours are left out.
    A display of several rows is given whole, in a form that compiles inside `\[ \]`, and then row by row.

    Args:
        paper: `Paper`.
        max_length: int. Longer formulas, in characters, are dropped. Default 10,000.

    Yields:
        `FoundFormula`, in the order of the paper; those of no use with the reason in `dropped`. What else could
        not be read (a missing `\input`, say) is one with the kind `"problem"`.

    Raises:
        ReadingError: if the main file cannot be read.

    Example:

    >>> from keras_im2latex.markup.extraction import Paper, extract_formulas
    >>> source = b"\\def\\R{\\mathbb{R}} Let $x \\in \\R$."
    >>> next(extract_formulas(Paper("a", "a.tex", contents={"a.tex": source}))).latex
    'x \\in\\mathbb{R}'
    """
    scanner = FormulaScanner(paper)
    for (file, line, offset), environment, tokens, reason in scanner.scan():
        kind = "inline" if environment in INLINE_ENVIRONMENTS else "display"
        place = {"environment": environment, "file": file, "line": line, "offset": offset}
        for found_kind, row, latex, dropped in _readings(kind, environment, tokens, reason):
            if dropped is None and len(latex) > max_length:
                dropped = f"more than {max_length:,} characters"
            latex = "" if dropped else latex
            yield FoundFormula(paper.name, found_kind, row=row, latex=latex, dropped=dropped, **place)
    for reason, file, line in scanner.problems:
        yield FoundFormula(paper.name, "problem", "", file, line, 0, dropped=reason)


def _readings(kind, environment, tokens, reason):
    """(kind, row, latex, reason to drop) of a formula as a whole and of its rows."""
    if reason is None:
        try:
            tokens = clean_tokens(tokens)
        except ValueError as error:
            reason = str(error)
    if reason is None and not is_balanced(tokens):
        reason = "unbalanced \\left, braces or environments"
    if reason is None and is_blank(tokens):
        reason = "nothing in it"
    if reason is not None:
        yield kind, None, "", reason
        return
    if kind == "inline":
        yield kind, None, join_tokens(tokens), None
        return
    display = DisplayRows(environment, tokens)
    yield kind, None, join_tokens(display.whole), display.reason
    if len(display.rows) > 1:
        for number, row in enumerate(display.rows, start=1):
            balanced = is_balanced(row)
            yield "row", number, join_tokens(row), None if balanced else "unbalanced \\left, braces or environments"
