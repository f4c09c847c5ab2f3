"""A batch of formulas through TeX and dvipng, each as if it were alone."""

import re
import tempfile
from pathlib import Path

from keras_im2latex.rendering.commands import forbidden_command, is_harmless
from keras_im2latex.rendering.dvi import read_dvi
from keras_im2latex.rendering.ink import ink_png
from keras_im2latex.rendering.rendering import Rendering
from keras_im2latex.rendering.sandbox import TERMINAL, run_sandboxed
from keras_im2latex.rendering.tex_format import tex_format
from keras_im2latex.rendering.tex_log import read_runs

_SECONDS_A_FORMULA = 0.05  # what each formula adds to a batch's time limit; it takes a hundredth of that
_MAX_SURVEYS = 4
_PAINTER_MEMORY = 512 * 2**20
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_KNOWN_SPECIALS = (b"color ", b"header=l3backend-dvips.pro")  # dvipng heeds the first and ignores the second
_PROGRESS = re.compile(rb"\[formula (\d+)\]")


class TexBatch:
    """Draws a batch of formulas in as few TeX runs as keep them independent of each other.

    Formulas made of harmless commands share a run, each in a group, and a run's pictures are used only if nothing in
    it went wrong: those that failed are left out and the others set again. Each failure is confirmed in a second run
    with the failures in the opposite order, since an error may spoil what follows it. Any other formula has a run to
    itself.

    Args:
        formulas: list of str or bytes (UTF-8).
        page: `Page`.
        timeout: float. Seconds a formula may take.
        max_length: int. Greatest length of a formula in bytes.
        max_side: int. Greatest width and height of a picture in pixels.
    """

    def __init__(self, formulas, page, *, timeout, max_length, max_side):
        self.page = page
        self.timeout = timeout
        self.max_length = max_length
        self.max_side = max_side
        self._format = tex_format(page)
        self._formulas = list(formulas)
        self._renderings = [None] * len(self._formulas)

    def render(self):
        """Returns a list with the `Rendering` of each formula."""
        harmless, unknown = [], []
        for number, formula in enumerate(self._formulas):
            try:
                self._formulas[number] = text = self._checked(formula)
            except ValueError as error:
                self._fail(number, str(error))
                continue
            (harmless if is_harmless(text, self.page.harmless_commands) else unknown).append(number)
        with tempfile.TemporaryDirectory(prefix="keras_im2latex_") as folder:
            self._draw_together(harmless, Path(folder))
        for number in unknown:
            self._draw_alone(number)
        return self._renderings

    def _checked(self, formula):
        if len(formula) > self.max_length:
            raise ValueError(f"longer than {self.max_length} bytes ({len(formula)})")
        try:
            encoded = formula if isinstance(formula, bytes) else formula.encode("utf-8")
            text = encoded.decode("utf-8")
        except UnicodeError as error:
            raise ValueError(f"not valid UTF-8: {error.reason} at {error.start}") from None
        if len(encoded) > self.max_length:
            raise ValueError(f"longer than {self.max_length} bytes ({len(encoded)})")
        control = _CONTROL_CHARACTER.search(text)
        if control:
            raise ValueError(f"control character U+{ord(control.group()):04X} at {control.start()}")
        if not text.strip():
            raise ValueError("blank")
        forbidden = forbidden_command(text)
        if forbidden:
            raise ValueError(f"\\{forbidden} is not allowed in a formula")
        return text

    def _fail(self, number, reason):
        self._renderings[number] = Rendering(error=reason)

    def _draw_together(self, pending, folder):
        for number in pending:
            Path(folder, f"{number}.tex").write_text(self._formulas[number], encoding="utf-8", newline="")
        for _ in range(_MAX_SURVEYS):
            if not pending:
                return
            failures = self._survey(pending, folder)
            if not failures:
                self._paint(pending, folder)
                return
            if len(failures) > 1:
                again = self._survey(list(reversed(failures)), folder)
                failures = {number: failures[number] for number in failures if number in again}
            for number, reason in failures.items():
                self._fail(number, reason)
            pending = [number for number in pending if number not in failures]
        for number in pending:
            self._draw_alone(number)

    def _survey(self, numbers, folder):
        """Sets formulas in as many runs as it takes to pass over each; returns the reasons of those that failed."""
        failures = {}
        while numbers:
            failed, numbers = self._typeset(numbers, folder)
            failures.update(failed)
        return failures

    def _typeset(self, numbers, folder, *, alone=False):
        """One TeX run. Returns the reasons of the formulas that failed, and the formulas that it has not passed."""
        lines = [r"\begin{document}"]
        if alone:
            lines.append(r"\forbidfiles")
        lines += [rf"\drawformula{{{number}}}" for number in numbers]
        Path(folder, "formulas.tex").write_text("\n".join([*lines, r"\end{document}", ""]))
        seconds = self.timeout + _SECONDS_A_FORMULA * (len(numbers) - 1)
        command = ["pdftex", f"-fmt={self._format}", "-no-shell-escape", "-interaction=nonstopmode"]
        status = run_sandboxed([*command, "formulas.tex"], folder, seconds=seconds)
        if status is None or status < 0:
            progress = _PROGRESS.findall(Path(folder, TERMINAL).read_bytes())
            culprit = int(progress[-1]) if progress else None
            if culprit not in numbers:
                raise RuntimeError(f"TeX was ended by signal {status} before it began. Received: {self.page}")
            reason = f"timed out after {seconds:.3g} s" if status is None else f"ended TeX (signal {-status})"
            return {culprit: reason}, [number for number in numbers if number != culprit]
        log = Path(folder, "formulas.log")
        runs = read_runs(log.read_text("latin-1")) if log.exists() else []
        if not runs:
            terminal = Path(folder, TERMINAL).read_text("latin-1")
            raise RuntimeError(f"TeX did not begin: {terminal[-500:]}. Received: {self.page}")
        failures = {}
        for number, ended, errors in runs:
            if errors or not ended:
                failures[number] = errors[0] if errors else "ends TeX's run or leaves a group open"
        passed = {number for number, _, _ in runs}
        return failures, [number for number in numbers if number not in passed]

    def _draw_alone(self, number):
        with tempfile.TemporaryDirectory(prefix="keras_im2latex_") as folder:
            Path(folder, f"{number}.tex").write_text(self._formulas[number], encoding="utf-8", newline="")
            failures, _ = self._typeset([number], folder, alone=True)
            if failures:
                self._fail(number, failures[number])
                return
            dvi = Path(folder, "formulas.dvi")
            if not dvi.exists():
                self._fail(number, "blank")
                return
            pages, specials = read_dvi(dvi.read_bytes())
            if pages != 1 or not all(special.startswith(_KNOWN_SPECIALS) for special in specials):
                command = "shipout" if pages != 1 else "special"
                self._fail(number, f"\\{command} is not allowed in a formula")
                return
            self._paint([number], folder)

    def _paint(self, numbers, folder):
        """Has dvipng paint the run's pages, one for each of the numbers, and takes the pictures."""
        command = ["dvipng", "-q", "-D", str(self.page.resolution), "-T", "tight", "-z", "1", "--nogs", "--norawps"]
        command += ["--picky", "-bg", "rgb 1 1 1", "-fg", "rgb 0 0 0", "--dvinum", "-o", "%d.png"]
        first = 0
        while first < len(numbers):
            seconds = self.timeout + _SECONDS_A_FORMULA * (len(numbers) - first - 1)
            status = run_sandboxed(
                [*command, "-p", str(numbers[first] + 1), "formulas.dvi"], folder, seconds=seconds, memory=_PAINTER_MEMORY
            )
            drawn = first
            while drawn < len(numbers) and self._take(numbers[drawn], Path(folder, f"{numbers[drawn] + 1}.png")):
                drawn += 1
            if drawn < len(numbers):
                # dvipng stopped at this page: a picture that does not fit in memory or time.
                if status is None:
                    reason = f"timed out after {seconds:.3g} s"
                elif status == 0:
                    reason = "dvipng could not draw it"
                else:
                    reason = f"larger than {self.max_side} x {self.max_side} pixels"
                self._fail(numbers[drawn], reason)
                drawn += 1
            first = drawn

    def _take(self, number, path):
        if not path.exists():
            return False
        try:
            self._renderings[number] = Rendering(png=ink_png(path, self.page, self.max_side))
        except ValueError as error:
            self._fail(number, str(error))
        except OSError:  # half a file
            return False
        return True
