"""The recipe that rewrites a preset's weights, on a tiny untrained model."""

import json

import keras
import numpy as np
import pytest

from keras_im2latex.models import Im2Latex, LanguageModel


@pytest.fixture(scope="module")
def recipe(load_recipe):
    return load_recipe("convert_preset")


@pytest.fixture
def preset(tmp_path):
    keras.utils.set_random_seed(1)
    sizes = {"filters": (8, 8, 8, 8, 16, 16), "encoder_units": 32, "decoder_units": 64, "embedding_size": 8}
    model = Im2Latex([*"abc", r"\alpha"], **sizes)
    model.save_to_preset(tmp_path / "preset", "Untrained.", scores={"bleu": 1.5}, formulas=7)
    return tmp_path / "preset"


def convert(recipe, preset, output, weights="int8"):
    recipe.main(["--preset", str(preset), "--output", str(output), "--weights", weights])


def test_the_model_stays_and_the_file_shrinks(recipe, preset, tmp_path, capsys):
    convert(recipe, preset, tmp_path / "small")
    for name in ("config.json", "vocabulary.txt"):
        assert (tmp_path / "small" / name).read_text() == (preset / name).read_text()
    assert json.loads((preset / "config.json").read_text())["metadata"]["scores"] == {"bleu": 1.5}

    before, after = (folder.joinpath("weights.npz").stat().st_size for folder in (preset, tmp_path / "small"))
    assert after < 0.7 * before
    assert capsys.readouterr().out == f"{tmp_path / 'small'}: weights of {after:,} bytes, {before:,} before\n"

    half, integer = Im2Latex.from_preset(preset), Im2Latex.from_preset(tmp_path / "small")
    for one, other in zip(half.weights, integer.weights, strict=True):
        one, other = one.numpy(), other.numpy()
        steps = np.abs(one).max(axis=tuple(range(one.ndim - 1))) / 127
        assert (np.abs(other - one) <= steps / 2 * (1 + 1e-4)).all()


def test_description_and_scores_are_said_anew(recipe, preset, tmp_path):
    results = tmp_path / "results.json"
    run = {"formulas": 8460, "bleu": 88.0814291, "fine_cells": 14.747, "reading_seconds": 3.0}
    results.write_text(json.dumps({"beam_size": 5, "runs": {"rendered": run}}))
    options = ["--preset", str(preset), "--output", str(tmp_path / "told"), "--weights", "int8"]
    recipe.main([*options, "--description", "Hard attention.", "--results", str(results)])
    metadata = json.loads((tmp_path / "told" / "config.json").read_text())["metadata"]
    assert metadata.pop("parameters") > 0
    formulas = "IM2LATEX-100K validation, 8,460 drawn here, beam 5"
    assert metadata == {
        "description": "Hard attention.",
        "scores": {"formulas": formulas, "bleu": 88.08, "fine_cells": 14.75},
        "formulas": 7,
    }


def test_how_much_larger_pictures_are_shown_is_said_and_kept(recipe, preset, tmp_path):
    options = ["--preset", str(preset), "--output", str(tmp_path / "larger"), "--weights", "int8"]
    recipe.main([*options, "--magnification", "1.2"])
    convert(recipe, tmp_path / "larger", tmp_path / "again")
    for name in ("larger", "again"):
        assert json.loads((tmp_path / name / "config.json").read_text())["metadata"]["magnification"] == 1.2


def test_scores_name_the_handwriting_that_they_were_measured_on(recipe, tmp_path):
    results = tmp_path / "results.json"
    told = {"beam_size": 5, "formulas_file": "crohme/prepared, test_2013"}
    results.write_text(json.dumps(told | {"runs": {"rendered": {"formulas": 671, "bleu": 84.853}}}))
    assert recipe.read_scores(results) == {"formulas": "CROHME 2013's test, 671 drawn here, beam 5", "bleu": 84.85}


def test_results_without_scores_are_refused(recipe, preset, tmp_path, capsys):
    results = tmp_path / "results.json"
    results.write_text(json.dumps({"beam_size": 5, "runs": {"original": {"bleu": 85.0}}}))
    with pytest.raises(SystemExit):
        recipe.main(["--preset", str(preset), "--output", str(preset), "--weights", "int8", "--results", str(results)])
    assert "must hold the scores of a run 'rendered'. Received: none" in capsys.readouterr().err


def test_a_preset_can_be_converted_where_it_lies(recipe, preset, tmp_path):
    convert(recipe, preset, tmp_path / "small")
    convert(recipe, preset, preset)
    np.testing.assert_array_equal(
        Im2Latex.from_preset(preset).get_weights()[4], Im2Latex.from_preset(tmp_path / "small").get_weights()[4]
    )
    assert (preset / "weights.npz").stat().st_size == (tmp_path / "small" / "weights.npz").stat().st_size


def test_back_to_float16(recipe, preset, tmp_path):
    convert(recipe, preset, tmp_path / "small")
    convert(recipe, tmp_path / "small", tmp_path / "back", "float16")
    with np.load(tmp_path / "back" / "weights.npz") as arrays:
        assert {arrays[name].dtype for name in arrays.files} == {np.dtype("float16")}


def test_other_models_than_readers_convert(recipe, tmp_path):
    LanguageModel([*"abc"], embedding_size=8, units=32).save_to_preset(tmp_path / "preset")
    convert(recipe, tmp_path / "preset", tmp_path / "small")
    assert LanguageModel.from_preset(tmp_path / "small").count_params() > 0


def test_an_unknown_weight_type_is_refused(recipe, preset, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        convert(recipe, preset, tmp_path / "small", "int4")
    assert ended.value.code == 2
    assert "argument --weights: invalid choice: 'int4'" in capsys.readouterr().err
    assert not (tmp_path / "small").exists()


def test_a_folder_that_is_no_preset_is_refused(recipe, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        convert(recipe, tmp_path, tmp_path / "small")
    assert ended.value.code == 2
    assert "`preset` must be one of" in capsys.readouterr().err


def test_a_token_is_never_written(recipe, preset, tmp_path, capsys):
    options = ["--preset", str(preset), "--output", str(tmp_path / "silent"), "--weights", "int8"]
    pictures = np.random.default_rng(0).integers(0, 256, (4, 32, 96), np.uint8)
    first = Im2Latex.from_preset(preset).generate(list(pictures), maximum_length=20)
    token = first[0].tokens[0]
    recipe.main([*options, "--never", token])
    after = Im2Latex.from_preset(tmp_path / "silent").generate(list(pictures), maximum_length=20)
    assert all(token not in reading.tokens for reading in after)

    with pytest.raises(SystemExit):
        recipe.main([*options, "--never", "z"])
    assert "`never` must be a token of the preset. Received: never='z'" in capsys.readouterr().err
