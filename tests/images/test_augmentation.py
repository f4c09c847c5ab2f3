import numpy as np
import pytest
import tensorflow as tf

from keras_im2latex.images import Augmentation

CANVAS = (32, 64)
SIZES_OF_F30A851 = [
    [26, 43], [32, 64], [32, 44], [31, 16], [23, 44], [32, 64], [24, 33], [32, 19],
    [20, 41], [32, 64], [27, 37], [32, 18], [23, 44], [32, 64], [27, 38], [32, 18],
]  # fmt: skip
INK_OF_F30A851 = [
    74.91, 130.35, 101.38, 15.55, 43.62, 218.93, 76.07, 37.94,
    59.25, 303.89, 143.0, 32.67, 93.18, 214.35, 35.98, 33.53,
]  # fmt: skip
SIZES = [(20, 40), (32, 64), (24, 33), (32, 16)]
UNCHANGED = {
    "probability": 1.0,
    "scale": 1.0,
    "bolder": 0.0,
    "thinner": 0.0,
    "ink": 1.0,
    "blur": 0.0,
    "noise": 0.0,
    "margin": 0,
}
"""Settings under which every picture is varied by nothing."""


@pytest.fixture(scope="module")
def batch():
    """16 pictures of grey strokes within a margin of four, on a white canvas."""
    generator = np.random.default_rng(0)
    sizes = np.array(SIZES * 4, np.int32)
    image = np.full((16, *CANVAS, 1), 255, np.uint8)
    for picture, (height, width) in zip(image, sizes):
        inside = picture[4 : height - 4, 4 : width - 4]
        inside[:] = np.where(generator.random(inside.shape) < 0.3, generator.integers(0, 220, inside.shape), 255)
    return image, sizes


def vary(batch, seed=(1, 2), **options):
    image, size = Augmentation(**options)(*batch, seed=tf.constant(seed))
    return image.numpy(), size.numpy()


def vary_wide(batch, seed=(1, 2), **options):
    augmentation = Augmentation.screenshots(**{"probability": 1.0, **options})
    image, size = augmentation(*batch, seed=tf.constant(seed))
    return image.numpy(), size.numpy()


def ink(image):
    return (255.0 - image.astype("float64")).sum(axis=(1, 2, 3))


def test_dtypes_canvas_and_sizes(batch):
    for seed in range(5):
        image, size = vary(batch, (0, seed), probability=1.0)
        assert (image.dtype, size.dtype) == (np.uint8, np.int32)
        assert image.shape == batch[0].shape
        assert size.shape == batch[1].shape
        assert (size >= 1).all()
        assert (size <= CANVAS).all()


def test_probability_zero_changes_nothing(batch):
    image, size = vary(batch, probability=0.0)
    np.testing.assert_array_equal(image, batch[0])
    np.testing.assert_array_equal(size, batch[1])


def test_settings_of_no_effect_change_nothing(batch):
    image, size = vary(batch, **UNCHANGED)
    np.testing.assert_array_equal(image, batch[0])
    np.testing.assert_array_equal(size, batch[1])


def test_about_the_given_share_is_varied(batch):
    many = tuple(np.concatenate([part] * 25) for part in batch)
    image, _ = vary(many, probability=0.6)
    changed = (image != many[0]).any(axis=(1, 2, 3)).mean()
    assert 0.5 < changed < 0.7  # 400 pictures: four standard deviations


def test_the_seed_decides_everything(batch):
    first, again, other = vary(batch, (1, 2)), vary(batch, (1, 2)), vary(batch, (1, 3))
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert (first[0] != other[0]).any()


def test_equal_pictures_vary_each_in_its_own_way(batch):
    same = np.repeat(batch[0][:1], 16, axis=0), np.repeat(batch[1][:1], 16, axis=0)
    image, _ = vary(same, probability=1.0)
    assert len({picture.tobytes() for picture in image}) > 12


@pytest.mark.parametrize(
    ("option", "more"), [({"bolder": 0.8}, True), ({"thinner": 0.8}, False)], ids=["bolder", "thinner"]
)
def test_strokes_grow_and_shrink(batch, option, more):
    image, _ = vary(batch, **{**UNCHANGED, **option})
    assert ((ink(image) > ink(batch[0])) == more).all()


def test_ink_changes_grey_but_neither_paper_nor_black(batch):
    image, _ = vary(batch, **{**UNCHANGED, "ink": 2.0})
    for level in (0, 255):
        np.testing.assert_array_equal((batch[0] == level) & (image != level), False)
    darker = ink(image) > ink(batch[0])
    assert darker.any()
    assert not darker.all()


