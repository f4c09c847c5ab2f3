"""The command line: what it writes where, what it makes of hostile pictures, and how it ends."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from PIL import Image

import keras_im2latex
from keras_im2latex import cli
from keras_im2latex.commands import predict
from keras_im2latex.models import FormulaReader, Im2Latex

ROOT = Path(keras_im2latex.__file__).parents[1]


@pytest.fixture(scope="module")
def model():
    """A tiny untrained model whose formulas end, and differ from picture to picture."""
    keras.utils.set_random_seed(1)
    model = Im2Latex(
        [*"abcxyz+-=", r"\alpha", r"\beta"],
        filters=(8, 8, 8, 8, 16, 16),
        encoder_units=8,
        decoder_units=16,
        embedding_size=8,
    )
    for weight in model.trainable_weights:
        if "convolution" not in weight.path and len(weight.shape) > 1:
            weight.assign(3.0 * weight)
    return model


@pytest.fixture(scope="module")
def preset(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("preset")
    model.save_to_preset(folder, "Tiny.")
    return str(folder)


def save_picture(path, size, seed):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.full(size, 255, np.uint8)
    pixels[5:-5, 5:-5] = np.random.default_rng(seed).choice([0, 255], (size[0] - 10, size[1] - 10))
    Image.fromarray(pixels).save(path)
    return str(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three pictures at two depths, and files that are none."""
    folder = tmp_path_factory.mktemp("pictures")
    save_picture(folder / "b.PNG", (40, 100), 1)
    save_picture(folder / "a.png", (60, 300), 2)
    save_picture(folder / "deeper" / "still" / "c.jpeg", (33, 77), 3)
    (folder / "notes.txt").write_text("not listed")
    return folder


@pytest.fixture(scope="module")
def readings(preset, folder):
    """What the Python interface reads: path to reading."""
    paths = [str(folder / name) for name in ("a.png", "b.PNG", "deeper/still/c.jpeg")]
    found = Im2Latex.from_preset(preset).generate(paths, beam_size=2, n_best=2)
    assert len({reading.latex for reading in found}) == 3
    return dict(zip(paths, found))


def run(capsys, *arguments):
    status = cli.main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out.splitlines(), captured.err.splitlines()


def test_folder_gives_path_and_latex_in_order(capsys, preset, folder, readings):
    status, out, err = run(capsys, "predict", folder, "--preset", preset, "--beam-size", 2)
    assert out == [f"{path}\t{reading.latex}" for path, reading in readings.items()]
    assert (status, err) == (0, [])


def test_one_file_gives_latex_alone(capsys, preset, readings):
    path, reading = next(iter(readings.items()))
    assert run(capsys, "predict", path, "--preset", preset, "--beam-size", 2) == (0, [reading.latex], [])


def test_json_holds_score_tokens_and_alternatives(capsys, preset, folder, readings):
    options = ["--preset", preset, "--beam-size", 2, "--n-best", 2, "--json", "--batch-size", 1]
    status, out, err = run(capsys, "predict", folder, *options)
    assert (status, err) == (0, [])
    for line, (path, reading) in zip(out, readings.items(), strict=True):
        written = json.loads(line)
        assert list(written) == ["path", "latex", "score", "tokens", "alternatives"]
        assert (written["path"], written["latex"]) == (path, reading.latex)
        assert written["tokens"] == list(reading.tokens)
        assert written["score"] == pytest.approx(reading.score, abs=1e-4)
        (alternative,) = written["alternatives"]
        assert alternative["latex"] == reading.alternatives[0].latex
        assert alternative["score"] <= written["score"]


def test_n_best_as_lines(capsys, preset, readings):
    path, reading = next(iter(readings.items()))
    options = ["--preset", preset, "--beam-size", 2, "--n-best", 2]
    _, out, _ = run(capsys, "predict", path, *options)
    assert out == [reading.latex, reading.alternatives[0].latex]


def test_standard_input(capsys, monkeypatch, preset, readings):
    path, reading = next(iter(readings.items()))
    options = ["--preset", preset, "--beam-size", 2]
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(Path(path).read_bytes())))
    assert run(capsys, "predict", "-", *options) == (0, [reading.latex], [])
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"")))
    assert run(capsys, "predict", "-", *options) == (
        1,
        [],
        ["im2latex: -: empty: the file holds no bytes"],
    )


