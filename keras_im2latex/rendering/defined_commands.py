"""Which commands a page defines."""

import functools
import re
import threading
from pathlib import Path

from keras_im2latex.rendering.commands import HARMLESS_COMMANDS
from keras_im2latex.rendering.sandbox import run_sandboxed, scratch_folder
from keras_im2latex.rendering.tex_format import tex_format

_SECONDS = 20


class DefinedCommands:
    """Knows which commands a page does not define, and asks TeX about those it has not met yet.

    A formula with such a command fails. To know so beforehand keeps it from spoiling the run that it shares.

    Args:
        page: `Page`.

    Example:
        >>> sorted(DefinedCommands(Page()).undefined({"frac", "foo"}))
        ['foo']
    """

    def __init__(self, page):
        self.page = page
        self._asked = set()
        self._undefined = set()
        self._lock = threading.Lock()

    def undefined(self, names):
        """Returns the set of those commands, named without their backslash, that the page does not define."""
        names = set(names)
        with self._lock:
            if not names <= self._asked:
                unasked = (names if self._asked else names | HARMLESS_COMMANDS) - self._asked
                self._undefined |= self._ask(unasked)
                self._asked |= unasked
            return names & self._undefined

    def _ask(self, names):
        with scratch_folder() as folder:
            questions = (rf"\ifcsname {name}\endcsname\else\wlog{{[undefined {name}]}}\fi" for name in sorted(names))
            text = "\n".join([r"\begin{document}", *questions, r"\end{document}", ""])
            Path(folder, "run.tex").write_text(text, encoding="ascii")
            command = ["pdftex", f"-fmt={tex_format(self.page)}", "-no-shell-escape", "-interaction=batchmode"]
            run_sandboxed([*command, "run.tex"], folder, seconds=_SECONDS)
            log = Path(folder, "run.log")
            # Where TeX gave no answer nothing is known to be undefined, which costs time, not correctness.
            return set(re.findall(r"^\[undefined (\w+)\]$", log.read_text("latin-1"), re.M)) if log.exists() else set()


@functools.lru_cache(maxsize=256)
def defined_commands(page):
    """Returns the `DefinedCommands` that all who draw on a page share."""
    return DefinedCommands(page)
