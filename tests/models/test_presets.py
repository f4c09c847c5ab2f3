import json

import numpy as np
import pytest

from keras_im2latex.models import Im2Latex
from keras_im2latex.models.batches import pad_batch


@pytest.fixture
def model(make_model):
    return make_model(score="additive", positional_states=False)


@pytest.fixture
def folder(model, tmp_path):
    model.save_to_preset(tmp_path / "preset", "Random weights.")
    return tmp_path / "preset"


def test_a_preset_rebuilds_the_model(model, folder, pictures):
    loaded = Im2Latex.from_preset(folder)
    assert loaded.vocabulary == model.vocabulary
    assert loaded.get_config() == model.get_config()
    for before, after in zip(model.weights, loaded.weights, strict=True):
        assert after.dtype == "float32"
        np.testing.assert_array_equal(after, before.numpy().astype("float16"))

    image, size = pad_batch(pictures)
    tokens = np.full((len(pictures), 4), 5, np.int32)
    before, after = (each({"image": image, "size": size, "tokens": tokens}).numpy() for each in (model, loaded))
    np.testing.assert_allclose(after, before, rtol=0, atol=0.01 * np.abs(before).max())
    assert np.abs(after - before).max() > 0, "float16 weights can't give the very same numbers"


def test_a_preset_is_three_plain_files(model, folder):
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "vocabulary.txt", "weights.npz"]
    written = json.loads((folder / "config.json").read_text())
    assert written["metadata"]["description"] == "Random weights."
    assert written["metadata"]["parameters"] == model.count_params()
    with np.load(folder / "weights.npz", allow_pickle=False) as weights:
        assert {weights[name].dtype for name in weights.files} == {np.dtype("float16")}
        assert sum(weights[name].size for name in weights.files) == model.count_params()
    assert Im2Latex.from_preset(str(folder)).count_params() == model.count_params()


@pytest.mark.parametrize("missing", ["config.json", "vocabulary.txt", "weights.npz"])
def test_a_folder_that_lacks_a_file_says_which(folder, missing):
    (folder / missing).unlink()
    with pytest.raises(ValueError, match=f"`preset` must be .*Received: preset=.*, which lacks {missing}"):
        Im2Latex.from_preset(folder)


def test_an_unknown_preset_is_refused():
    with pytest.raises(ValueError, match=r"`preset` must be one of .*Received: preset='nothing'"):
        Im2Latex.from_preset("nothing")


def test_weights_too_large_for_the_file_are_refused(model, tmp_path):
    variable = model.weights[-1]
    variable.assign(np.full(variable.shape, 1e6))
    with pytest.raises(ValueError, match=f"float16.*Received: .*{variable.path}"):
        model.save_to_preset(tmp_path / "preset")


def test_weights_of_another_model_are_refused(folder):
    written = json.loads((folder / "config.json").read_text())
    written["config"]["decoder_units"] = 7
    (folder / "config.json").write_text(json.dumps(written))
    with pytest.raises(ValueError, match="shape"):
        Im2Latex.from_preset(folder)


def test_shipped_presets_load():
    for name, facts in Im2Latex.presets.items():
        assert facts["description"]
        assert Im2Latex.from_preset(name).count_params() == facts["parameters"]
