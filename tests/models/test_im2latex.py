import inspect
import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_im2latex.images import prepare_picture
from keras_im2latex.markup import Vocabulary
from keras_im2latex.models import Im2Latex
from keras_im2latex.models.batches import pad_batch
from keras_im2latex.models.im2latex import ATTENTIONS

VOCABULARY_SIZES = [502, 525, 554]  # about what the paper's data gives, specials included


def inputs(pictures):
    image, size = pad_batch(pictures)
    tokens = np.random.default_rng(1).integers(4, 16, size=(len(pictures), 6)).astype("int32")
    tokens[:, 0], tokens[0, 4:] = 1, 0
    return {"image": image, "size": size, "tokens": tokens}


def trainable(layer):
    return sum(int(np.prod(variable.shape)) for variable in layer.trainable_variables)


@pytest.mark.parametrize("size", VOCABULARY_SIZES)
def test_parameters_are_the_papers(size):
    """9.48 M within 1 %, and each part what the authors' code has.

    Their LSTMs add two bias vectors, one for the input and one for the hidden state; here there is one, which
    computes the same: 4 x 256 numbers less in each direction of the row encoder, 4 x 512 less in the decoder.
    """
    tokens = [f"t{number}" for number in range(size - len(Vocabulary.SPECIAL_TOKENS))]
    model = Im2Latex(tokens)
    convolutions = 4_502_272
    rows = 1_576_960 - 2 * 4 * 256
    positions = 20_480
    decoder = 3_051_520 - 4 * 512
    vocabulary = size * (80 + 513)
    assert trainable(model.get_layer("convolutional_encoder")) == convolutions
    assert trainable(model.get_layer("row_encoder")) == rows + positions
    assert trainable(model.get_layer("decoder")) == decoder + vocabulary
    total = convolutions + rows + positions + decoder + vocabulary
    assert trainable(model) == total
    assert abs(total / 9.48e6 - 1) < 0.01


@pytest.mark.parametrize("attention", ["hierarchical", "sparsemax", "hard"])
def test_a_coarse_branch_adds_what_the_papers_tables_say(attention):
    """Two convolutions with their normalizations, a row encoder for 5 rows, and a score of its own.

    The paper says 15.85 M, which lies between sharing the score with the fine grid (15.77 M) and not (16.03 M).
    """
    tokens = [f"t{number}" for number in range(498)]
    coarse = 2 * (9 * 512 * 512 + 512 + 2 * 512) + (1_576_960 - 2 * 4 * 256) + 5 * 2 * 512 + 512 * 512
    assert trainable(Im2Latex(tokens, attention=attention)) - trainable(Im2Latex(tokens)) == coarse


def test_the_additive_score_has_the_parameters_of_the_papers_text():
    """W1, W2 (512 x 512 each) and beta instead of one matrix: 9.73 M, which the paper's count leaves out."""
    tokens = [f"t{number}" for number in range(498)]
    difference = trainable(Im2Latex(tokens, score="additive")) - trainable(Im2Latex(tokens))
    assert difference == 512 * 512 + 512


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"score": "additive"},
        {"row_encoder": False},
        {"positional_states": False},
        {"maximum_rows": 2, "dropout": 0.3},
        {"attention": "coarse_only"},
        {"attention": "hierarchical", "score": "additive"},
        {"attention": "sparsemax"},
        {"attention": "hard", "row_encoder": False},
    ],
)
def test_variants_run_and_survive_saving(make_model, pictures, tmp_path, options):
    model = make_model(**options)
    batch = inputs(pictures[:3])
    logits = model(batch)
    assert logits.shape == (3, 6, len(model.vocabulary))
    assert logits.dtype == tf.float32
    assert np.isfinite(logits).all()
    readings = model.generate([picture[..., 0] for picture in pictures[:2]], beam_size=2, maximum_length=4)
    assert all(np.isfinite(reading.score) for reading in readings)

    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert isinstance(loaded, Im2Latex)
    assert loaded.vocabulary == model.vocabulary
    assert loaded.get_config() == model.get_config()
    np.testing.assert_array_equal(loaded(batch), logits)


def test_variants_differ_in_what_they_name(make_model):
    assert len(make_model(positional_states=False).get_layer("row_encoder").weights) == 3
    without = make_model(row_encoder=False)
    assert "row_encoder" not in [layer.name for layer in without.layers]
    assert make_model(score="additive").decoder.attention.score == "additive"
    assert make_model(score="bilinear").decoder.attention.score == "bilinear"


