"""Reads the bytes of any PNG or JPEG as dark ink on white paper."""

import tensorflow as tf

from keras_im2latex.pixels.picture_error import LARGEST_PICTURE, SMALLEST_CONTRAST

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LUMINANCE = (0.299, 0.587, 0.114)  # ITU-R BT.601, what PNG and JPEG readers agree on


def read_image(image_bytes):
    """Decodes a picture and brings it to dark ink on white paper. Graph operations only.

    Palettes, alpha channels (laid on the paper that shows their ink), 16-bit depth, CMYK, light ink on dark
    paper, and grey or coloured paper are all brought to the same form.

    Args:
        image_bytes: scalar string tensor, the contents of a PNG or JPEG file.

    Returns:
        A uint8 tensor of shape `(height, width, 1)`: 255 is paper, 0 the darkest ink.

    Raises:
        tf.errors.InvalidArgumentError: when the bytes are neither PNG nor JPEG, are broken, or hold more than
            `LARGEST_PICTURE` pixels.

    Example:
        >>> picture = read_image(tf.io.read_file("formula.png"))
        >>> picture.dtype
        tf.uint8
    """
    is_jpeg = tf.io.is_jpeg(image_bytes)
    size = tf.cond(is_jpeg, lambda: _jpeg_size(image_bytes), lambda: _png_size(image_bytes))
    affordable = tf.debugging.assert_less_equal(
        tf.reduce_prod(size), tf.constant(LARGEST_PICTURE, tf.int64), "picture too large: its pixels"
    )
    with tf.control_dependencies([affordable]):
        image_bytes = tf.identity(image_bytes)
    return normalize_ink(tf.cond(is_jpeg, lambda: _read_jpeg(image_bytes), lambda: _read_png(image_bytes)))


def normalize_ink(grey):
    """Stretches grey levels so that paper is 255 and the darkest ink 0, whichever of the two was light.

    Paper is the most frequent grey level. A picture with less than `SMALLEST_CONTRAST` levels between paper
    and ink comes back all white.

    Args:
        grey: float32 tensor of shape `(height, width, 1)`, 0 to 255.

    Returns:
        A uint8 tensor of the same shape.
    """
    # Whole levels, so that the same grey gives the same ink whichever sums a format brought it from.
    grey = tf.round(grey)
    histogram = tf.math.bincount(tf.cast(tf.reshape(grey, [-1]), tf.int32), minlength=256)
    paper = tf.cast(tf.argmax(histogram), tf.float32)
    darkest, lightest = tf.reduce_min(grey), tf.reduce_max(grey)
    light_on_dark = lightest - paper > paper - darkest
    ink = tf.where(light_on_dark, lightest, darkest)
    contrast = tf.abs(paper - ink)
    lightness = 255.0 * (1.0 - tf.abs(grey - paper) / tf.maximum(contrast, 1.0))
    between = tf.where(light_on_dark, grey > paper, grey < paper)
    lightness = tf.where(between & (contrast >= SMALLEST_CONTRAST), lightness, 255.0)
    return tf.cast(tf.round(tf.clip_by_value(lightness, 0.0, 255.0)), tf.uint8)


def _jpeg_size(image_bytes):
    return tf.io.extract_jpeg_shape(image_bytes, tf.int64)[:2]


def _png_size(image_bytes):
    """Width and height, which the header of every PNG holds from its byte 16 on."""
    signed = tf.strings.substr(image_bytes, 0, len(_PNG_SIGNATURE)) == _PNG_SIGNATURE
    with tf.control_dependencies([tf.debugging.Assert(signed, ["neither a PNG nor a JPEG"])]):
        header = tf.strings.substr(image_bytes, 16, 8)
    return tf.cast(tf.io.decode_raw(header, tf.int32, little_endian=False), tf.int64)


def _read_jpeg(image_bytes):
    # The default transform is a fast one that turns some black pixels white where the contrast is full.
    pixels = tf.io.decode_jpeg(image_bytes, channels=3, dct_method="INTEGER_ACCURATE")
    return _luminance(tf.cast(pixels, tf.float32))


def _read_png(image_bytes):
    pixels = tf.cast(tf.io.decode_png(image_bytes, channels=4), tf.float32)
    grey, opacity = _luminance(pixels[..., :3]), _opacity(pixels[..., 3:], image_bytes)
    drawn = tf.reduce_sum(grey * opacity) / tf.maximum(tf.reduce_sum(opacity), 1.0)
    transparent = tf.reduce_min(opacity) < 0.5
    paper = tf.where(transparent & (drawn > 127.5), 0.0, 255.0)
    return grey * opacity + paper * (1.0 - opacity)


def _opacity(alpha, image_bytes):
    """Shares from 0 to 1. A file without alpha is given the largest value of its bit depth, 1 for 1-bit."""
    bit_depth = tf.io.decode_raw(tf.strings.substr(image_bytes, 24, 1), tf.uint8)[0]
    largest = tf.cast(2 ** tf.minimum(tf.cast(bit_depth, tf.int32), 8) - 1, tf.float32)
    return tf.where(tf.reduce_all(alpha == largest), 1.0, alpha / 255.0)


def _luminance(colours):
    return tf.reduce_sum(colours * tf.constant(_LUMINANCE), axis=-1, keepdims=True)
