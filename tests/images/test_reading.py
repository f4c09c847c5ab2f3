"""One formula in every form that a picture file can take: the same ink comes out."""

import io
import struct
import zlib

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_im2latex.images import normalize_ink, prepare, prepare_picture, read_image


def formula():
    """Grey levels of a small drawing: white paper, thick strokes, antialiased edges, black in its middle."""
    draw = np.random.default_rng(0)
    grey = np.full((48, 120), 255, np.uint8)
    grey[10:38, 20:26] = 0
    grey[20:26, 20:90] = 0
    grey[10:38, 26] = draw.integers(1, 255, 28)
    grey[19, 27:90] = draw.integers(1, 255, 63)
    return grey


def encoded(picture, file_format="png", **options):
    if not isinstance(picture, Image.Image):
        picture = Image.fromarray(picture)
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()


def palette(transparent=None):
    picture = Image.fromarray(formula()).convert("P", palette=Image.Palette.ADAPTIVE, colors=256)
    assert (np.asarray(picture.convert("L")) == formula()).all()
    if transparent is None:
        return encoded(picture)
    paper = picture.getpixel((0, 0))
    picture.putpalette(
        [
            level
            for index, colour in enumerate(zip(*[iter(picture.getpalette())] * 3))
            for level in (transparent if index == paper else colour)
        ]
    )
    return encoded(picture, transparency=paper)


def ink_on_transparent(colour):
    grey = formula()
    return encoded(np.dstack([np.full((*grey.shape, 3), colour, np.uint8), 255 - grey]))


def plain_png(pixels, bit_depth, colour_type=0, levels=None):
    """Writes a PNG by hand: Pillow does not write grey levels of 2 and 4 bits. `pixels` number the levels."""
    bits = np.unpackbits(pixels[..., None], axis=-1)[..., 8 - bit_depth :].reshape(len(pixels), -1)
    rows = np.pad(np.packbits(bits, axis=-1), ((0, 0), (1, 0)))
    header = struct.pack(">IIBBBBB", *pixels.shape[::-1], bit_depth, colour_type, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b"")]
    if levels is not None:
        chunks.insert(1, (b"PLTE", np.repeat(levels, 3).astype(np.uint8).tobytes()))
    written = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def grey_with_alpha():
    grey = formula()
    return encoded(Image.merge("LA", [Image.fromarray(np.zeros_like(grey)), Image.fromarray(255 - grey)]))


LOSSLESS = {
    "colour": lambda: encoded(np.repeat(formula()[..., None], 3, axis=-1)),
    "opaque alpha": lambda: encoded(np.dstack([*[formula()] * 3, np.full_like(formula(), 255)])),
    "palette": palette,
    "palette, transparent white paper": lambda: palette((255, 255, 255)),
    "palette, transparent black paper": lambda: palette((0, 0, 0)),
    "black ink on transparent": lambda: ink_on_transparent(0),
    "white ink on transparent": lambda: ink_on_transparent(255),
    "grey with alpha": grey_with_alpha,
    "grey, white is transparent": lambda: encoded(formula(), transparency=255),
    "colour, white is transparent": lambda: encoded(
        np.repeat(formula()[..., None], 3, axis=-1), transparency=(255, 255, 255)
    ),
    "16-bit": lambda: encoded(formula().astype(np.uint16) * 257),
    "light on dark": lambda: encoded(255 - formula()),
    "light on dark, 16-bit": lambda: encoded((255 - formula()).astype(np.uint16) * 257),
}


@pytest.mark.parametrize("form", LOSSLESS)
def test_lossless_forms_give_the_same_ink(form):
    np.testing.assert_array_equal(read_image(tf.constant(LOSSLESS[form]()))[..., 0], formula())
    expected = prepare(formula()[..., None])
    np.testing.assert_array_equal(prepare_picture(LOSSLESS[form]()), expected)


