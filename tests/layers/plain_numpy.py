"""The paper's equations for one example, in NumPy's plainest terms: what the layers are held against."""

import numpy as np


def sigmoid(values):
    return 1.0 / (1.0 + np.exp(-values))


def softmax(scores):
    exponentials = np.exp(scores - scores.max())
    return exponentials / exponentials.sum()


def sparsemax(scores):
    """The point of the simplex nearest to the scores: of all supports, the one whose point is nearest and valid."""
    best, nearest = None, np.inf
    for bits in range(1, 2 ** len(scores)):
        support = np.array([bits >> cell & 1 for cell in range(len(scores))], bool)
        point = np.where(support, scores - (scores[support].sum() - 1) / support.sum(), 0)
        distance = ((point - scores) ** 2).sum()
        if (point >= 0).all() and distance < nearest:
            best, nearest = point, distance
    return best


def lstm(inputs, hidden, cell, kernel, recurrent_kernel, bias):
    """One LSTM step of vectors; the gates' order is input, forget, candidate, output."""
    units = hidden.size
    gates = inputs @ kernel + hidden @ recurrent_kernel + bias
    input_gate, forget_gate = sigmoid(gates[:units]), sigmoid(gates[units : 2 * units])
    candidate, output_gate = np.tanh(gates[2 * units : 3 * units]), sigmoid(gates[3 * units :])
    cell = forget_gate * cell + input_gate * candidate
    return output_gate * np.tanh(cell), cell


def attend(query, cells, score):
    """Weights and context of a query over a list of cells."""
    weights = softmax(np.array([score(query, cell) for cell in cells]))
    return weights, sum(weight * cell for weight, cell in zip(weights, cells))
