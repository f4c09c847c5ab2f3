"""Writes an ONNX graph node by node."""

import numpy as np
import onnx

_OPSET = 17
_IR_VERSION = 8  # what runtimes of 2022 and later read

_TYPES = {
    np.dtype(np.uint8): onnx.TensorProto.UINT8,
    np.dtype(np.int64): onnx.TensorProto.INT64,
    np.dtype(np.float32): onnx.TensorProto.FLOAT,
}


class GraphWriter:
    """An ONNX graph in the making. Values are known by their names.

    Args:
        name: name of the graph.

    Example:
        >>> graph = GraphWriter("double")
        >>> graph.input("x", np.float32, ("rows", 3))
        >>> graph.output("y", graph("Mul", "x", np.float32(2)), np.float32, ("rows", 3))
        >>> graph.save("double.onnx")
    """

    def __init__(self, name):
        self._name = name
        self._nodes, self._weights, self._inputs, self._outputs = [], [], [], []

    def input(self, name, dtype, shape):
        """Adds an input; a side of its shape is a number, or a name where it varies. Gives its name."""
        self._inputs.append(onnx.helper.make_tensor_value_info(name, _TYPES[np.dtype(dtype)], shape))
        return name

    def output(self, name, value, dtype, shape):
        """Makes a value of the graph an output of this name."""
        self._nodes.append(onnx.helper.make_node("Identity", [value], [name]))
        self._outputs.append(onnx.helper.make_tensor_value_info(name, _TYPES[np.dtype(dtype)], shape))

    def __call__(self, operator, *inputs, outputs=1, **attributes):
        """Adds a node.

        Args:
            operator: name of an ONNX operator.
            *inputs: names of values, or NumPy arrays, which become constants; "" for an optional input left out.
            outputs: how many values the operator gives.
            **attributes: the operator's attributes.

        Returns:
            The name of the operator's output, or a list of names.
        """
        names = [each if isinstance(each, str) else self._constant(each) for each in inputs]
        made = [f"{operator.lower()}_{len(self._nodes)}_{n}" for n in range(outputs)]
        self._nodes.append(onnx.helper.make_node(operator, names, made, **attributes))
        return made[0] if outputs == 1 else made

    def _constant(self, values):
        name = f"constant_{len(self._weights)}"
        self._weights.append(onnx.numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def save(self, path):
        """Checks the graph and writes it to a file."""
        graph = onnx.helper.make_graph(self._nodes, self._name, self._inputs, self._outputs, self._weights)
        opset = onnx.helper.make_opsetid("", _OPSET)
        model = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=_IR_VERSION)
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, path)
