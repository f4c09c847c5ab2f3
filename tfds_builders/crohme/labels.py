"""What a CROHME file says its formula is."""

import re

from tfds_builders.crohme.handwritten_form import handwritten_form
from tfds_builders.crohme.ink import Ink
from tfds_builders.crohme.inkml import UnreadableInk
from tfds_builders.crohme.mathml import mathml_to_latex

# Slips of the labels: a relation that lost its blank (`u_n\gtM`), and `lim` without its backslash.
_RELATION = re.compile(r"\\(lt|gt)(?=[A-Za-z]?(?![A-Za-z]))")
_LIMIT = re.compile(r"(?<![\\A-Za-z])lim\s*\\limits")


def read_label(ink: Ink) -> tuple[str, str]:
    """The formula of a file, as written and as a target.

    Where the LaTeX is missing or can't be read, the MathML is taken.

    Args:
        ink: what was read from the file.

    Returns:
        The LaTeX as the file has it (or as made of its MathML), and its `handwritten_form`.

    Raises:
        UnreadableInk: when neither says what the formula is.
    """
    reasons = []
    for name, read in (("LaTeX", _from_latex), ("MathML", _from_mathml)):
        try:
            raw = read(ink)
            target = handwritten_form(_repaired(raw))
            if target:
                return raw, target
            reasons.append(f"no {name}")
        except ValueError as error:
            reasons.append(f"{name}: {error}")
    raise UnreadableInk(f"no label ({'; '.join(reasons)})")


def _from_latex(ink):
    return ink.truth


def _from_mathml(ink):
    return "" if ink.mathml is None else mathml_to_latex(ink.mathml)


def _repaired(latex):
    latex = _RELATION.sub(lambda found: "<" if found[1] == "lt" else ">", latex)
    return _LIMIT.sub(r"\\lim", latex)