def test_blur_keeps_the_amount_of_ink(batch):
    image, _ = vary(batch, **{**UNCHANGED, "blur": 0.7})
    blurred = (image != batch[0]).any(axis=(1, 2, 3))
    assert blurred.any()
    np.testing.assert_allclose(ink(image), ink(batch[0]), rtol=0.01)
    assert image.std(axis=(1, 2, 3))[blurred].mean() < batch[0].std(axis=(1, 2, 3))[blurred].mean()


def test_scale_changes_size_and_ink_together(batch):
    small = batch[0][::4], batch[1][::4]  # 20 x 40 leaves room to grow
    many = tuple(np.concatenate([part] * 10) for part in small)
    image, size = vary(many, **{**UNCHANGED, "scale": 1.4})
    factors = size / many[1]
    assert factors.min() < 0.85
    assert factors.max() > 1.15
    assert 10 < (factors == 1).all(axis=1).sum() < 30  # half of 40 keep their size
    np.testing.assert_allclose(ink(image) / ink(many[0]), factors.prod(axis=1), rtol=0.15)


def test_margins_move_a_picture_that_has_room(batch):
    image, size = vary(batch, **{**UNCHANGED, "margin": 3})
    for before, after, old, new in zip(batch[0], image, batch[1], size):
        assert (new >= old).all()
        assert (new <= np.minimum(old + 6, CANVAS)).all()
        places = [
            (y, x)
            for y in range(4)
            for x in range(4)
            if np.array_equal(np.pad(before, [[y, 0], [x, 0], [0, 0]], constant_values=255)[:32, :64], after)
        ]
        assert places, "the picture must be the same, moved by up to three pixels"
    assert (size > batch[1]).any()


def test_what_lies_outside_a_picture_stays_paper(batch):
    """Noise excepted, which the encoder masks there."""
    image, size = vary(batch, **{**UNCHANGED, "scale": 1.3, "bolder": 0.4, "blur": 0.7, "margin": 2})
    for picture, (height, width) in zip(image, size):
        assert (picture[height:] == 255).all()
        assert (picture[:, width:] == 255).all()


def test_screenshots_vary_more_on_the_same_canvas(batch):
    for seed in range(5):
        image, size = vary_wide(batch, (0, seed))
        assert (image.dtype, size.dtype) == (np.uint8, np.int32)
        assert image.shape == batch[0].shape
        assert (size >= 1).all()
        assert (size <= CANVAS).all()
        assert (image.min(axis=(1, 2, 3)) < 128).all(), "no picture vanishes"


def test_screenshots_of_no_probability_change_nothing(batch):
    image, size = vary_wide(batch, probability=0.0)
    np.testing.assert_array_equal(image, batch[0])
    np.testing.assert_array_equal(size, batch[1])


def test_full_ink_makes_the_darkest_black(batch):
    faint = (255 - (255 - batch[0].astype(int)) // 3).astype(np.uint8)
    image, _ = vary((faint, batch[1]), **{**UNCHANGED, "full_ink": True})
    assert (image.min(axis=(1, 2, 3)) == 0).all()


def test_paper_experiments_are_augmented_as_they_always_were(batch):
    """What commit f30a851 gave for the same seed, before there were more effects."""
    image, size = vary(batch, (3, 1))
    np.testing.assert_array_equal(size, SIZES_OF_F30A851)
    np.testing.assert_allclose(ink(image) / 255, INK_OF_F30A851, rtol=1e-3)


def test_xla_compiles_wide_variants(batch):
    """XLA draws other random numbers: what is compared is that which is not varied."""
    augmentation = Augmentation.screenshots(probability=0.0)
    compiled = tf.function(lambda image, size: augmentation(image, size, seed=(4, 5)), jit_compile=True)
    for ours, given in zip(compiled(*map(tf.constant, batch)), batch):
        np.testing.assert_array_equal(ours, given)


def test_xla_compiles_it(batch):
    """XLA draws other random numbers from the same seed, so what is compared does not depend on them."""
    augmentation = Augmentation(**UNCHANGED)
    compiled = tf.function(lambda image, size: augmentation(image, size, seed=(4, 5)), jit_compile=True)
    for ours, given in zip(compiled(*map(tf.constant, batch)), batch):
        np.testing.assert_array_equal(ours, given)
