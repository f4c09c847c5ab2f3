"""The detokenizer as TensorFlow operations, for the exported model."""

import tensorflow as tf

from keras_im2latex.markup.detokenizer_rules import REWRITES


def detokenize_graph(text: tf.Tensor) -> tf.Tensor:
    r"""Gives the strings that `detokenize` gives, inside a TensorFlow graph.

    Args:
        text: string tensor of any shape. The tokens of a formula, separated by spaces. ASCII.

    Returns:
        A string tensor of the same shape, the LaTeX of each formula.

    Example:

    >>> detokenize_graph(tf.constant([r"\mathrm { T r } A ^ { \prime }"])).numpy().tolist()
    [b"\\mathrm{Tr}A'"]
    """
    text = tf.strings.join([" ", text, " "])
    for rewrite in REWRITES:
        text = tf.strings.regex_replace(text, rewrite.pattern, rewrite.replacement)
    return text
