"""TeX formats: a page's preamble, read once and dumped."""

import collections
import contextlib
import functools
import gzip
import hashlib
import os
import subprocess
import tempfile
import threading
from pathlib import Path

from keras_im2latex.rendering.commands import WITHDRAWN
from keras_im2latex.rendering.font_family import FONT_FAMILIES
from keras_im2latex.rendering.sandbox import MissingTeX, require_programs, run_sandboxed, scratch_folder
from keras_im2latex.rendering.tex_log import read_errors

_DRIVER = Path(__file__).with_name("driver.tex")
_BUILD_SECONDS = 120
_locks = collections.defaultdict(threading.Lock)


def tex_format(page):
    """Returns the path of the TeX format of a page: its preamble and the driver. Built if not cached.

    Formats live in `$XDG_CACHE_HOME/keras_im2latex` (by default `~/.cache/keras_im2latex`), 18 MB each, and
    are shared by all processes. A new version of LaTeX gets new ones.

    Args:
        page: `Page`.

    Returns:
        `pathlib.Path`.

    Raises:
        MissingTeX: if TeX or the page's fonts are not installed.
        ValueError: if the page's packages or preamble do not compile.
    """
    forbidden = "".join(rf"\forbid{{{name}}}" for name in sorted(WITHDRAWN))
    source = page.source() + _DRIVER.read_text() + rf"\def\forbidfiles{{{forbidden}}}" + "\n"
    key = hashlib.sha256((_latex_version() + source).encode()).hexdigest()[:24]
    path = _cache_folder() / f"{key}.fmt"
    if not path.exists():
        with _locks[key]:
            if not path.exists():
                _build(page, source, path)
    return path


def _build(page, source, path):
    with scratch_folder() as folder:
        Path(folder, "page.tex").write_text(source + "\\dump\n", encoding="utf-8")
        command = ["pdftex", "-ini", "-no-shell-escape", "-interaction=nonstopmode", "-jobname=page"]
        run_sandboxed([*command, "&latex", "page.tex"], folder, seconds=_BUILD_SECONDS)
        log = Path(folder, "page.log")
        errors = read_errors(log.read_text("latin-1")) if log.exists() else ["TeX did not start"]
        dumped = Path(folder, "page.fmt")
        if errors or not dumped.exists():
            reason = errors[0] if errors else "no format was written"
            if "not found" in reason:
                raise MissingTeX(
                    f"The page needs a file that is not installed: {reason}. The fonts of "
                    f"`font_family={page.font_family!r}` are in the Debian package "
                    f"{FONT_FAMILIES[page.font_family].debian_package}."
                )
            raise ValueError(f"The page's preamble does not compile: {reason}. Received: {page}")
        # Unpacked, a format loads in half the time.
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, unpacked = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(gzip.decompress(dumped.read_bytes()))
            os.replace(unpacked, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(unpacked)
            raise


@functools.cache
def _latex_version():
    require_programs()
    command = ["kpsewhich", "-engine=pdftex", "latex.fmt"]
    latex = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    if not latex:
        raise MissingTeX("Rendering needs LaTeX's format. Not found: latex.fmt (Debian: texlive-latex-base)")
    status = os.stat(latex)
    return f"{latex} {status.st_size} {status.st_mtime_ns}"


def _cache_folder():
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "keras_im2latex"
