"""From foreign pictures to the records of a dataset, as they were taken or as the model takes them."""

import io

import numpy as np
import tensorflow_datasets as tfds
from PIL import Image

from keras_im2latex.images import PictureError, prepare_picture
from tfds_builders.latex_formulas.pictures import encode_16_grey_png
from tfds_builders.latex_formulas.records import Record


def picture_features(config):
    """The features that `picture_record` fills.

    Args:
        config: `ForeignFormulasConfig`.

    Returns:
        A `tfds.features.FeaturesDict`.
    """
    number = np.float32
    features = {
        "image": tfds.features.Image(shape=(None, None, 1 if config.prepared else 3), encoding_format="png"),
        "latex": tfds.features.Text(doc="Tokens separated by spaces."),
        "index": tfds.features.Scalar(np.int64, doc="Place in the file of formulas, from 0."),
        "renderer": tfds.features.Text(),
        "font": tfds.features.Text(doc="By the renderer's own name."),
        "scale": tfds.features.Scalar(number, doc="Height of an x, over that of IM2LATEX-100K's page."),
        "disturbance": tfds.features.Text(doc="plain, one of the kinds, or several."),
    }
    if not config.prepared:
        features |= {
            "paper": tfds.features.Text(doc="Colour, #rrggbb."),
            "ink": tfds.features.Text(doc="Colour, #rrggbb."),
            "light_on_dark": tfds.features.Scalar(np.bool_),
            "jpeg_quality": tfds.features.Scalar(np.int64, doc="0: not a JPEG."),
            "blur": tfds.features.Scalar(number, doc="Standard deviation in heights of an x; 0: none."),
            "rotation": tfds.features.Scalar(number, doc="Degrees, counterclockwise."),
            "crop": tfds.features.Text(doc="tight or loose."),
            "neighbour": tfds.features.Text(doc="Side of another formula's ink; empty: none."),
        }
    return tfds.features.FeaturesDict(features)


def picture_record(renderer, picture, config) -> Record:
    """Makes the record of one picture.

    Args:
        renderer: name of the renderer.
        picture: `ForeignPicture`.
        config: `ForeignFormulasConfig`.

    Returns:
        A `Record`, in a refusal's case with the reason.
    """
    disturbance = picture.disturbance
    example = {
        "latex": picture.tokens,
        "index": picture.formula.index,
        "renderer": renderer,
        "font": picture.font,
        "scale": picture.scale,
        "disturbance": disturbance.kind,
    }
    key = picture.formula.key
    if config.prepared:
        try:
            prepared = prepare_picture(_grey(picture.image), magnification=config.magnification)[..., 0]
        except PictureError as error:
            return Record(key, refusal=f"prepared: {str(error).split(':')[0]}")
        for side, longest, is_longer in zip(prepared.shape, (config.max_height, config.max_width), ("higher", "wider")):
            limit = longest * config.magnification
            if side > limit:
                return Record(key, refusal=f"prepared: {is_longer} than {limit:g} pixels")
        return Record(key, {**example, "image": encode_16_grey_png(prepared)})
    more = {
        "image": _encode(picture.image),
        "paper": disturbance.paper,
        "ink": disturbance.ink,
        "light_on_dark": disturbance.light_on_dark,
        "jpeg_quality": disturbance.jpeg_quality,
        "blur": disturbance.blur,
        "rotation": disturbance.rotation,
        "crop": "loose" if any(disturbance.margins) else "tight",
        "neighbour": disturbance.neighbour,
    }
    return Record(key, {**example, **more})


def _grey(image):
    """A picture's lightness, which `prepare_picture` would find as well, in a third of its time."""
    return np.asarray(Image.fromarray(image).convert("L"))


def _encode(image):
    """A PNG, in grey where all pixels are."""
    grey = (image == image[..., :1]).all()
    buffer = io.BytesIO()
    Image.fromarray(image[..., 0] if grey else image).save(buffer, "PNG")
    return buffer.getvalue()
