import io
from collections import Counter

import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

from keras_im2latex.markup import Vocabulary
from keras_im2latex.training import FormulaEncoder, epochs, formula_batches

CANVASES = ((32, 64), (32, 128), (64, 64))
MAXIMUM_TOKENS = 7
VOCABULARY = Vocabulary([*"abcdefghijklmnopqrstuvwxyz"])


@pytest.fixture(scope="module")
def formulas():
    """60 formulas that spell their number, with sizes that fit a canvas, tell them apart, and have a margin."""
    generator = np.random.default_rng(0)
    made = []
    for number in range(60):
        letters = [chr(ord("a") + int(digit)) for digit in f"{number:02}"]
        letters += generator.choice([*"klmnop"], size=generator.integers(0, MAXIMUM_TOKENS - 1)).tolist()
        height, width = [(20, 60), (32, 64), (9, 100), (33, 40), (64, 64), (31, 128)][number % 6]
        picture = generator.integers(0, 256, size=(height, width, 1), dtype=np.uint8)
        made.append((" ".join(letters), picture))
    return made


def dataset(formulas, as_png=False):
    def generate():
        for latex, picture in formulas:
            if as_png:
                buffer = io.BytesIO()
                PIL.Image.fromarray(picture[..., 0]).save(buffer, "png")
                picture = buffer.getvalue()
            yield {"latex": latex, "image": picture}

    image = tf.TensorSpec([], tf.string) if as_png else tf.TensorSpec([None, None, 1], tf.uint8)
    signature = {"latex": tf.TensorSpec([], tf.string), "image": image}
    return tf.data.Dataset.from_generator(generate, output_signature=signature)


def batches(formulas, as_png=False, **options):
    options = {"batch_size": 4, "canvases": CANVASES, "maximum_tokens": MAXIMUM_TOKENS, **options}
    return list(formula_batches(dataset(formulas, as_png), VOCABULARY, **options).as_numpy_iterator())


def rows(batches):
    for inputs, targets in batches:
        yield from zip(inputs["image"], inputs["size"], inputs["tokens"], targets)


@pytest.mark.parametrize("as_png", [False, True])
def test_every_formula_comes_once_with_its_own_picture(formulas, as_png):
    found = {}
    for image, (height, width), _, wanted in rows(batches(formulas, as_png, drop_remainder=False)):
        latex = " ".join(VOCABULARY.decode(wanted))
        assert latex not in found
        found[latex] = image[:height, :width]
        assert (image[height:] == 255).all()
        assert (image[:, width:] == 255).all()
    assert found.keys() == {latex for latex, _ in formulas}
    for latex, picture in formulas:
        np.testing.assert_array_equal(found[latex], picture)


def test_each_picture_lies_on_the_smallest_canvas_that_holds_it(formulas):
    sizes = Counter()
    for image, (height, width), *_ in rows(batches(formulas, drop_remainder=False)):
        fitting = [canvas for canvas in CANVASES if height <= canvas[0] and width <= canvas[1]]
        smallest = min(fitting, key=lambda canvas: (canvas[0] * canvas[1], canvas))
        assert image.shape == (*smallest, 1)
        sizes[smallest] += 1
    assert set(sizes) == set(CANVASES)


def test_the_target_is_the_input_one_step_on(formulas):
    for inputs, targets in batches(formulas, drop_remainder=False):
        assert inputs["tokens"].shape == targets.shape
        assert targets.shape[1] == MAXIMUM_TOKENS + 1
        assert (inputs["tokens"].dtype, targets.dtype, inputs["size"].dtype) == ("int32",) * 3
        for given, wanted in zip(inputs["tokens"], targets):
            length = np.count_nonzero(given)
            assert np.count_nonzero(wanted) == length
            assert given[0] == VOCABULARY.start_id
            assert wanted[length - 1] == VOCABULARY.end_id
            np.testing.assert_array_equal(given[1:length], wanted[: length - 1])
            assert not given[length:].any()
            assert not wanted[length:].any()


def test_too_long_and_too_large_formulas_are_left_out(formulas):
    white = np.full((32, 64, 1), 255, np.uint8)
    longest = " ".join("x" * MAXIMUM_TOKENS)
    others = [
        (longest, white),
        (longest + " y", white),
        ("t a l l", np.full((65, 10, 1), 255, np.uint8)),
        ("w i d e", np.full((10, 129, 1), 255, np.uint8)),
        ("b o t h", np.full((33, 65, 1), 255, np.uint8)),
    ]
    found = [" ".join(VOCABULARY.decode(wanted)) for *_, wanted in rows(batches(others, drop_remainder=False))]
    assert found == [longest]


def test_full_batches_alone_are_kept_where_remainders_are_dropped(formulas):
    kept = batches(formulas)
    assert {len(targets) for _, targets in kept} == {4}
    everything = Counter(image.shape for image, *_ in rows(batches(formulas, drop_remainder=False)))
    assert Counter(image.shape for image, *_ in rows(kept)) == {
        shape: count // 4 * 4 for shape, count in everything.items()
    }


def test_batches_hold_formulas_of_like_length(formulas):
    step = 3
    grouped = batches(formulas, length_step=step, drop_remainder=False)
    assert sum(len(targets) for _, targets in grouped) == len(formulas)
    spreads = [np.ptp(np.count_nonzero(targets, axis=1)) for _, targets in grouped]
    assert max(spreads) < step
    mixed = [np.ptp(np.count_nonzero(targets, axis=1)) for _, targets in batches(formulas)]
    assert max(mixed) >= step


def test_unknown_tokens_get_the_unknown_id():
    assert FormulaEncoder(VOCABULARY)(tf.constant("a ? b")).numpy().tolist() == [4, VOCABULARY.unknown_id, 5]
    assert FormulaEncoder(VOCABULARY)(tf.constant("")).shape == (0,)


def orders(first, last, seed=3, buffer=100):
    numbers = tf.data.Dataset.range(30)
    chained = list(epochs(numbers, shuffle_buffer=buffer, seed=seed, first=first, last=last).as_numpy_iterator())
    return [chained[start : start + 30] for start in range(0, len(chained), 30)]


def test_each_epoch_is_a_permutation_of_its_own():
    chained = orders(0, 4)
    assert len(chained) == 4
    assert all(sorted(order) == list(range(30)) for order in chained)
    assert len({tuple(order) for order in [*chained, range(30)]}) == 5


def test_an_order_depends_on_seed_and_epoch_alone():
    chained = orders(0, 4)
    assert orders(0, 4) == chained
    assert orders(2, 4) == chained[2:]
    tf.random.uniform([])  # some use of randomness in between
    assert orders(3, 4) == chained[3:]
    assert all(order not in chained for order in orders(0, 4, seed=4))


def test_a_dataset_of_epochs_can_be_read_again():
    numbers = epochs(tf.data.Dataset.range(30), shuffle_buffer=30, seed=0, first=0, last=2)
    assert list(numbers.as_numpy_iterator()) == list(numbers.as_numpy_iterator())
