"""The encoder as an ONNX graph: one picture in, its keys and values out."""

import numpy as np

from keras_im2latex.runtime.graph_writer import GraphWriter

_POOLS = ((2, 2), (2, 2), None, (2, 1), (1, 2), None)
_STAGES = 4
_NORMALIZATION_EPSILON = np.float32(1e-5)


def encoder_graph(config, weights):
    """Builds the graph of convolutions, row encoder, and the attention's projection of keys.

    It takes one picture, `image`: uint8 `(1, 1, height, width)`, prepared, and padded with 255 to sides that are
    multiples of 8. No cell then lies outside the picture, and no mask is needed.

    It gives `values`, float32 `(1, cells, channels)`, and `keys`, float32 `(1, cells, units)`.

    Args:
        config: an `Im2Latex`'s config.
        weights: dict from the model's weight paths to arrays.

    Returns:
        A `GraphWriter`.

    Reference:
        The layers `ConvolutionalEncoder`, `ResidualEncoder`, `RowEncoder` and `BilinearScore` or `AdditiveScore`.
    """
    graph = GraphWriter("encoder")
    pixels = graph("Cast", graph.input("image", np.uint8, (1, 1, "height", "width")), to=1)
    pixels = graph("Div", graph("Sub", pixels, np.float32(128.0)), np.float32(128.0))
    encode = _residual if config.get("encoder") == "residual" else _convolutional
    features = encode(graph, pixels, weights)
    channels = config["filters"][-1]
    if config["row_encoder"]:
        values, channels = _row_encoder(graph, features, config, weights), 2 * config["encoder_units"]
    else:
        values = graph("Transpose", features, perm=[0, 2, 3, 1])
    values = graph("Reshape", values, np.array([1, -1, channels]))
    keys = graph("MatMul", values, weights["decoder/attention/scoring/kernel"])
    graph.output("values", values, np.float32, (1, "cells", channels))
    graph.output("keys", keys, np.float32, (1, "cells", weights["decoder/attention/scoring/kernel"].shape[1]))
    return graph


def _convolutional(graph, features, weights):
    """The paper's six convolutions."""
    for number, pool in enumerate(_POOLS, 1):
        names = (f"convolutional_encoder/{kind}_{number}/" for kind in ("convolution", "normalization"))
        features = graph("Relu", _convolve(graph, features, weights, *names))
        if pool:
            features = graph("MaxPool", features, kernel_shape=pool, strides=pool)
    return features


def _residual(graph, features, weights):
    """Stages of residual blocks; all but the first halve both sides."""
    for number in range(1, _STAGES + 1):
        stage = f"convolutional_encoder/stage_{number}_convolution_"

        def convolve(features, place, stride=1, stage=stage):
            layer = f"{stage}{place}"
            return _convolve(graph, features, weights, f"{layer}/", f"{layer}_normalization/", stride)

        features = graph("Relu", convolve(features, 0, stride=2 if number > 1 else 1))
        place = 1
        while f"{stage}{place}/kernel" in weights:
            inner = graph("Relu", convolve(features, place))
            features = graph("Relu", graph("Add", features, convolve(inner, place + 1)))
            place += 2
    return features


def _convolve(graph, features, weights, layer, normalization, stride=1):
    """A convolution of 3 x 3 with the batch normalization after it, if there is one, folded in."""
    kernel = weights[layer + "kernel"]
    bias = weights.get(layer + "bias", np.zeros(kernel.shape[-1], np.float32))
    if normalization + "gamma" in weights:
        parts = ("gamma", "beta", "moving_mean", "moving_variance")
        gamma, beta, mean, variance = (weights[normalization + part] for part in parts)
        scale = gamma / np.sqrt(variance + _NORMALIZATION_EPSILON)
        kernel, bias = kernel * scale, (bias - mean) * scale + beta
    kernel = kernel.transpose(3, 2, 0, 1)
    # Of a stride of 2 over an even side, TensorFlow puts the one padding pixel at the end.
    before = 1 if stride == 1 else 0
    pads = [before, before, 1, 1]
    return graph("Conv", features, kernel, bias, kernel_shape=[3, 3], pads=pads, strides=[stride, stride])


def _row_encoder(graph, features, config, weights):
    """One bidirectional LSTM over each row: values `(rows, columns, 2 * units)` of `(1, channels, rows, columns)`."""
    units = config["encoder_units"]
    columns_first = graph("Transpose", graph("Squeeze", features, np.array([0])), perm=[2, 1, 0])
    rows = graph("Slice", graph("Shape", columns_first), np.array([1]), np.array([2]), np.array([0]))
    kernel, recurrent, bias = (
        _gates(weights[f"row_encoder/{name}"]) for name in ("kernel", "recurrent_kernel", "bias")
    )
    both_biases = np.concatenate([bias, np.zeros_like(bias)], axis=1)
    hidden, cell = _initial_states(graph, rows, config, weights)
    outputs, *_ = graph(
        "LSTM",
        columns_first,
        kernel.transpose(0, 2, 1),
        recurrent.transpose(0, 2, 1),
        both_biases,
        "",
        hidden,
        cell,
        outputs=3,
        hidden_size=units,
        direction="bidirectional",
    )
    return graph("Transpose", outputs, perm=[2, 0, 1, 3])


def _gates(values):
    """Input, forget, candidate and output gate in ONNX's order: input, output, forget, candidate."""
    entry, forget, candidate, out = np.split(values, 4, axis=-1)
    return np.concatenate([entry, out, forget, candidate], axis=-1)


def _initial_states(graph, rows, config, weights):
    """Hidden state and cell, `(2, rows, units)` each; rows beyond the last trained one take its state."""
    if not config["positional_states"]:
        shape = graph("Concat", np.array([2]), rows, np.array([config["encoder_units"]]), axis=0)
        return [graph("Expand", np.float32(0.0), shape)] * 2
    count = graph("Squeeze", rows, np.array([0]))
    numbers = graph("Range", np.array(0), count, np.array(1))
    last = np.array(config["maximum_rows"] - 1)
    numbers = graph("Min", numbers, last)
    states = weights["row_encoder/initial_states"]  # (maximum rows, direction, hidden state or cell, units)
    return [graph("Gather", states[:, :, part].transpose(1, 0, 2), numbers, axis=1) for part in (0, 1)]
