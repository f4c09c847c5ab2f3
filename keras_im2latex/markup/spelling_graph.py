"""Respelling as TensorFlow operations, for input pipelines."""

import tensorflow as tf

from keras_im2latex.markup.spelling import SPELLING_REWRITES


def respell_graph(tokens: tf.Tensor) -> tf.Tensor:
    r"""Gives the strings that `respell` gives, inside a TensorFlow graph.

    Args:
        tokens: string tensor of any shape, the tokens of a formula, separated by spaces.

    Returns:
        A string tensor of the same shape.

    Example:

    >>> respell_graph(tf.constant([r"\mathcal { L } \le 1"])).numpy().tolist()
    [b'{ \\cal L } \\leq 1']
    """
    text = tf.strings.join([tokens, " "])
    for rewrite in SPELLING_REWRITES:
        text = tf.strings.regex_replace(text, rewrite.pattern, rewrite.replacement)
    return tf.strings.regex_replace(text, " $", "")