OTHER_FORMATS = {
    "BMP": lambda: encoded(formula(), "bmp"),
    "GIF": lambda: encoded(formula(), "gif"),
    "animated GIF": lambda: encoded(
        formula(), "gif", save_all=True, append_images=[Image.fromarray(255 - formula().T.reshape(48, 120))]
    ),
    "WebP": lambda: encoded(np.repeat(formula()[..., None], 3, axis=-1), "webp", lossless=True),
    "TIFF": lambda: encoded(formula(), "tiff"),
    "TIFF, 16-bit": lambda: encoded(formula().astype(np.uint16) * 257, "tiff"),
    "Pillow image": lambda: Image.fromarray(formula()),
    "Pillow image, light on dark": lambda: Image.fromarray(255 - formula()).convert("RGB"),
    "array": formula,
    "array with a channel": lambda: formula()[..., None],
    "array of colours": lambda: np.repeat(formula()[..., None], 3, axis=-1),
}


@pytest.mark.parametrize("form", OTHER_FORMATS)
def test_what_is_no_png_gives_the_same_prepared_picture(form):
    np.testing.assert_array_equal(prepare_picture(OTHER_FORMATS[form]()), prepare(formula()[..., None]))


@pytest.mark.parametrize("with_palette", [False, True])
@pytest.mark.parametrize("bit_depth", [1, 2, 4, 8])
def test_few_grey_levels(bit_depth, with_palette):
    numbers = formula() >> (8 - bit_depth)
    levels = np.arange(2**bit_depth) * 255 // (2**bit_depth - 1)
    picture = plain_png(numbers, bit_depth, *((3, levels) if with_palette else ()))
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(picture)).convert("L")), levels[numbers])
    np.testing.assert_array_equal(read_image(tf.constant(picture))[..., 0], levels[numbers])


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_gives_nearly_the_same_ink(mode):
    if mode == "CMYK":
        nothing = Image.fromarray(np.zeros_like(formula()))
        picture = Image.merge("CMYK", [nothing, nothing, nothing, Image.fromarray(255 - formula())])
    else:
        picture = Image.fromarray(formula()).convert(mode)
    options = {} if mode == "L" else {"subsampling": 0}
    read = read_image(tf.constant(encoded(picture, "jpeg", quality=100, **options)))
    np.testing.assert_allclose(read[..., 0].numpy().astype(int), formula().astype(int), atol=4)
    prepared = prepare_picture(encoded(picture, "jpeg", quality=100, **options))
    expected = prepare(formula()[..., None]).numpy()
    np.testing.assert_allclose(prepared.astype(int), expected.astype(int), atol=4)


@pytest.mark.parametrize(("paper", "ink"), [(200, 0), (255, 60), (180, 90), (40, 220)])
def test_paper_and_ink_are_stretched_to_white_and_black(paper, ink):
    grey = np.round(paper + (ink - paper) * (255.0 - formula()) / 255.0)
    expected = 255 - np.round(255.0 * np.abs(grey - paper) / abs(ink - paper))
    read = read_image(tf.constant(encoded(grey.astype(np.uint8))))
    np.testing.assert_allclose(read[..., 0].numpy().astype(int), expected, atol=1)
    assert abs(read[..., 0].numpy().astype(int) - formula()).max() <= 0.5 + 0.5 * 255 / abs(ink - paper)


def test_coloured_ink_on_coloured_paper():
    paper, ink = np.array([250, 240, 200.0]), np.array([20, 40, 120.0])
    share = (255 - formula()[..., None]) / 255.0
    colours = np.round(paper + share * (ink - paper)).astype(np.uint8)
    read = read_image(tf.constant(encoded(colours)))[..., 0].numpy()
    np.testing.assert_allclose(read.astype(int), formula().astype(int), atol=2)


def test_low_contrast_is_blank():
    for contrast, blank in ((31, True), (32, False)):
        grey = np.full((10, 10, 1), 200.0, np.float32)
        grey[4:6, 4:6] = 200 - contrast
        assert bool(tf.reduce_all(normalize_ink(grey) == 255)) is blank


def test_what_is_no_picture_is_refused():
    whole = encoded(formula())
    for wrong in (
        b"",
        b"x",
        b"some text, longer than a header of any kind",
        encoded(formula(), "gif"),
        whole[:20],
    ):
        with pytest.raises(tf.errors.InvalidArgumentError):
            read_image(tf.constant(wrong))