def test_hostile_pictures_cost_nothing_but_themselves(capsys, preset, folder, readings, tmp_path):
    good = {path: reading.latex for path, reading in readings.items()}
    first, second, third = good
    (tmp_path / "empty folder").mkdir()
    hostile = {
        "text.png": b"no picture",
        "empty.png": b"",
        "truncated.png": Path(first).read_bytes()[:200],
        "truncated.jpg": Path(third).read_bytes()[:-200],
    }
    for name, data in hostile.items():
        (tmp_path / name).write_bytes(data)
    Image.fromarray(np.full((40, 40), 255, np.uint8)).save(tmp_path / "white.png")
    Image.fromarray(np.zeros((40, 40), np.uint8)).save(tmp_path / "black.png")
    Image.fromarray(np.zeros((6000, 6000), bool)).save(tmp_path / "enormous.png")
    reasons = {
        "text.png": "not a picture: its format is not recognized",
        "truncated.png": "broken: the PNG data can't be decoded",
        "empty.png": "empty: the file holds no bytes",
        "truncated.jpg": "broken: the JPEG data can't be decoded",
        "white.png": "blank: no ink on its paper",
        "missing.png": "can't be opened: No such file or directory",
        "black.png": "blank: no ink on its paper",
        "empty folder": "no picture (.png, .jpg, .jpeg) in this folder",
        "enormous.png": "too large: expected at most 25000000 pixels, received 6000 x 6000",
    }
    bad = [str(tmp_path / name) for name in reasons]
    paths = [bad[0], first, *bad[1:4], second, *bad[4:], third]
    options = ["--preset", preset, "--beam-size", 2, "--batch-size", 1]
    status, out, err = run(capsys, "predict", *paths, *options)
    assert status == 1
    assert out == [f"{path}\t{latex}" for path, latex in good.items()]
    assert err == [f"im2latex: {tmp_path / name}: {reason}" for name, reason in reasons.items()]


def test_already_downsampled_reads_another_size(capsys, preset, model, readings):
    path = next(iter(readings))
    expected = model.generate(path, beam_size=2, already_downsampled=True).latex
    options = ["--preset", preset, "--beam-size", 2, "--already-downsampled"]
    assert run(capsys, "predict", path, *options) == (0, [expected], [])
    assert expected != readings[path].latex


def test_attention_pictures_are_drawn_beside_the_readings(capsys, monkeypatch, preset, folder, readings, tmp_path):
    options = ["--preset", preset, "--beam-size", 2, "--attention-picture"]
    path, reading = next(iter(readings.items()))
    animation = tmp_path / "new" / "one.GIF"
    assert run(capsys, "predict", path, *options, animation) == (0, [reading.latex], [])
    with Image.open(animation) as drawn:
        assert (drawn.format, drawn.n_frames) == ("GIF", len(reading.tokens) + 1)
    save_picture(tmp_path / "again" / "a.png", (60, 100), 4)
    blank = tmp_path / "blank.png"
    Image.fromarray(np.full((40, 40), 255, np.uint8)).save(blank)
    sheets = tmp_path / "sheets"
    status, out, _ = run(capsys, "predict", folder, tmp_path / "again", blank, *options, sheets)
    assert (status, len(out)) == (1, 4)
    assert sorted(file.name for file in sheets.iterdir()) == ["a-2.png", "a.png", "b.png", "c.png"]
    with Image.open(sheets / "a.png") as first, Image.open(sheets / "a-2.png") as second:
        assert first.size != second.size
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(Path(path).read_bytes())))
    assert run(capsys, "predict", "-", *options, tmp_path / "piped")[0] == 0
    assert (tmp_path / "piped" / "standard-input.png").read_bytes() == (sheets / "a.png").read_bytes()


def test_a_model_without_attention_has_none_to_draw(capsys, monkeypatch, readings, tmp_path):
    monkeypatch.setattr(predict, "load_model", lambda preset, runtime, auto: SimpleNamespace())
    status, out, err = run(capsys, "predict", next(iter(readings)), "--attention-picture", tmp_path / "a.png")
    assert (status, out) == (2, [])
    assert err == ["im2latex: --attention-picture: a SimpleNamespace has no attention to draw"]


