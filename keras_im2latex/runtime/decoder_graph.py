"""One step of the decoder as an ONNX graph."""

import numpy as np

from keras_im2latex.runtime.graph_writer import GraphWriter

STATE = ("hidden", "cell", "output")
"""The parts of the decoder's state, in the order of `DecoderState`."""


def decoder_graph(config, weights):
    """Builds the graph of one step with standard attention.

    For `batch` pictures of up to `cells` cells and `beams` hypotheses of each it takes the last tokens, int64
    `(batch, beams)`; the state, three float32 `(batch, beams, units)`; `keys` and `values` from the encoder, float32
    `(batch, cells, ...)`; `outside`, float32 `(batch, 1, cells)`, 0 inside a picture and -1e9 in padding; and `count`,
    int64 `(1,)`. It gives the `count` most probable next tokens of each hypothesis, `next_tokens` and their
    `log_probabilities`, `(batch, beams, count)`, and the next state.

    Args:
        config: an `Im2Latex`'s config.
        weights: dict from the model's weight paths to arrays.

    Returns:
        A `GraphWriter`.

    Reference:
        The layers `Decoder` and `StandardAttention`.
    """
    units, channels = config["decoder_units"], weights["decoder/output_kernel"].shape[0] - config["decoder_units"]
    key_units = weights["decoder/attention/scoring/kernel"].shape[1]
    graph = GraphWriter("decoder")
    tokens = graph.input("tokens", np.int64, ("batch", "beams"))
    hidden, cell, output = (graph.input(part, np.float32, ("batch", "beams", units)) for part in STATE)
    keys = graph.input("keys", np.float32, ("batch", "cells", key_units))
    values = graph.input("values", np.float32, ("batch", "cells", channels))
    outside = graph.input("outside", np.float32, ("batch", 1, "cells"))
    count = graph.input("count", np.int64, (1,))

    hidden, cell = _lstm_step(graph, tokens, hidden, cell, output, weights)
    scores = graph("Add", _scores(graph, hidden, keys, config, weights), outside)
    context = graph("MatMul", graph("Softmax", scores, axis=-1), values)
    looked = graph("Concat", context, hidden, axis=-1)
    output = graph("Tanh", graph("MatMul", looked, weights["decoder/output_kernel"]))
    logits = graph("MatMul", output, weights["decoder/logit_kernel"])
    logits = graph("Add", logits, weights["decoder/logit_bias"])
    best, next_tokens = graph("TopK", graph("LogSoftmax", logits, axis=-1), count, outputs=2, axis=-1)

    graph.output("log_probabilities", best, np.float32, ("batch", "beams", "count"))
    graph.output("next_tokens", next_tokens, np.int64, ("batch", "beams", "count"))
    for part, value in zip(STATE, (hidden, cell, output)):
        graph.output(f"next_{part}", value, np.float32, ("batch", "beams", units))
    return graph


def _lstm_step(graph, tokens, hidden, cell, output, weights):
    # What a token adds to the gates depends on nothing else: a table of all tokens.
    table = weights["decoder/embeddings"] @ weights["decoder/kernel"] + weights["decoder/bias"]
    recurrent = graph("MatMul", graph("Concat", output, hidden, axis=-1), weights["decoder/recurrent_kernel"])
    gates = graph("Add", graph("Gather", table, tokens, axis=0), recurrent)
    entry, forget, candidate, out = graph("Split", gates, outputs=4, axis=-1)
    kept = graph("Mul", graph("Sigmoid", forget), cell)
    cell = graph("Add", kept, graph("Mul", graph("Sigmoid", entry), graph("Tanh", candidate)))
    return graph("Mul", graph("Sigmoid", out), graph("Tanh", cell)), cell


def _scores(graph, query, keys, config, weights):
    """Scores `(batch, beams, cells)` of a query `(batch, beams, units)` against the keys."""
    if config["score"] == "bilinear":
        return graph("MatMul", query, graph("Transpose", keys, perm=[0, 2, 1]))
    query = graph("MatMul", query, weights["decoder/attention/scoring/query_kernel"])
    sums = graph("Add", graph("Unsqueeze", query, np.array([2])), graph("Unsqueeze", keys, np.array([1])))
    scale = weights["decoder/attention/scoring/scale"][:, None]
    return graph("Squeeze", graph("MatMul", graph("Tanh", sums), scale), np.array([3]))
