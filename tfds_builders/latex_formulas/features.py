"""The features of a dataset of rendered formulas."""

import numpy as np
import tensorflow_datasets as tfds


def formula_features(config):
    """The features that `render_records` fills.

    Args:
        config: `PictureConfig`.

    Returns:
        A `tfds.features.FeaturesDict`.
    """
    features = {
        "image": tfds.features.Image(shape=(None, None, 1), encoding_format="png"),
        "latex": tfds.features.Text(doc="Tokens separated by spaces."),
        "index": tfds.features.Scalar(np.int64, doc="Place in the file or paper, from 0."),
        **{name: tfds.features.Text() for name in config.columns},
    }
    if not config.prepared:
        features["raw"] = tfds.features.Text(doc="The formula as written; empty where unknown.")
    return tfds.features.FeaturesDict(features)