def test_progress_bar_on_many_pictures_only(capsys, preset, folder):
    picture = folder / "b.PNG"
    options = ["--preset", preset, "--beam-size", 1]
    status, out, err = run(capsys, "predict", *[picture] * 21, *options)
    assert (status, len(out)) == (0, 21)
    assert any("21/21" in line for line in err)
    assert run(capsys, "predict", *[picture] * 20, *options)[2] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predict", "a.png", "--preset", "no such preset"], "`preset` must be .*no such preset"),
        (["predict", "a.png", "--n-best", "6"], "--n-best must be at most --beam-size 5. Received: 6"),
        (["predict", "-", "-"], r"standard input \(-\) can be read once"),
        (
            ["predict", "a.png", "b.png", "--attention-picture", "c.png"],
            "--attention-picture must be a folder for several pictures. Received: c.png",
        ),
        (["predict", "a.png", "--attention-picture", f"{__file__}/c.gif"], "--attention-picture: .*: File exists"),
        (["export", __file__], "DIR must be a folder. Received: .*test_cli.py"),
    ],
)
def test_wrong_usage(capsys, arguments, message):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, [])
    assert re.fullmatch(f"im2latex: {message}.*", *err)


@pytest.mark.parametrize(
    "arguments", [[], ["predict"], ["nothing"], ["predict", "a.png", "--beam-size", "0"], ["predict", "--x"]]
)
def test_arguments_that_do_not_parse(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: im2latex")


def test_help_tells_the_exit_status_and_version_the_version(capsys):
    for arguments in (["--help"], ["predict", "--help"]):
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        assert ended.value.code == 0
        assert re.search(r"exit status:\n +0 .*\n +1 .*\n +2 ", capsys.readouterr().out)
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"im2latex {keras_im2latex.__version__}\n"
    setup = (ROOT / "setup.py").read_text(encoding="utf-8")
    assert f'version="{keras_im2latex.__version__}"' in setup


def test_presets_are_listed(capsys, monkeypatch):
    facts = {"parameters": 9480000, "description": "The paper's model."}
    scored = {**facts, "scores": {"bleu": 89.55, "image_match": 82.79, "pixel_identical": 69.42}}
    monkeypatch.setattr("keras_im2latex.storage.PRESETS", {"own": facts, "standard": scored})
    own = "own\t9,480,000 parameters\tThe paper's model."
    standard = "standard\t9,480,000 parameters\t89.5 BLEU\t82.8 % image match\tThe paper's model."
    assert run(capsys, "presets") == (0, [own, standard], [])


def test_presets_have_model_cards(capsys):
    status, lines, _ = run(capsys, "presets", "standard")
    assert status == 0
    assert "## What it can't read" in lines
    status, lines, (error,) = run(capsys, "presets", "best")
    assert (status, lines) == (2, [])
    assert error.endswith("NAME must be one of handwritten, hard, screenshots, sparsemax, standard. Received: best")


def test_lines_that_tensorflow_writes_itself_are_held_back(capfd, monkeypatch, preset, readings):
    path, reading = next(iter(readings.items()))
    generate = Im2Latex.generate

    def generate_aloud(*arguments, **options):
        os.write(2, b"E0000 00:00:1.2 3 util.cc:131] oneDNN has something to say.\n")
        return generate(*arguments, **options)

    monkeypatch.setattr(Im2Latex, "generate", generate_aloud)
    assert run(capfd, "predict", path, "--preset", preset, "--beam-size", 2) == (0, [reading.latex], [])


def test_interrupt(capsys, monkeypatch):
    def interrupted(preset):
        raise KeyboardInterrupt

    monkeypatch.setattr(FormulaReader, "from_preset", interrupted)
    assert run(capsys, "predict", "a.png") == (130, [], [])


# === As a process ===


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def test_process_writes_latex_and_nothing_else(preset, readings):
    path, reading = next(iter(readings.items()))
    command = [
        sys.executable,
        "-m",
        "keras_im2latex.cli",
        "predict",
        path,
        "--preset",
        preset,
        "--beam-size=2",
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{reading.latex}\n", "")


def test_process_whose_reader_has_gone_ends_quietly(preset, folder):
    command = [
        sys.executable,
        "-m",
        "keras_im2latex.cli",
        "predict",
        folder,
        "--preset",
        preset,
        "--beam-size=1",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(120) == 141


def test_importing_the_package_does_not_import_tensorflow():
    program = """
import sys
import keras_im2latex, keras_im2latex.cli
assert "tensorflow" not in sys.modules and "Im2Latex" in dir(keras_im2latex)
print(keras_im2latex.Im2Latex.__module__, keras_im2latex.Reading.__name__)
try:
    keras_im2latex.Nothing
except AttributeError as error:
    print(error)
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=120, check=True)
    assert done.stdout.splitlines() == [
        "keras_im2latex.models.im2latex Reading",
        "module 'keras_im2latex' has no attribute 'Nothing'",
    ]
