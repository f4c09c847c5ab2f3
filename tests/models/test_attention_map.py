"""What an attention map says of a model, and that its pictures show it."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_im2latex.models import (
    AttentionMap,
    attention_map,
    draw_attention_frames,
    draw_attention_sheet,
    save_attention_picture,
)
from keras_im2latex.models.batches import pad_batch

TOKENS = ("a", "+", "b", "c")
KINDS = ("standard", "coarse_only", "hierarchical", "sparsemax", "hard")


@pytest.fixture(scope="module")
def picture(pictures):
    """A prepared picture of several coarse cells whose sides divide by no cell."""
    generator = np.random.default_rng(5)
    picture = np.full((45, 133), 255, np.uint8)
    picture[4:-4, 4:-4] = generator.choice([0, 255], (37, 125))
    return picture


def test_maps_show_what_each_step_looked_at(make_model, picture):
    maps = {}
    for kind in KINDS:
        maps[kind] = looked = attention_map(make_model(attention=kind), picture, TOKENS, already_downsampled=True)
        assert looked.tokens == (*TOKENS, "<end>")
        assert looked.picture.shape == picture.shape
        rows, columns = (0, 0) if kind == "coarse_only" else (6, 17)
        assert looked.fine.shape == (5, rows, columns)
        assert looked.coarse.shape == ((5, 0, 0) if kind == "standard" else (5, 2, 5))
        for weights in (looked.fine, looked.coarse):
            if weights.size:
                np.testing.assert_allclose(weights.sum(axis=(1, 2)), 1.0, rtol=0, atol=1e-5)
        assert set(looked.coarse_cells) == ({0} if kind == "standard" else {10})
    assert set(maps["standard"].fine_cells) == set(maps["hierarchical"].fine_cells) == {6 * 17}
    hard, sparse = maps["hard"], maps["sparsemax"]
    assert ((hard.coarse == 1).sum(axis=(1, 2)) == 1).all()
    for looked in (hard, sparse):
        opened = np.kron(looked.coarse > 0, np.ones((4, 4), bool))[:, :6, :17]
        assert (looked.fine[~opened] == 0).all()
        np.testing.assert_array_equal(looked.fine_cells, opened.sum(axis=(1, 2)))


def test_the_map_is_that_of_the_decoder_given_the_tokens(make_model, picture):
    model = make_model(attention="sparsemax")
    looked = attention_map(model, picture, TOKENS, already_downsampled=True)
    image, size = pad_batch([looked.picture[..., None]])
    ids = [model.vocabulary.start_id, *model.vocabulary.encode(TOKENS)]
    memory, state = model.encode(image, size), model.decoder.initial_state(1)
    for step, token in enumerate(ids):
        state, seen = model.decoder.step(model.decoder.project_tokens(tf.constant([[token]])), state, memory)
        np.testing.assert_allclose(looked.fine[step].reshape(-1), seen.weights[0, 0], rtol=0, atol=1e-5)
    model({"image": image, "size": size, "tokens": np.array([ids])})
    assert float(model.decoder.fine_cells.result()) == pytest.approx(looked.fine_cells.mean())
    assert float(model.decoder.coarse_cells.result()) == pytest.approx(looked.coarse_cells.mean())
    other = attention_map(model, picture, TOKENS[::-1], already_downsampled=True)
    np.testing.assert_allclose(other.fine[0], looked.fine[0], rtol=0, atol=1e-6)
    assert np.abs(other.fine[2] - looked.fine[2]).max() > 1e-3


def test_other_models_have_no_map(picture):
    with pytest.raises(TypeError, match=r"`model` must be an Im2Latex, which has an attention. Received: object"):
        attention_map(object(), picture, TOKENS)


# === Pictures ===


def moving_map(steps=6, coarse=True, height=45, width=133):
    """A blank picture, and weights on one cell that moves to the right, the middle of a coarse cell's."""
    rows, columns = -(-height // 8), -(-width // 8)
    fine, weights = np.zeros((steps, rows, columns), np.float32), np.zeros((steps, -(-rows // 4), -(-columns // 4)))
    for step in range(steps):
        fine[step, 1, step], weights[step, 0, step // 4] = 1, 1
    return AttentionMap(
        np.full((height, width), 255, np.uint8),
        (*"abcdefghij"[: steps - 1], "<end>"),
        fine,
        weights.astype(np.float32) if coarse else np.zeros((steps, 0, 0), np.float32),
        np.full(steps, 16, np.float32),
        np.full(steps, weights[0].size, np.float32),
    )


def is_orange(pixels):
    red, green, blue = (pixels[..., channel].astype(int) for channel in range(3))
    return (red > 230) & (green > 110) & (blue < 60)


def is_blue(pixels):
    red, blue = pixels[..., 0].astype(int), pixels[..., 2].astype(int)
    return (blue > 150) & (red < 80)


def test_frames_show_the_cell_of_their_token():
    attention = moving_map()
    frames = draw_attention_frames(attention)
    assert len(frames) == 6
    assert len({frame.size for frame in frames}) == 1
    for step, frame in enumerate(frames):
        pixels = np.asarray(frame)
        rows, columns = np.nonzero(is_orange(pixels))
        scale = 3
        assert columns.min() // (8 * scale) <= step + 1
        assert columns.mean() == pytest.approx(10 + (step + 0.5) * 8 * scale, abs=4)
        assert rows.mean() == pytest.approx(10 + 1.5 * 8 * scale, abs=4)
        outline = np.nonzero(is_blue(pixels))
        assert outline[1].min() == pytest.approx(10 + step // 4 * 32 * scale, abs=1)
        assert outline[1].max() == pytest.approx(10 + (step // 4 + 1) * 32 * scale, abs=2)
    without = draw_attention_frames(moving_map(coarse=False))
    assert not any(is_blue(np.asarray(frame)).any() for frame in without)


@pytest.mark.parametrize(("height", "width"), [(16, 16), (45, 133), (40, 700), (200, 2000)])
def test_sheets_hold_a_panel_for_each_token_at_any_size(height, width):
    steps = 1 if width == 16 else 6
    attention = moving_map(steps, height=height, width=width)
    pixels = np.asarray(draw_attention_sheet(attention))
    scale = max(1, min(3, 1600 // 3 // width))
    rows, columns = (min(side, 8 * (number + 1)) - 8 * number for side, number in ((height, 1), (width, 0)))
    area = steps * rows * columns * scale**2
    assert is_orange(pixels).sum() == pytest.approx(area, rel=0.25)  # outlines lie over some of it
    assert pixels.shape[1] <= max(1600, width + 20)
    assert (pixels[:5] == 255).all()
    assert (pixels < 60).all(axis=-1).any(), "no label"


def test_ink_stays_black_under_the_colour():
    attention = moving_map(1)
    attention.picture[8:16, 2:6] = 0
    pixels = np.asarray(draw_attention_sheet(attention))
    assert is_orange(pixels).any()
    assert (pixels < 20).all(axis=-1).sum() > 100


def test_the_suffix_says_what_is_saved(tmp_path):
    attention = moving_map()
    save_attention_picture(attention, tmp_path / "sheet.PNG")
    save_attention_picture(attention, str(tmp_path / "animation.gif"))
    with Image.open(tmp_path / "sheet.PNG") as sheet:
        assert (sheet.format, sheet.size) == ("PNG", draw_attention_sheet(attention).size)
    with Image.open(tmp_path / "animation.gif") as animation:
        assert (animation.format, animation.n_frames, animation.info["loop"]) == ("GIF", 6, 0)
    with pytest.raises(ValueError, match=r"`path` must end with one of .png, .gif. Received: 'a.jpg'"):
        save_attention_picture(attention, "a.jpg")
