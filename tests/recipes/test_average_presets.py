"""The recipe that averages presets, on tiny untrained models."""

import keras
import numpy as np
import pytest

from keras_im2latex.models import Im2Latex


@pytest.fixture(scope="module")
def recipe(load_recipe):
    return load_recipe("average_presets")


def save(folder, seed, tokens="abc", decoder_units=64):
    keras.utils.set_random_seed(seed)
    sizes = {"filters": (8, 8, 8, 8, 16, 16), "encoder_units": 32, "embedding_size": 8}
    model = Im2Latex([*tokens], decoder_units=decoder_units, **sizes)
    model.save_to_preset(folder)
    return str(folder)


def test_weights_are_the_mean_of_all(recipe, tmp_path):
    presets = [save(tmp_path / str(seed), seed) for seed in range(3)]
    recipe.main(["--presets", *presets, "--output", str(tmp_path / "mean")])
    models = [Im2Latex.from_preset(preset) for preset in presets]
    for mean, *each in zip(*(model.weights for model in (Im2Latex.from_preset(tmp_path / "mean"), *models))):
        values = np.stack([one.numpy() for one in each])
        if np.issubdtype(values.dtype, np.floating):
            np.testing.assert_allclose(mean.numpy(), values.mean(axis=0), rtol=2e-3, atol=1e-4)  # float16
    kernels = [model.get_layer("decoder").weights[0].numpy() for model in models]
    assert not np.allclose(kernels[0], kernels[1])


def test_what_belongs_to_a_token_is_the_mean_over_those_that_have_it(recipe, tmp_path):
    presets = [save(tmp_path / tokens, seed, tokens) for seed, tokens in enumerate(("abc", "abcde", "abcd", "abcde"))]
    recipe.main(["--presets", *presets, "--output", str(tmp_path / "mean")])
    mean = Im2Latex.from_preset(tmp_path / "mean")
    assert mean.vocabulary.tokens[-5:] == (*"abcde",)

    def embeddings(model):
        return next(one.numpy() for one in model.weights if one.path.endswith("/embeddings"))

    one, two, three, four = (embeddings(Im2Latex.from_preset(preset)) for preset in presets)
    expected = [
        (one + two[:-2] + three[:-1] + four[:-2]) / 4,
        (two[-2:-1] + three[-1:] + four[-2:-1]) / 3,
        (two[-1:] + four[-1:]) / 2,
    ]
    np.testing.assert_allclose(embeddings(mean), np.concatenate(expected), rtol=2e-3, atol=1e-4)  # float16


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"tokens": "abd"}, "the same vocabulary, or one that begins with it"),
        ({"decoder_units": 32}, "weights of the same shapes"),
    ],
)
def test_presets_that_differ_are_refused(recipe, tmp_path, capsys, other, message):
    presets = [save(tmp_path / "one", 0), save(tmp_path / "other", 1, **other)]
    with pytest.raises(SystemExit):
        recipe.main(["--presets", *presets, "--output", str(tmp_path / "mean")])
    assert f"`presets` must have {message}. Received: {presets[1]}, unlike {presets[0]}" in capsys.readouterr().err
    assert not (tmp_path / "mean").exists()
