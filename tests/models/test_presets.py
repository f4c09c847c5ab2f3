import json

import numpy as np
import pytest

from keras_im2latex.images import prepare_picture
from keras_im2latex.models import Im2Latex, attention_map, generation
from keras_im2latex.models.batches import pad_batch
from keras_im2latex.models.presets import WEIGHT_TYPES


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


def test_a_preset_keeps_how_much_larger_pictures_are_shown(model, tmp_path, monkeypatch):
    """And so it is shown them: as `prepare_picture` magnifies, whether read or looked at."""
    generator = np.random.default_rng(5)
    picture = generator.choice(np.array([0, 255], np.uint8), (41, 90))
    model.magnification = 1.5
    model.save_to_preset(tmp_path / "larger")
    loaded = Im2Latex.from_preset(tmp_path / "larger")
    expected = prepare_picture(picture, magnification=1.5)
    assert expected.shape[1] > 1.4 * prepare_picture(picture).shape[1]

    shown = []
    monkeypatch.setattr(generation, "pad_batch", lambda batch: shown.extend(batch) or pad_batch(batch))
    reading = loaded.generate(picture, beam_size=1, maximum_length=5)
    np.testing.assert_array_equal(shown[0], expected)
    np.testing.assert_array_equal(attention_map(loaded, picture, reading.tokens).picture, expected[..., 0])


def test_a_preset_is_three_plain_files(model, folder):
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "vocabulary.txt", "weights.npz"]
    written = json.loads((folder / "config.json").read_text())
    assert written["metadata"]["description"] == "Random weights."
    assert written["metadata"]["parameters"] == model.count_params()
    with np.load(folder / "weights.npz", allow_pickle=False) as weights:
        assert {weights[name].dtype for name in weights.files} == {np.dtype("float16")}
        assert sum(weights[name].size for name in weights.files) == model.count_params()
    assert Im2Latex.from_preset(str(folder)).count_params() == model.count_params()


def test_an_8_bit_preset_rebuilds_the_model_within_half_a_step(model, tmp_path):
    model.save_to_preset(tmp_path, weights="int8")
    loaded = Im2Latex.from_preset(tmp_path)
    assert loaded.get_config() == model.get_config()
    moved = 0
    for before, after in zip(model.weights, loaded.weights, strict=True):
        assert after.dtype == "float32"
        before, after = before.numpy().astype("float64"), after.numpy()
        if before.size // before.shape[-1] < 16:
            np.testing.assert_array_equal(after, before.astype("float16"))
            continue
        steps = np.abs(before).max(axis=tuple(range(before.ndim - 1))) / 127
        assert (np.abs(after - before) <= steps / 2 * (1 + 1e-4)).all()
        np.testing.assert_allclose(after, np.round(before / steps) * steps, rtol=0, atol=1e-5)
        moved += 1
    assert moved > 8


def test_an_8_bit_preset_computes_nearly_the_same(model, tmp_path, pictures):
    model.save_to_preset(tmp_path, weights="int8")
    loaded = Im2Latex.from_preset(tmp_path)
    image, size = pad_batch(pictures)
    tokens = np.full((len(pictures), 4), 5, np.int32)
    before, after = (each({"image": image, "size": size, "tokens": tokens}).numpy() for each in (model, loaded))
    deviation = np.sqrt(np.mean((after - before) ** 2)) / before.std()
    assert 0 < deviation < 0.1


def test_8_bit_presets_keep_kernels_as_integers_and_the_rest_in_float16(model, tmp_path):
    model.save_to_preset(tmp_path, weights="int8")
    with np.load(tmp_path / "weights.npz", allow_pickle=False) as stored:
        arrays = dict(stored)
    scales = {name: arrays.pop(name) for name in list(arrays) if name.endswith(".scales")}
    assert arrays.keys() == {variable.path for variable in model.weights}
    integers = {name for name in arrays if arrays[name].dtype == np.int8}
    assert {name + ".scales" for name in integers} == scales.keys()
    assert {arrays[name].dtype for name in arrays.keys() - integers} == {np.dtype("float16")}
    for name, array in scales.items():
        assert array.dtype == np.float32
        assert array.shape == arrays[name.removesuffix(".scales")].shape[-1:]
    assert {"convolutional_encoder/convolution_6/kernel", "row_encoder/kernel", "decoder/embeddings"} <= integers
    assert not [name for name in integers if "bias" in name or "normalization" in name]
    assert "convolutional_encoder/convolution_1/kernel" not in integers, "9 values a channel: no room for a scale"


def test_8_bits_halve_the_file(make_model, tmp_path):
    model = make_model(filters=(8, 8, 16, 16, 64, 64), encoder_units=64, decoder_units=128, embedding_size=32)
    sizes = {}
    for weights in WEIGHT_TYPES:
        model.save_to_preset(tmp_path / weights, weights=weights)
        sizes[weights] = (tmp_path / weights / "weights.npz").stat().st_size
    overhead = 400 * 2 * len(model.weights)  # of the file's entries
    assert 2 * model.count_params() < sizes["float16"] < 2 * model.count_params() + overhead
    assert model.count_params() < sizes["int8"] < 1.1 * model.count_params() + overhead


def test_8_bits_once_are_the_same_8_bits_again(model, tmp_path):
    model.save_to_preset(tmp_path / "once", weights="int8")
    Im2Latex.from_preset(tmp_path / "once").save_to_preset(tmp_path / "twice", weights="int8")
    with np.load(tmp_path / "once" / "weights.npz") as once, np.load(tmp_path / "twice" / "weights.npz") as twice:
        assert once.files == twice.files
        for name in once.files:
            np.testing.assert_allclose(twice[name], once[name], rtol=1e-6)


@pytest.mark.parametrize("weights", ["int4", "float32", None, 8])
def test_unknown_weight_types_are_refused(model, tmp_path, weights):
    with pytest.raises(ValueError, match=f"`weights` must be one of .*int8.*Received: weights={weights!r}"):
        model.save_to_preset(tmp_path / "preset", weights=weights)
    assert not (tmp_path / "preset").exists()


def test_a_file_as_it_was_written_before_8_bits_loads(model, folder):
    """Bare float16 arrays by path, written here without the package."""
    generator = np.random.default_rng(1)
    arrays = {each.path: generator.random(each.shape).astype("float16") for each in model.weights}
    np.savez(folder / "weights.npz", **arrays)
    for variable in Im2Latex.from_preset(folder).weights:
        np.testing.assert_array_equal(variable.numpy(), arrays[variable.path].astype("float32"))


@pytest.mark.parametrize("missing", ["config.json", "vocabulary.txt", "weights.npz"])
def test_a_folder_that_lacks_a_file_says_which(folder, missing):
    (folder / missing).unlink()
    with pytest.raises(ValueError, match=f"`preset` must be .*Received: preset=.*, which lacks {missing}"):
        Im2Latex.from_preset(folder)


def test_an_unknown_preset_is_refused():
    with pytest.raises(ValueError, match=r"`preset` must be one of .*Received: preset='nothing'"):
        Im2Latex.from_preset("nothing")


@pytest.mark.parametrize("weights", WEIGHT_TYPES)
@pytest.mark.parametrize("value", [1e6, np.nan])
def test_weights_that_the_file_cannot_hold_are_refused(model, tmp_path, weights, value):
    variable = model.weights[-1]
    variable.assign(np.full(variable.shape, value))
    with pytest.raises(ValueError, match=f"float16.*Received: .*{variable.path}"):
        model.save_to_preset(tmp_path / "preset", weights=weights)


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
