"""ONNX Runtime reads what TensorFlow reads, and without TensorFlow."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from keras_im2latex import best_readings, cli, rendering
from keras_im2latex.confidence import Confidence
from keras_im2latex.models import CtcReader, Im2Latex
from keras_im2latex.pixels import PictureError

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from keras_im2latex.runtime import OnnxReader, export_onnx, onnx_reader

SIZES = {"encoder_units": 6, "maximum_rows": 3, "embedding_size": 4, "decoder_units": 12}
SMALL = {**SIZES, "filters": (4, 4, 6, 6, 8, 8)}
VARIANTS = {
    "paper": SMALL,
    "additive scores": {**SMALL, "score": "additive"},
    "rows not encoded": {**SMALL, "row_encoder": False},
    "rows without states of their own": {**SMALL, "positional_states": False},
    "residual encoder": {**SIZES, "filters": (4, 4, 6, 8), "encoder": "residual"},
}

LENGTH = 12  # in longer formulas of random weights the last bits of a float add up to other tokens


def save_model(folder, **options):
    """A small model whose random weights make what it writes, and how long it is, depend on the picture."""
    model = Im2Latex([*"abcdefghij", "+", r"\alpha"], **options)
    generator = np.random.default_rng(4)
    for variable in model.weights:
        values = generator.normal(0.0, 0.5, variable.shape)
        if variable.path.endswith("moving_variance"):
            values = np.abs(values) + 0.5
        if "decoder" in variable.path:
            values *= 2
        if variable.path.endswith("logit_bias"):
            values[[0, 1, 3]] = -30  # a trained model writes neither padding nor start
            values[2] = 3  # and ends formulas
        if variable.path.endswith("logit_kernel"):
            values *= 3
        variable.assign(values)
    model.confidence = Confidence(plain=(1.0, -1.0, 0.5, -0.2), verified=(0.0,) * 6, exact=1.0)
    model.save_to_preset(folder)
    return str(folder)


@pytest.fixture(scope="module")
def pictures():
    generator = np.random.default_rng(0)
    made = []
    for height, width in [(50, 82), (64, 256), (34, 180), (122, 150), (80, 400), (48, 48), (66, 258), (20, 30)]:
        picture = np.full((height, width), 255, np.uint8)
        ink = generator.random(picture.shape) < 0.4
        picture[ink] = generator.integers(0, 200, size=int(ink.sum()), dtype=np.uint8)
        made.append(picture)
    return made


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("preset"), **SMALL)


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "keras_im2latex" / "onnx"


def assert_alike(found, expected):
    assert [reading.tokens for reading in found] == [reading.tokens for reading in expected]
    assert [reading.latex for reading in found] == [reading.latex for reading in expected]
    for name in ("score", "confidence"):
        figures = [[getattr(reading, name) for reading in readings] for readings in (found, expected)]
        np.testing.assert_allclose(*figures, rtol=1e-3, atol=1e-4)
    alternatives = [
        [each.tokens for reading in readings for each in reading.alternatives] for readings in (found, expected)
    ]
    assert alternatives[0] == alternatives[1]


@pytest.mark.parametrize("variant", VARIANTS)
def test_readings_are_those_of_tensorflow(variant, pictures, tmp_path):
    preset = save_model(tmp_path, **VARIANTS[variant])
    reader, model = OnnxReader.from_preset(preset), Im2Latex.from_preset(preset)
    lengths = set()
    halved = [picture[::2, ::2] for picture in pictures]
    for search in ({"beam_size": 1}, {"beam_size": 5, "n_best": 3}):
        # Noise has no scale to measure: as it is, pictures stay as different as they were made.
        options = {**search, "maximum_length": LENGTH, "already_downsampled": True, "length_penalty": 0.0}
        expected = model.generate(halved, **options)
        assert len({reading.tokens for reading in expected}) > 3  # they depend on the picture
        lengths |= {len(reading.tokens) for reading in expected}
        assert_alike(reader.generate(halved, **options), expected)
    # Some have ended, others were cut or end later; additive scores bring this model to no end so soon.
    assert len(lengths) > 1 or variant == "additive scores"


def test_pictures_are_magnified_as_by_tensorflow(preset, pictures, tmp_path):
    model = Im2Latex.from_preset(preset)
    model.magnification = 1.3
    model.save_to_preset(tmp_path / "larger")
    options = {"beam_size": 2, "maximum_length": LENGTH}
    expected = model.generate(pictures, **options)
    assert [each.tokens for each in expected] != [
        each.tokens for each in Im2Latex.from_preset(preset).generate(pictures, **options)
    ]
    assert_alike(OnnxReader.from_preset(str(tmp_path / "larger")).generate(pictures, **options), expected)


def test_readings_with_a_length_penalty_and_of_all_beams(preset, pictures):
    options = {"beam_size": 4, "n_best": 4, "length_penalty": 0.7, "maximum_length": 25}
    expected = Im2Latex.from_preset(preset).generate(pictures, **options)
    assert_alike(OnnxReader.from_preset(preset).generate(pictures, **options), expected)


def is_sound(tokens):
    """Stands for what compiles: random weights write nothing that does not, or nothing else."""
    return sum(map(ord, "".join(tokens))) % 3 > 0


@pytest.mark.parametrize("length_penalty", [0.0, 1.0])
def test_readings_that_compile_are_preferred_alike(preset, pictures, monkeypatch, length_penalty):
    monkeypatch.setattr(best_readings, "is_well_formed", is_sound)
    reader, model = OnnxReader.from_preset(preset), Im2Latex.from_preset(preset)
    search, searched = onnx_reader.search, {2: 0, 5: 0}

    def counted(step, state, memory, **options):
        searched[options["n_best"]] += len(memory[0])
        return search(step, state, memory, **options)

    monkeypatch.setattr(onnx_reader, "search", counted)
    halved = [picture[::2, ::2] for picture in pictures]
    options = {"beam_size": 5, "n_best": 2, "maximum_length": LENGTH, "already_downsampled": True}
    options["length_penalty"] = length_penalty
    plain = reader.generate(halved, well_formed=False, **options)
    assert_alike(plain, model.generate(halved, well_formed=False, **options))
    assert searched == {2: 8, 5: 0}
    preferred = reader.generate(halved, **options)
    assert_alike(preferred, model.generate(halved, **options))
    broken = [not is_sound(reading.tokens) for reading in plain]
    assert 0 < sum(broken) < 8
    assert all(is_sound(reading.tokens) for reading in preferred)
    assert [old.tokens != new.tokens for old, new in zip(plain, preferred)] == broken
    assert searched == ({2: 8, 5: 8} if length_penalty else {2: 16, 5: sum(broken)})


def test_more_beams_than_tokens(preset, pictures):
    options = {"beam_size": 20, "n_best": 2, "maximum_length": 10}
    expected = Im2Latex.from_preset(preset).generate(pictures[:2], **options)
    assert_alike(OnnxReader.from_preset(preset).generate(pictures[:2], **options), expected)


def test_a_picture_is_read_alike_alone_and_among_others(preset, pictures):
    reader = OnnxReader.from_preset(preset, threads=1)
    alone = [reader.generate(picture) for picture in pictures]
    for batch_size in (2, 32):
        assert_alike(reader.generate(iter(pictures), batch_size=batch_size), alone)


def test_pictures_that_cannot_be_read(preset, pictures):
    reader = OnnxReader.from_preset(preset)
    read, blank, missing = reader.generate(
        [pictures[0], np.full((20, 20), 255, np.uint8), "no such picture.png"], on_error="keep"
    )
    assert read.error is None
    assert blank.error == "blank: no ink on its paper"
    assert missing.error.startswith("can't be opened")
    with pytest.raises(PictureError, match="blank"):
        reader.generate(np.full((20, 20), 255, np.uint8))
    assert reader.generate([]) == []


@pytest.mark.parametrize("options", [{"n_best": 6}, {"n_best": 0}, {"on_error": "ignore"}])
def test_options_out_of_range(preset, pictures, options):
    with pytest.raises(ValueError, match=f"`{next(iter(options))}` must be"):
        OnnxReader.from_preset(preset).generate(pictures[0], **options)


def test_graphs_are_written_once_for_the_same_weights(preset, cache, tmp_path):
    OnnxReader.from_preset(preset)
    [folder] = cache.iterdir()
    written = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert sorted(written) == ["config.json", "decoder.onnx", "encoder.onnx", "vocabulary.txt"]
    OnnxReader.from_preset(preset)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == written
    other = save_model(tmp_path / "other", **{**SMALL, "encoder_units": 5})
    OnnxReader.from_preset(other)
    assert len(list(cache.iterdir())) == 2


def test_models_of_other_kinds_are_refused(tmp_path):
    save_model(tmp_path / "hard", **{**SMALL, "attention": "hard"})
    CtcReader([*"abc"], filters=(4, 4, 6, 6, 8, 8), units=8).save_to_preset(tmp_path / "ctc")
    for name in ("hard", "ctc"):
        with pytest.raises(ValueError, match="`preset` must hold an Im2Latex with standard attention"):
            export_onnx(tmp_path / name, tmp_path / "onnx")
    with pytest.raises(ValueError, match="`preset` must be one of"):
        OnnxReader.from_preset(tmp_path / "none")


WITHOUT = """
import sys
for name in {missing}:
    sys.modules[name] = None  # so that importing it fails
