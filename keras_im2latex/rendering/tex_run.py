"""One run of TeX over some formulas, and of dvipng over its pages."""

import math
import os
import re
import secrets
from pathlib import Path

from keras_im2latex.rendering.dvi import read_dvi
from keras_im2latex.rendering.dvi_pages import read_pages
from keras_im2latex.rendering.ink import ink_png
from keras_im2latex.rendering.rendering import Rendering
from keras_im2latex.rendering.sandbox import TERMINAL, require_room, run_sandboxed, scratch_folder
from keras_im2latex.rendering.tex_format import tex_format
from keras_im2latex.rendering.tex_log import read_runs
from keras_im2latex.rendering.typesetting import Typesetting

_SECONDS_A_FORMULA = 0.05  # what each formula adds to a run's time limit; it takes a fiftieth of that
_PAINTER_MEMORY = 512 * 2**20
# Folders of their own: TeX and dvipng read through the one they run in whenever they look for a font.
_FORMULAS, _PICTURES = "formulas", "pictures"
_DVI = "run.dvi"
_NOT_PLAIN = r"\special or \shipout is not allowed in a formula"
_KNOWN_SPECIALS = (b"color ", b"header=l3backend-dvips.pro")  # dvipng heeds the first and ignores the second


class TexRun:
    """One run of TeX over some formulas, a page each, in a folder that lives as long as the `with` statement.

    Args:
        formulas: dict of int to str. LaTeX by number, in the order of the pages.
        page: `Page`.
        timeout: float. Seconds a formula may take.
        confined: bool. Whether to deny the formulas what could reach past TeX. Formulas that hold no command
            for it need no such care. Default `False`.

    Attributes:
        failures: dict of int to str. What was wrong, first, with each formula that failed, in the order of
            the pages.
        passed: int. How many formulas, from the first on, the run came to: fewer than all where a formula
            ended it early, none if it had to be killed.
    """

    def __init__(self, formulas, page, *, timeout, confined=False):
        self.page = page
        self.timeout = timeout
        self.failures = {}
        self.passed = 0
        self._numbers = list(formulas)
        self._formulas = formulas
        self._confined = confined
        self._scratch = scratch_folder()
        self._folder = None

    def __enter__(self):
        self._folder = self._scratch.__enter__()
        try:
            self._typeset()
        except BaseException:
            self._scratch.cleanup()
            raise
        return self

    def __exit__(self, *exception):
        self._scratch.cleanup()

    def paint(self, count, max_side):
        """Paints the first pages.

        Args:
            count: int. The number of pages.
            max_side: int. Greatest width and height of a picture in pixels.

        Yields:
            `Rendering`, one for each page.
        """
        if self._confined and not self._is_plain():
            yield from [Rendering(error=_NOT_PLAIN)] * count
            return
        command = [
            "dvipng",
            "-q",
            "-D",
            str(self.page.resolution),
            "-T",
            "tight",
            "-z",
            "1",
            "-o",
            f"{_PICTURES}/%d.png",
        ]
        command += ["--dvinum", "--nogs", "--norawps", "--picky"]
        if self.page.gamma == math.inf:
            command += ["--gamma", "100"]  # every touched pixel black: one bit a pixel, and faster
        done = 0
        while done < count:
            seconds = self._seconds(count - done)
            pages = ["-p", str(done + 1), "-l", str(count), _DVI]
            status = run_sandboxed([*command, *pages], self._folder, seconds=seconds, memory=_PAINTER_MEMORY)
            while done < count and (rendering := self._rendering(done + 1, max_side)):
                yield rendering
                done += 1
            if done < count:
                require_room(self._folder)
                # dvipng stopped at this page: a picture that does not fit in memory or time.
                reason = "dvipng cannot draw it" if status == 0 else f"larger than {max_side} x {max_side} pixels"
                yield Rendering(error=f"timed out after {seconds:.3g} s" if status is None else reason)
                done += 1

    def pages(self, count):
        """Returns a list of `Typesetting`: the characters and rules of the first pages."""
        if not count:
            return []
        if self._confined and not self._is_plain():
            return [Typesetting(error=_NOT_PLAIN)] * count
        return read_pages(Path(self._path(_DVI)).read_bytes(), count)

    def _seconds(self, formulas):
        return self.timeout + _SECONDS_A_FORMULA * (formulas - 1)

    def _path(self, name):
        return os.path.join(self._folder, name)

    def _typeset(self):
        mark = secrets.token_hex(8)
        os.mkdir(self._path(_FORMULAS))
        os.mkdir(self._path(_PICTURES))
        lines = [r"\begin{document}", rf"\def\formulamark{{{mark}}}"]
        if self._confined:
            lines.append(r"\forbidfiles")
        for place, (number, formula) in enumerate(self._formulas.items(), start=1):
            lines.append(rf"\drawformula{{{number}}}{{{place}}}")
            with open(self._path(f"{_FORMULAS}/{number}.tex"), "wb") as stream:
                stream.write(formula.encode("utf-8"))
        Path(self._path("run.tex")).write_text("\n".join([*lines, r"\end{document}", ""]), encoding="ascii")
        seconds = self._seconds(len(self._numbers))
        command = ["pdftex", f"-fmt={tex_format(self.page)}", "-no-shell-escape", "-interaction=nonstopmode"]
        status = run_sandboxed([*command, "run.tex"], self._folder, seconds=seconds)
        require_room(self._folder)
        terminal = Path(self._path(TERMINAL)).read_bytes()
        if status is None or status < 0:
            reason = f"timed out after {seconds:.3g} s" if status is None else f"killed TeX (signal {-status})"
            self.failures = {self._last_begun(terminal, mark): reason}
            return
        log = Path(self._path("run.log"))
        runs = read_runs(log.read_text("latin-1"), mark) if log.exists() else []
        if not runs:
            raise RuntimeError(f"TeX did not begin: {terminal[-500:]!r}. Received: page={self.page}")
        for number, ended, errors in runs:
            if errors or not ended:
                self.failures[number] = errors[0] if errors else "leaves a group open or ends the document"
            self.passed += 1
            if not ended:
                break  # what follows would be set inside of what it left open

    def _last_begun(self, terminal, mark):
        # The log of a killed run lacks its end; what \message writes to the terminal is there at once.
        begun = re.findall(rf"\[{mark} (\d+)\]".encode(), terminal)
        return int(begun[-1]) if begun else self._numbers[0]

    def _is_plain(self):
        dvi = Path(self._path(_DVI))
        if not dvi.exists():
            return False
        try:
            pages, specials = read_dvi(dvi.read_bytes())
        except ValueError:
            return False
        return pages == len(self._numbers) and all(special.startswith(_KNOWN_SPECIALS) for special in specials)

    def _rendering(self, place, max_side):
        try:
            return Rendering(png=ink_png(self._path(f"{_PICTURES}/{place}.png"), self.page, max_side))
        except ValueError as error:
            return Rendering(error=str(error))
        except OSError:  # no file, or half a file
            return None
