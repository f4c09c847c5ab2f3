import itertools

import numpy as np
import tensorflow as tf

from keras_im2latex.training import CtcLoss


def log_likelihood(logits, formula):
    """The sum over every path of classes that collapses to the formula."""
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    total = 0.0
    for path in itertools.product(range(logits.shape[1]), repeat=len(logits)):
        if [token for token, _ in itertools.groupby(path) if token != 0] == formula:
            total += np.prod([row[token] for row, token in zip(probabilities, path)])
    return np.log(total)


def test_loss_is_that_of_all_paths_averaged_over_tokens():
    logits = np.random.default_rng(0).normal(size=(3, 4, 6)).astype("float32")
    logits[1, 3:] = [0, *[-1e9] * 5]  # a narrower picture
    formulas = [[4, 5], [4, 4], [3]]
    targets = np.array([[4, 5, 2, 0], [4, 4, 2, 0], [3, 2, 0, 0]])
    expected = [-log_likelihood(logits[0], formulas[0]), -log_likelihood(logits[1, :3], formulas[1])]
    expected.append(-log_likelihood(logits[2], formulas[2]))
    np.testing.assert_allclose(CtcLoss()(targets, logits), sum(expected) / 5, rtol=1e-5)


def test_a_formula_too_long_for_its_picture_counts_nothing():
    logits = np.random.default_rng(0).normal(size=(2, 3, 6)).astype("float32")
    logits[1, 2:] = [0, *[-1e9] * 5]
    targets = np.array([[4, 5, 2, 0], [4, 4, 2, 0]])  # two like tokens need three columns
    variable = tf.Variable(logits)
    with tf.GradientTape() as tape:
        loss = CtcLoss()(targets, variable)
    np.testing.assert_allclose(loss, -log_likelihood(logits[0], [4, 5]) / 2, rtol=1e-5)
    gradient = tape.gradient(loss, variable).numpy()
    assert np.isfinite(gradient).all()
    assert np.abs(gradient[0]).max() > 0.01
    assert not gradient[1].any()
