"""Pages as TeX formats, dumped once: loading one takes a third of the time of reading its packages."""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import threading
from functools import lru_cache
from pathlib import Path

from keras_im2latex.rendering import sandbox

_LOCK = threading.Lock()
_SECONDS = 60.0
# Loads the fonts that most formulas need, so that they are in the format.
_WARMING = (
    r"\setbox0\hbox{$\displaystyle x^{2^2}\text{x}\mathrm{x}\mathbf{x}\mathsf{x}\mathit{x}\mathtt{x}\mathcal{x}"
    r"\left(\sum\right)$}\setbox0\hbox{}"
)


def page_format(page):
    """The format of a page, made where it is not there yet.

    Args:
        page: a `Page`.

    Returns:
        The path of the format without its suffix, or `None` where it can't be kept.

    Raises:
        ValueError: LaTeX can't read the page's preamble.
    """
    with _LOCK:
        return _page_format(page)


@lru_cache(maxsize=64)
def _page_format(page):
    head = page.document_head()
    folder = _cache_folder()
    name = hashlib.sha256("\0".join([_installation(), _WARMING, head]).encode()).hexdigest()[:32]
    if folder is not None and (folder / f"{name}.fmt").exists():
        return folder / name
    with sandbox.private_folder() as scratch:
        made = _dump(head, Path(scratch), page)
        if folder is None:
            return None
        try:
            _keep(made, folder / f"{name}.fmt")
        except OSError:
            return None
    return folder / name


def _dump(head, scratch, page):
    text = "\n".join([head, r"\begin{document}", _WARMING, r"\dump"])
    (scratch / "page.tex").write_text(text, encoding="utf-8")
    command = [
        "latex",
        "-ini",
        "-interaction=batchmode",
        "-no-shell-escape",
        "-jobname=page",
        "&latex",
        "page.tex",
    ]
    sandbox.run(command, scratch, _SECONDS)
    log, made = scratch / "page.log", scratch / "page.fmt"
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    error = re.search(r"^! (.*)", text, re.MULTILINE)
    if error or not made.exists():
        reason = error[1] if error else "it wrote no format"
        raise ValueError(
            f"`page` must have a preamble that LaTeX can read. Received: {page!r}, and LaTeX says: {reason}"
        )
    return made


def _keep(made, kept):
    """Puts the format in its place at one stroke, uncompressed, which TeX loads three times as fast."""
    handle, name = tempfile.mkstemp(dir=kept.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as target, open(made, "rb") as source:
            compressed = source.read(2) == b"\x1f\x8b"
            source.seek(0)
            shutil.copyfileobj(gzip.open(source) if compressed else source, target)
        os.replace(name, kept)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _cache_folder():
    """The user's own cache folder for formats, or `None` where there can be none."""
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(base) / "keras_im2latex" / "formats"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = folder.stat().st_uid == os.getuid()
    except (OSError, RuntimeError):
        return None
    return folder if own and os.access(folder, os.W_OK) else None


@lru_cache(maxsize=1)
def _installation():
    """What tells one installation of TeX from the next: its program and LaTeX's own format."""
    found = subprocess.run(
        ["kpsewhich", "-engine=pdftex", "-progname=latex", "latex.fmt"],
        capture_output=True,
        text=True,
        check=False,
    )
    parts = []
    for path in (shutil.which("latex"), found.stdout.strip()):
        if path and os.path.exists(path):
            status = os.stat(path)
            parts.append(f"{path} {status.st_size} {status.st_mtime_ns}")
    return "\n".join(parts)
