"""One run of LaTeX over many formulas, each on a page of its own, and what its log says of each."""

import re
import secrets
import string
from dataclasses import dataclass, field
from pathlib import Path

from keras_im2latex.rendering import sandbox
from keras_im2latex.rendering.drawing import LARGEST_SIDE, TOO_LARGE
from keras_im2latex.rendering.formats import page_format

# The largest box that is shipped out, in points: below TeX's own limit.
_LARGEST_POINTS = 16_000
# The macros around the formulas have names that no formula can know. Being outer, they can't become part of an
# argument, a definition, or a text skipped by a conditional: what is left open ends with its formula.
_MACROS = r"""
\def\SECRETbegin#1{\noindent\par\wlog{SECRET begin #1}\setbox0\hbox\bgroup$\displaystyle\begingroup}
\outer\def\SECRETguard{}
\outer\def\SECRETend#1{\endgroup$\egroup
\ifdim\wd0>LARGESTpt \SECRETlarge{#1}\else\ifdim\ht0>LARGESTpt \SECRETlarge{#1}\else
\ifdim\dp0>LARGESTpt \SECRETlarge{#1}\fi\fi\fi
\shipout\box0\relax\wlog{SECRET end #1 \the\currentgrouplevel\space\the\currentiflevel}}
\def\SECRETlarge#1{\wlog{SECRET large #1}\setbox0\hbox{}}
"""


@dataclass
class Typesetting:
    """What one run of LaTeX did.

    Attributes:
        complete: bool. TeX came to the end, and each formula has exactly its own page.
        errors: dict of the formulas that failed by their own fault: the reason, by their place in the run.
        suspect: int or `None`. Where the run was lost: the formula that TeX had begun and not ended.
        timed_out: bool. The run was ended for its time.
    """

    complete: bool = False
    errors: dict[int, str] = field(default_factory=dict)
    suspect: int | None = None
    timed_out: bool = False


def typeset(formulas, page, folder, seconds, stop=None):
    """Sets formulas with one run of LaTeX, each on a page of `formulas.dvi`.

    Args:
        formulas: list of str, already screened.
        page: a `Page`.
        folder: a private folder for the run.
        seconds: float, the time that the run may take.
        stop: `threading.Event` or `None`: see `sandbox.run`.

    Returns:
        A `Typesetting`.

    Raises:
        ValueError: LaTeX can't read the page's preamble.
        Stopped: `stop` was set.
    """
    folder = Path(folder)
    preloaded = page_format(page)
    secret = "".join(secrets.choice(string.ascii_letters) for _ in range(12))
    head = "" if preloaded else page.document_head() + "\\begin{document}\n"
    (folder / "formulas.tex").write_text(head + _document(formulas, page, secret), encoding="utf-8")
    log = folder / "formulas.log"
    log.unlink(missing_ok=True)
    command = ["latex", "-interaction=batchmode", "-no-shell-escape", "formulas.tex"]
    if preloaded:
        command.insert(1, f"-fmt={preloaded}")
    status, _ = sandbox.run(command, folder, seconds, stop)
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    result = _read_log(text, secret, len(formulas))
    if status is None:
        result.timed_out = True
        # TeX answers the interruption with an error, which is not the formula's.
        result.errors.pop(result.suspect, None)
    return result


def _document(formulas, page, secret):
    # \noindent\par before each formula sets TeX's count of errors, of which it bears a hundred, back to none.
    largest = min(_LARGEST_POINTS, int(LARGEST_SIDE / page.resolution * 72.27))
    macros = _MACROS.replace("SECRET", secret).replace("LARGEST", str(largest))
    body = "".join(
        f"\\{secret}begin{{{place}}}\n{formula}\n\\{secret}guard\\{secret}end{{{place}}}\n"
        for place, formula in enumerate(formulas)
    )
    return f"{macros}{body}\\wlog{{{secret} done}}\n\\csname @@end\\endcsname\n"


def _read_log(text, secret, count):
    result = Typesetting()
    marker = re.compile(re.escape(secret) + r" (begin|large|end|done)(?: (\d+))?(?: (\d+) (\d+))?$")
    current, ended = None, 0
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("! "):
            if current is not None:
                result.errors.setdefault(current, _reason(line[2:], lines[number + 1 : number + 12]))
        elif secret in line and (match := marker.search(line)):
            kind, place = match[1], int(match[2] or 0)
            if kind == "begin":
                current = place
            elif kind == "large":
                result.errors.setdefault(place, TOO_LARGE)
            elif kind == "done":
                result.complete = ended == count
            elif place == current == ended and match[3] == match[4] == "0":
                ended, current = ended + 1, None
            else:
                break
    if not result.complete:
        result.suspect = min(ended, count - 1)
        # Errors behind the place where the run was lost may be that formula's doing.
        result.errors = {place: reason for place, reason in result.errors.items() if place <= ended}
    return result


def _reason(message, context):
    """TeX's message with the control word that it could not read, and without what only this run has."""
    message = message.strip().rstrip(".")
    if message == "Undefined control sequence":
        for line in context:
            if match := re.search(r"(\\(?:[a-zA-Z@]+|.)) ?$", line):
                return f"{message} {match[1]}"
    message = message.replace("Forbidden control sequence found", "The formula ended")
    return re.sub(r"(; all text was ignored after line| on input line) \d+", "", message)