def test_config_holds_every_argument(make_model):
    config = make_model().get_config()
    arguments = set(inspect.signature(Im2Latex.__init__).parameters) - {"self", "kwargs", "dtype"}
    assert arguments <= set(config)


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_cells_looked_at_are_metrics(make_model, pictures, attention):
    """The paper's #C and #F, averaged over the tokens of real formulas and not over padding."""
    model = make_model(attention=attention)
    model.compile(loss=None)
    batch = inputs(pictures)
    model(batch)
    found = {name: float(value) for name, value in model.get_metrics_result().items()}
    cells = -(-pad_batch(pictures)[1] // 8)
    tokens = (batch["tokens"] != 0).sum(axis=1)
    fine = np.average(cells.prod(axis=1), weights=tokens)
    coarse = np.average((-(-cells // 4)).prod(axis=1), weights=tokens)
    assert found["coarse_cells"] == pytest.approx(0.0 if attention == "standard" else coarse, rel=1e-5)
    expected = {"standard": fine, "hierarchical": fine, "coarse_only": 0.0}
    if attention in expected:
        assert found["fine_cells"] == pytest.approx(expected[attention], rel=1e-5)
    else:
        assert 0 < found["fine_cells"] < (16 if attention == "hard" else 0.9 * fine)


def test_a_picture_changes_what_is_read(make_model, pictures):
    batch = inputs(pictures)
    batch["tokens"] = np.repeat(batch["tokens"][1:2], len(pictures), axis=0)
    logits = make_model()(batch).numpy()
    for first, second in itertools.pairwise(logits):
        assert np.abs(first - second).max() > 0.1


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_teacher_forcing_and_the_search_compute_the_same(make_model, pictures, attention):
    """The score of a reading is the sum of the log-probabilities that `call` gives its tokens."""
    model = make_model(attention=attention)
    originals = [np.repeat(np.repeat(picture, 2, axis=0), 2, axis=1) for picture in pictures[:4]]
    image, size = pad_batch([prepare_picture(original) for original in originals])
    for number, reading in enumerate(model.generate(originals, beam_size=3, maximum_length=10)):
        ids = model.vocabulary.encode(reading.tokens)
        if len(ids) < 10:
            ids.append(model.vocabulary.end_id)
        given = np.array([[model.vocabulary.start_id, *ids[:-1]]], np.int32)
        logits = model({"image": image[number : number + 1], "size": size[number : number + 1], "tokens": given})
        gold = tf.gather(tf.nn.log_softmax(logits[0]), ids, batch_dims=1)
        np.testing.assert_allclose(reading.score, tf.reduce_sum(gold), rtol=0, atol=1e-3)


def test_mixed_precision_is_close_to_float32(make_model, pictures):
    batch = inputs(pictures[:3])
    expected = make_model()(batch).numpy()
    for policy, tolerance in (("mixed_bfloat16", 0.1), ("mixed_float16", 0.02)):
        model = make_model(dtype=policy)
        for name in ("convolutional_encoder", "row_encoder", "decoder"):
            assert model.get_layer(name).compute_dtype == policy.removeprefix("mixed_")
        logits = model(batch)
        assert logits.dtype == tf.float32
        np.testing.assert_allclose(logits, expected, rtol=0, atol=tolerance * np.abs(expected).max())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"attention": "dense"}, "`attention` must be one of .*standard.*Received: attention='dense'"),
        ({"score": "dot"}, "`score` must be one of .*Received: score='dot'"),
        ({"filters": (3, 4)}, "`filters`, .* Received lengths: 2, 6, 6"),
        ({"vocabulary": ["a", "a"]}, r"`tokens` must be distinct .*Received: \['a'\]"),
    ],
)
def test_errors_name_the_argument(options, message):
    with pytest.raises(ValueError, match=message):
        Im2Latex(**{"vocabulary": ["a"], **options})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_best": 4, "beam_size": 3}, "`n_best` must be from 1 to `beam_size`=3. Received: n_best=4"),
        ({"n_best": 0}, "`n_best` must be from 1 .* Received: n_best=0"),
        ({"on_error": "skip"}, "`on_error` must be 'raise' or 'keep'. Received: on_error='skip'"),
    ],
)
def test_generate_names_the_argument(make_model, pictures, options, message):
    with pytest.raises(ValueError, match=message):
        make_model().generate(pictures[0], **options)
