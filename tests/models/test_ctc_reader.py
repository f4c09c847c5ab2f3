"""The CTC baseline: its search against enumeration of every path, and a picture alone and among others."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_im2latex.models import CtcReader, FormulaReader, Im2Latex
from keras_im2latex.models.batches import pad_batch

OPTIONS = {"filters": (4, 4, 6, 6, 8, 8), "units": 6}


def make_model(tokens="abc"):
    model = CtcReader([*tokens], **OPTIONS)
    generator = np.random.default_rng(4)
    for variable in model.weights:
        values = generator.normal(0.0, 0.5, variable.shape)
        variable.assign(np.abs(values) + 0.5 if variable.path.endswith("moving_variance") else values)
    return model


def formulas_by_enumeration(probabilities):
    """Each formula's probability: the sum over all paths of classes that collapse to it."""
    found = {}
    for path in itertools.product(range(probabilities.shape[1]), repeat=len(probabilities)):
        formula = tuple(token for token, _ in itertools.groupby(path) if token != 0)
        found[formula] = found.get(formula, 0.0) + np.prod([row[token] for row, token in zip(probabilities, path)])
    return sorted(found.items(), key=lambda pair: -pair[1])


def test_search_finds_the_most_probable_formulas(pictures):
    model = make_model()
    image, size = pad_batch([pictures[7]])  # 8 pixels wide: two columns
    logits = model({"image": image, "size": size})[0]
    assert logits.shape == (2, 7)
    probabilities = tf.nn.softmax(logits).numpy()
    expected = formulas_by_enumeration(probabilities)
    hypotheses = model.search(image, size, beam_size=20)
    for rank, (formula, probability) in enumerate(expected[:3]):
        row = hypotheses.tokens[0, rank].numpy()
        end = list(row).index(model.vocabulary.end_id, len(formula))
        assert tuple(row[:end]) == formula
        assert not row[end + 1 :].any()
        np.testing.assert_allclose(hypotheses.scores[0, rank], np.log(probability), rtol=1e-4)
    greedy = model.search(image, size, beam_size=1)
    best = probabilities.argmax(axis=1)
    path = [token for token, _ in itertools.groupby(best) if token != 0]
    assert list(greedy.tokens[0, 0].numpy())[: len(path) + 1] == [*path, model.vocabulary.end_id]
    np.testing.assert_allclose(greedy.scores[0, 0], np.log(probabilities.max(axis=1)).sum(), rtol=1e-4)


def test_a_picture_alone_and_among_others(pictures):
    model = make_model("abcdefgh")
    together, sizes = pad_batch(pictures)
    logits = model({"image": together, "size": sizes}).numpy()
    for picture, ours in zip(pictures, logits):
        image, size = pad_batch([picture])
        alone = model({"image": image, "size": size}).numpy()[0]
        np.testing.assert_allclose(ours[: len(alone)], alone, rtol=0, atol=1e-4)
        np.testing.assert_array_equal(ours[len(alone) :].argmax(axis=-1), 0)


@pytest.mark.parametrize("beam_size", [1, 3])
def test_reads_saves_and_loads(pictures, tmp_path, beam_size):
    model = make_model("abcdefgh")
    readings = model.generate(pictures, beam_size=beam_size, maximum_length=5, already_downsampled=True)
    assert len({reading.tokens for reading in readings}) > 3
    assert max(len(reading.tokens) for reading in readings) <= 5
    model.save_to_preset(tmp_path / "preset")
    for loader in (CtcReader, FormulaReader):
        loaded = loader.from_preset(tmp_path / "preset")
        assert isinstance(loaded, CtcReader)
        assert loaded.get_config() == model.get_config()
    with pytest.raises(ValueError, match=r"`preset` must hold a Im2Latex\. Received: .*CtcReader"):
        Im2Latex.from_preset(tmp_path / "preset")
    model.save(tmp_path / "model.keras")
    batch = dict(zip(("image", "size"), pad_batch(pictures[:3])))
    np.testing.assert_array_equal(keras.saving.load_model(tmp_path / "model.keras")(batch), model(batch))