from keras_im2latex import cli
sys.exit(cli.main(sys.argv[1:]))
"""


def run_without(missing, *arguments):
    command = [sys.executable, "-c", WITHOUT.format(missing=missing), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr.splitlines()


def test_command_without_tensorflow(preset, pictures, tmp_path):
    from PIL import Image

    Image.fromarray(pictures[0]).save(tmp_path / "a.png")
    expected = Im2Latex.from_preset(preset).generate(pictures[0], beam_size=2, n_best=2)
    command = ["predict", "--runtime", "onnx", tmp_path / "a.png", "--beam-size", 2]
    assert run_without(["tensorflow", "keras"], *command, "--preset", preset) == (0, [expected.latex], [])
    graphs = tmp_path / "graphs"
    export = ["export", "--runtime", "onnx", graphs, "--preset", preset]
    assert run_without(["tensorflow", "keras"], *export) == (0, [str(graphs)], [])
    status, [line], _ = run_without(["tensorflow", "keras", "onnx"], *command, "--preset", graphs, "--json")
    fields = json.loads(line)
    assert (status, fields["latex"], fields["tokens"]) == (0, expected.latex, list(expected.tokens))
    status, out, [reason] = run_without(["onnxruntime"], *command, "--preset", preset)
    assert (status, out) == (2, [])
    assert reason.startswith("im2latex: --runtime onnx needs the extra `onnx` (keras-im2latex[onnx])")


def test_neither_tensorflow_nor_keras_is_imported(preset, pictures, tmp_path):
    from PIL import Image

    Image.fromarray(pictures[0]).save(tmp_path / "a.png")
    program = """
