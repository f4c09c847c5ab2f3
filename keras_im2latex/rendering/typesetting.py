"""One run of LaTeX over many formulas, each on a page of its own, and what its log says of each."""

import re
import secrets
import string
from dataclasses import dataclass, field
from pathlib import Path

from keras_im2latex.rendering import sandbox

LARGEST_SIDE = 20_000
_LARGEST_POINTS = 16_000
_TEX_ERROR = re.compile(r"^! (.*)")
_TOO_LARGE = f"larger than {LARGEST_SIDE} x {LARGEST_SIDE} pixels"


@dataclass
class Typesetting:
    """What one run of LaTeX did.

    Attributes:
        complete: bool. TeX came to the end, and each formula has exactly its own page.
        errors: dict. The reasons of the formulas that failed by themselves, by their place in the run.
        suspect: int or `None`. Where the run was lost: the formula that TeX had begun and not ended.
        timed_out: bool. The run was ended for its time.
    """

    complete: bool = False
    errors: dict[int, str] = field(default_factory=dict)
    suspect: int | None = None
    timed_out: bool = False


def typeset(formulas, page, folder, seconds):
    """Sets formulas with one run of LaTeX, formula `i` on the page with number `i + 1` of `formulas.dvi`.

    Args:
        formulas: list of str, already screened.
        page: a `Page`.
        folder: a private folder for the run.
        seconds: float, the time that the run may take.

    Returns:
        A `Typesetting`.
    """
    folder = Path(folder)
    secret = "".join(secrets.choice(string.ascii_letters) for _ in range(12))
    (folder / "formulas.tex").write_text(_document(formulas, page, secret), encoding="utf-8")
    for stale in ("formulas.log", "formulas.dvi"):
        (folder / stale).unlink(missing_ok=True)
    command = ["latex", "-interaction=batchmode", "-no-shell-escape", "formulas.tex"]
    status = sandbox.run(command, folder, seconds)
    log = folder / "formulas.log"
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    result = _read_log(text, secret, len(formulas))
    if status is None:
        # TeX answers the interruption with an error: it is not the formula's.
        result.timed_out = True
        result.errors.pop(result.suspect, None)
    return result


def _document(formulas, page, secret):
    begin, end = f"\\{secret}Begin", f"\\{secret}End"
    largest = min(_LARGEST_POINTS, int(LARGEST_SIDE / page.resolution * 72.27))
    head = (
        page.document_head()
        + "\\begin{document}\n"
        # \noindent\par sets TeX's count of errors back to none: it gives up at a hundred.
        + f"\\def{begin}#1{{\\noindent\\par\\count0=#1\\relax\\wlog{{{secret} begin #1}}}}\n"
        + f"\\def{end}#1{{%\n"
        + f"\\ifdim\\wd0>{largest}pt \\wlog{{{secret} large #1}}\\setbox0\\hbox{{}}\\else\n"
        + f"\\ifdim\\ht0>{largest}pt \\wlog{{{secret} large #1}}\\setbox0\\hbox{{}}\\else\n"
        + f"\\ifdim\\dp0>{largest}pt \\wlog{{{secret} large #1}}\\setbox0\\hbox{{}}\\fi\\fi\\fi\n"
        + "\\shipout\\box0\\relax\n"
        + f"\\wlog{{{secret} end #1 \\the\\currentgrouplevel\\space\\the\\currentiflevel}}}}\n"
    )
    body = "".join(
        f"{begin}{{{number}}}\\setbox0\\hbox{{$\\displaystyle\n{formula}\n$}}{end}{{{number}}}\n"
        for number, formula in enumerate(formulas, start=1)
    )
    return f"{head}{body}\\wlog{{{secret} done}}\n\\csname @@end\\endcsname\n"


def _read_log(text, secret, count):
    result = Typesetting()
    marker = re.compile(re.escape(secret) + r" (begin|large|end|done)(?: (\d+))?(?: (\d+) (\d+))?$")
    current, ended, done = None, 0, False
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if line.startswith("!") and (error := _TEX_ERROR.match(line)):
            if current is not None:
                result.errors.setdefault(current, _reason(error[1], lines[place + 1 : place + 12]))
        elif secret in line and (match := marker.search(line)):
            kind, number = match[1], int(match[2] or 0) - 1
            if kind == "begin":
                current = number
            elif kind == "large":
                result.errors[number] = _TOO_LARGE
            elif kind == "done":
                done = True
            elif number == current == ended and match[3] == match[4] == "0":
                ended, current = ended + 1, None
            else:
                break
    if done and ended == count:
        result.complete = True
    else:
        result.suspect = min(ended, count - 1)
        # Whatever stands behind the place where the run was lost may be that formula's doing.
        result.errors = {place: reason for place, reason in result.errors.items() if place <= ended}
    return result


def _reason(message, context):
    """TeX's message in words, with the control word that it could not read and without the formula's text."""
    message = message.strip()
    if message.startswith("Undefined control sequence"):
        for line in context:
            if match := re.search(r"(\\(?:[a-zA-Z@]+|.))\s*$", line):
                return f"Undefined control sequence {match[1]}"
    return message.rstrip(".")
