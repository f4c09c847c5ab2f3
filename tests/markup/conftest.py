import lzma
import os
import random
from pathlib import Path

import pytest

# Enough of the normalized form's alphabet to write any nonsense that a model may write.
WORDS = (
    *(
        "frac",
        "sqrt",
        "bar",
        "hat",
        "overline",
        "mathrm",
        "mathbb",
        "cal",
        "bf",
        "textrm",
        "hspace",
        "stackrel",
    ),
    *("operatorname", "operatorname*", "begin{array}", "end{array}", "begin{matrix}", "end{matrix}"),
    *(
        "begin{aligned}",
        "end{aligned}",
        "left(",
        "right)",
        "left\\{",
        "right.",
        "left\\langle",
        "right\\rangle",
    ),
    *(
        "alpha",
        "mu",
        "partial",
        "infty",
        "prime",
        "dagger",
        "sum",
        "int",
        "in",
        "leq",
        "to",
        "cdot",
        "not",
        "big",
    ),
    *(
        "quad",
        "hline",
        "hfill",
        "displaystyle",
        "put",
        "atop",
        "sin",
        "lim",
        "ldots",
        "langle",
        "",
        *"\\,;:!{}|_&",
    ),
)
ALPHABET = (*"{}_^()[]|&,.;:!=+-*/<>'~@012abxyA", "--", "---", *(f"\\{word}" for word in WORDS))


@pytest.fixture(scope="session")
def nonsense():
    """Random token sequences: any tokens, and tokens that meet in the rewrites more often."""
    generator = random.Random(20170613)
    common = [*"{}{}{}{}_^_^&,-=x1'", "\\", "\\\\", r"\frac", r"\mu", r"\prime", r"\bar", "--"]
    alphabets = [ALPHABET, common, [*ALPHABET, *common * 8]]
    return [" ".join(generator.choices(alphabets[index % 3], k=generator.randint(0, 120))) for index in range(3000)]


@pytest.fixture(scope="session")
def formulas():
    """Formulas in normalized form, one of every kind the detokenizer knows."""
    return (Path(__file__).parent / "formulas.norm.txt").read_text().splitlines()


@pytest.fixture(scope="session")
def validation_formulas():
    """The 8,475 normalized validation formulas of IM2LATEX-100K."""
    folder = os.environ.get("IM2LATEX_DATA")
    if not folder:
        pytest.skip("IM2LATEX_DATA is not set")
    with lzma.open(Path(folder) / "im2latex100k_validation.norm.txt.xz", "rt") as lines:
        return lines.read().splitlines()