import sys
from keras_im2latex import cli
status = cli.main(sys.argv[1:])
print(status, sorted({"tensorflow", "keras", "onnxruntime", "PIL"} & sys.modules.keys()))
"""
    options = ["predict", tmp_path / "a.png", "--runtime", "onnx", "--preset", preset, "--beam-size", 2, "--json"]
    command = [sys.executable, "-c", program, *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=True)
    assert done.stdout.splitlines()[-1] == "0 ['PIL', 'onnxruntime']"


def test_a_cache_that_cannot_be_written(capsys, monkeypatch, preset, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert cli.main(["predict", "--runtime", "onnx", "a.png", "--preset", preset]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("im2latex: --runtime onnx keeps the model's graphs in a cache")
    assert str(tmp_path / "file") in line


def test_attention_pictures_are_refused(capsys, preset):
    options = ["--preset", preset, "--attention-picture", "a.png"]
    assert cli.main(["predict", "--runtime", "onnx", "a.png", *options]) == 2
    assert "--attention-picture needs --runtime tensorflow" in capsys.readouterr().err


@pytest.mark.skipif(not rendering.available(), reason="TeX is not installed")
def test_verifying_is_that_of_tensorflow(preset):
    [drawn] = rendering.render(["b + c"])
    options = {"beam_size": 4, "n_best": 2, "maximum_length": 8, "verify": True}
    for already_downsampled in (False, True):
        expected = Im2Latex.from_preset(preset).generate(
            drawn.image, already_downsampled=already_downsampled, **options
        )
        found = OnnxReader.from_preset(preset).generate(drawn.image, already_downsampled=already_downsampled, **options)
        assert_alike([found], [expected])
        assert found.exact is expected.exact is False


def test_command_for_a_preset_that_is_none(capsys, tmp_path):
    for command in (["predict", "--runtime", "onnx", "a.png"], ["export", "--runtime", "onnx", str(tmp_path / "new")]):
        assert cli.main([*command, "--preset", "none"]) == 2
        assert "`preset` must be one of" in capsys.readouterr().err
    assert cli.main(["export", "--runtime", "onnx", str(tmp_path), "--version", "1"]) == 2
