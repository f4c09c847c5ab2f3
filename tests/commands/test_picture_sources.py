"""`im2latex predict` from the clipboard and from PDF pages; colours; completion."""

import io
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from tiny_preset import dotted, save_tiny_preset

import keras_im2latex
from keras_im2latex import cli
from keras_im2latex.commands.terminal_style import styled
from keras_im2latex.images import draw_pdf_page
from keras_im2latex.models import FormulaReader

ROOT = Path(keras_im2latex.__file__).parents[1]


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    return save_tiny_preset(tmp_path_factory.mktemp("preset"))


@pytest.fixture(scope="module")
def model(preset):
    return FormulaReader.from_preset(preset)


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    path = tmp_path_factory.mktemp("picture") / "picture.png"
    dotted(60, 200, 1).save(path)
    return path


@pytest.fixture
def run(capsys, preset):
    def run(*arguments):
        options = ["--preset", preset, "--beam-size", "2"]
        status = cli.main(["predict", *map(str, arguments), *options])
        captured = capsys.readouterr()
        return status, captured.out.splitlines(), captured.err.splitlines()

    return run


# === The clipboard ===

LINUX = sys.platform.startswith("linux")


@pytest.fixture
def clipboard(monkeypatch, tmp_path):
    """Puts a program in the place of `wl-paste` or `xclip`."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for name in ("WAYLAND_DISPLAY", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)

    def install(name, script):
        program = folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv({"wl-paste": "WAYLAND_DISPLAY", "xclip": "DISPLAY"}[name], "test")

    return install


@pytest.mark.skipif(not LINUX, reason="the programs of Wayland and X11")
@pytest.mark.parametrize("name", ["wl-paste", "xclip"])
def test_the_clipboard_of_wayland_and_x11(run, clipboard, model, picture, name):
    clipboard(name, f"/bin/cat {picture}")
    latex = model.generate(picture, beam_size=2).latex
    assert run("--clipboard") == (0, [latex], [])
    assert run(picture, "--clipboard") == (0, [f"{picture}\t{latex}", f"clipboard\t{latex}"], [])


@pytest.mark.skipif(not LINUX, reason="the programs of Wayland and X11")
@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("wl-paste", "echo 'Nothing is copied' >&2; exit 1"),
        ("xclip", "echo 'Error: target image/png not available' >&2; exit 1"),
        ("xclip", "echo text"),
    ],
)
def test_a_clipboard_without_a_picture(run, clipboard, name, script):
    clipboard(name, script)
    assert run("--clipboard") == (1, [], ["im2latex: clipboard: no picture in it"])


@pytest.mark.skipif(not LINUX, reason="the programs of Wayland and X11")
def test_no_clipboard(run, clipboard):
    status, out, err = run("--clipboard")
    assert (status, out) == (2, [])
    assert err == ["im2latex: --clipboard needs wl-clipboard (Wayland) or xclip (X11); neither is there"]
    clipboard("xclip", 'echo "Error: Can\'t open display: test" >&2; exit 1')
    status, out, err = run("--clipboard")
    assert (status, out) == (2, [])
    assert re.fullmatch("im2latex: --clipboard: .*Can't open display: test", *err)


def test_a_clipboard_that_holds_files(run, monkeypatch, model, picture):
    monkeypatch.setattr("PIL.ImageGrab.grabclipboard", lambda: [str(picture), "other.png"])
    assert run("--clipboard") == (0, [model.generate(picture, beam_size=2).latex], [])


# === PDF ===


@pytest.fixture
def document(tmp_path):
    pytest.importorskip("pypdfium2")
    first, second = (Image.new("L", (300, 200), 255) for _ in range(2))
    second.paste(dotted(60, 200, 1), (40, 100))
    path = tmp_path / "paper.PDF"
    first.save(path, "PDF", resolution=72, save_all=True, append_images=[second])
    return path


def test_a_part_of_a_pdf_page(run, monkeypatch, model, document):
    box = (40, 100, 240, 160)
    options = ["--page", "2", "--box", "40,100,240,160"]
    latex = model.generate(draw_pdf_page(document, 2, box), beam_size=2).latex
    assert run(document, *options) == (0, [latex], [])
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(document.read_bytes())))
    assert run("-", *options) == (0, [latex], [])
    assert run(document, "--page", "1") == (1, [], [f"im2latex: {document}: blank: no ink on its paper"])
    assert run(document)[2] == [f"im2latex: {document}: a PDF of 2 pages: expected the number of one of them"]


def test_wrong_pages_and_boxes(capsys, run, monkeypatch, picture):
    assert run(picture, "--page", 1) == (2, [], [f"im2latex: --page and --box need a PDF file. Received: {picture}"])
    for box in ("1,2,3", "1,2,3,x", "5,0,5,9", "0,9,5,3", "nan,0,1,1"):
        with pytest.raises(SystemExit) as ended:
            run("paper.pdf", "--page", 1, "--box", box)
        assert ended.value.code == 2
        assert f"received {box}" in capsys.readouterr().err
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run("paper.pdf", "--page", 1)[2] == [
        "im2latex: a PDF page needs pypdfium2: pip install 'keras-im2latex[pdf]'"
    ]


# === Colours ===


def test_colours_on_a_terminal_only(monkeypatch):
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    terminal, file = SimpleNamespace(isatty=lambda: True), io.StringIO()
    assert styled("a", "error", terminal) == "\033[1;31ma\033[0m"
    assert styled("a", "error", file) == "a"
    monkeypatch.setenv("NO_COLOR", "1")
    assert styled("a", "error", terminal) == "a"
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert styled("a", "error", terminal) == "a"


@pytest.mark.skipif(not LINUX, reason="pseudo terminals")
def test_a_real_terminal_gets_colours():
    main, terminal = pty.openpty()
    command = [sys.executable, "-m", "keras_im2latex.cli", "predict", "-", "-"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    environment.pop("NO_COLOR", None)
    done = subprocess.run(command, stderr=terminal, env=environment, check=False, timeout=60)
    os.close(terminal)
    assert done.returncode == 2
    assert os.read(main, 1000).startswith(b"\033[1;31mim2latex:\033[0m standard input")
    os.close(main)


# === Completion ===


@pytest.fixture
def bash(capsys, tmp_path):
    """Completes a command line in bash."""
    pytest.importorskip("shtab")
    if not shutil.which("bash"):
        pytest.skip("needs bash")
    assert cli.main(["completion", "bash"]) == 0
    script = tmp_path / "completion"
    script.write_text(capsys.readouterr().out)

    def complete(*words):
        listed = " ".join(f"'{word}'" for word in words)
        program = f"""
            source {script}
            COMP_WORDS=({listed}) COMP_CWORD={len(words) - 1}
            $(complete -p im2latex | sed 's/.* -F \\([^ ]*\\) .*/\\1/') im2latex
            printf '%s\\n' "${{COMPREPLY[@]}}"
        """
        done = subprocess.run(
            ["bash", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout.split()

    return complete


def test_bash_completes_commands_options_and_files(bash, tmp_path):
    dotted(20, 20, 1).save(tmp_path / "shot.png")
    assert set(bash("im2latex", "pre")) == {"predict", "presets"}
    assert bash("im2latex", "predict", "--clip") == ["--clipboard"]
    assert bash("im2latex", "predict", "sho") == ["shot.png"]
    assert bash("im2latex", "completion", "z") == ["zsh"]


@pytest.mark.parametrize("shell", ["zsh", "fish", "tcsh"])
def test_other_shells(capsys, shell):
    shtab = pytest.importorskip("shtab")
    status = cli.main(["completion", shell])
    captured = capsys.readouterr()
    if shell not in shtab.SUPPORTED_SHELLS:
        assert (status, captured.err.count(shell)) == (2, 1)
        return
    assert status == 0
    assert "im2latex" in captured.out
    assert "clipboard" in captured.out


def test_completion_without_its_library(capsys, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert cli.main(["completion", "bash"]) == 2
    assert capsys.readouterr().err == "im2latex: completion needs shtab: pip install 'keras-im2latex[completion]'\n"


def test_nothing_to_read(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["predict"])
    assert ended.value.code == 2
    assert "expected a PATH or --clipboard" in capsys.readouterr().err


def test_json_tells_of_pictures_that_could_not_be_read(run, picture, tmp_path):
    Image.fromarray(np.full((40, 40), 255, np.uint8)).save(tmp_path / "blank.png")
    status, out, err = run(picture, tmp_path / "blank.png", "--json")
    assert status == 1
    assert out[1] == f'{{"path": "{tmp_path}/blank.png", "error": "blank: no ink on its paper"}}'
    assert err == [f"im2latex: {tmp_path}/blank.png: blank: no ink on its paper"]
