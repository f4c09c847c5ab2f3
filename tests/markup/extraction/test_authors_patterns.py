"""The authors' five patterns, against their regular expressions."""

import re

import pytest

from keras_im2latex.markup.extraction import Paper, extract_by_authors_patterns

# src/latex2formulas.py of the authors' dataset builder.
PATTERNS = [
    r"\\begin\{equation\}(.*?)\\end\{equation\}",
    r"\$\$(.*?)\$\$",
    r"\$(.*?)\$",
    r"\\\[(.*?)\\\]",
    r"\\\((.*?)\\\)",
]
LONG = "x_{1}+x_{2}+x_{3}+x_{4}+x_{5}+x_{6}+x_{7}"
SOURCES = [
    rf"\begin{{equation}} {LONG} \label{{a}} % comment" + "\n" + r"\macro \end{equation} \[ x \] $y$",
    rf"$${LONG}$$ and ${LONG}$ and \({LONG}\) and \[{LONG}\] $ $$ {LONG} $ \[ \begin{{equation}} {LONG}",
    "$" + "x" * 40 + "$ $" + "x" * 41 + "$ $" + "x" * 1023 + "$ $" + "x" * 1024 + "$",
    f"$\n {LONG}\n{LONG}\n $",
]


@pytest.mark.parametrize("source", SOURCES)
def test_the_same_formulas_as_the_authors(source):
    expected = []
    for pattern in PATTERNS:
        matches = re.findall(pattern, source, re.DOTALL)
        matches = [match.strip().replace("\n", "").replace("\r", "") for match in matches]
        expected += [match for match in matches if 40 < len(match) < 1024]
    found = list(extract_by_authors_patterns(Paper("p", "p.tex", contents={"p.tex": source.encode()})))
    assert [formula.latex for formula in found if formula.dropped is None] == expected
    for formula in found:
        assert source[formula.offset :].startswith(("$", "\\"))
        assert formula.line == source[: formula.offset].count("\n") + 1


def test_dropped_formulas_say_why():
    source = b"$x$ $" + b"y" * 2000 + b"$"
    found = extract_by_authors_patterns(Paper("p", "p.tex", contents={"p.tex": source}))
    assert [formula.dropped for formula in found] == ["40 characters or fewer", "1024 characters or more"]
