"""Pictures and formulas to batches of few fixed shapes."""

import functools

import tensorflow as tf

from keras_im2latex.images import canvas_size, lay_on_canvas


class FormulaEncoder:
    """Turns normalized formulas into token ids, in graph operations.

    Args:
        vocabulary: a `Vocabulary`.

    Example:
        >>> FormulaEncoder(Vocabulary(["a", "+"]))(tf.constant("a + a")).numpy()
        array([4, 5, 4], dtype=int32)
    """

    def __init__(self, vocabulary):
        tokens = tf.constant(vocabulary.tokens)
        ids = tf.range(len(vocabulary), dtype=tf.int32)
        self._table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(tokens, ids), vocabulary.unknown_id)

    def __call__(self, latex):
        """Ids `(length,)` of the space-separated tokens of a scalar string."""
        return self._table.lookup(tf.strings.split(latex))


def formula_batches(
    examples,
    vocabulary,
    *,
    batch_size,
    canvases,
    maximum_tokens=150,
    length_step=None,
    drop_remainder=True,
):
    """Groups examples by canvas, so that a batch has one of few shapes.

    Examples that fit no canvas or have too many tokens are left out.

    Args:
        examples: `tf.data.Dataset` of dicts with `image`, uint8 `(height, width, 1)` as `images.prepare` makes it
            or the bytes of its PNG file, and `latex`, a string of space-separated tokens.
        vocabulary: a `Vocabulary`.
        batch_size: examples in a batch.
        canvases: `(height, width)` pairs, the shapes of the batches.
        maximum_tokens: the longest formula; every batch is padded to one token more than this.
        length_step: examples of a batch differ by fewer tokens than this, so that the decoder's loop, which ends
            with the longest, wastes little; None for no such grouping.
        drop_remainder: whether batches that are not full at the end are left out.

    Returns:
        A `tf.data.Dataset` of pairs: a dict of `image` uint8 `(batch, height, width, 1)`, `size` int32
        `(batch, 2)`, and `tokens` int32 `(batch, maximum_tokens + 1)`, the start token first; and the targets, int32
        `(batch, maximum_tokens + 1)`, the end token last.
    """
    encode = FormulaEncoder(vocabulary)
    table = tf.constant(canvases, tf.int32)

    def to_arrays(example):
        image = example["image"]
        if image.dtype == tf.string:
            image = tf.io.decode_png(image, channels=1)
        image = tf.ensure_shape(image, [None, None, 1])
        return image, encode(example["latex"])

    def fits(image, tokens):
        inside = tf.reduce_any(tf.reduce_all(tf.shape(image)[:2] <= table, axis=1))
        return inside & (tf.size(tokens) <= maximum_tokens)

    def to_example(image, tokens):
        size = tf.shape(image)[:2]
        canvas = canvas_size(size, canvases)
        given = tf.concat([[vocabulary.start_id], tokens], 0)
        wanted = tf.concat([tokens, [vocabulary.end_id]], 0)
        padding = [[0, maximum_tokens - tf.size(tokens)]]
        inputs = {"image": lay_on_canvas(image, canvas), "size": size, "tokens": tf.pad(given, padding)}
        return inputs, tf.pad(wanted, padding)

    def group(inputs, targets):
        canvas = tf.reduce_all(tf.shape(inputs["image"])[:2] == table, axis=1)
        key = tf.argmax(canvas)
        if length_step is not None:
            length = tf.math.count_nonzero(targets)
            key = key * (maximum_tokens + 1) + length // length_step
        return key

    def batch(key, window):
        return window.batch(batch_size, drop_remainder=drop_remainder)

    dataset = examples.map(to_arrays, tf.data.AUTOTUNE, deterministic=True).filter(fits)
    dataset = dataset.map(to_example, tf.data.AUTOTUNE, deterministic=True)
    return dataset.group_by_window(group, batch, window_size=batch_size)


def epochs(examples, *, shuffle_buffer, seed, first, last):
    """Chains passes over a dataset, each shuffled in an order of its own.

    The order depends on the seed and the epoch's number alone, so a run that restarts at an epoch sees what the
    interrupted one would have seen.

    Args:
        examples: a `tf.data.Dataset`.
        shuffle_buffer: examples that are shuffled at a time.
        seed: integer seed of the run.
        first: number of the first epoch.
        last: number of the epoch before which to stop.

    Returns:
        A `tf.data.Dataset`.
    """
    orders = [
        examples.shuffle(shuffle_buffer, seed=1_000_003 * epoch + seed, reshuffle_each_iteration=False)
        for epoch in range(first, last)
    ]
    return functools.reduce(tf.data.Dataset.concatenate, orders)
