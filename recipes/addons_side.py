"""The half of `compare_with_addons.py` that runs in the environment of tensorflow-addons; not called by hand.

    python addons_side.py INPUTS.npz RESULTS.npz

Computes the three cases with tensorflow-addons, saves what came out, and then times each of them once for every line
that it reads, answering with a JSON object of milliseconds.
"""

import json
import sys
import time

import numpy as np
import tensorflow as tf
import tensorflow_addons as tfa


def sparsemax_case(given):
    """Values, the gradient in a given direction, and the whole Jacobian of a few rows."""
    scores, direction, few = (tf.constant(given[name]) for name in ("scores", "direction", "few_scores"))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([scores, few])
        values = tfa.activations.sparsemax(scores)
        few_values = tfa.activations.sparsemax(few)
    results = {
        "value/probabilities": values,
        "gradient/scores": tape.gradient(values, scores, direction),
        "gradient/jacobian": tape.batch_jacobian(few_values, few),
    }
    timed = tf.constant(given["timed_scores"])
    return results, tf.function(lambda: tfa.activations.sparsemax(timed))


def beam_search_case(given):
    """Scores and tokens of the hypotheses, each cut after its end."""
    beam_size, start, end, length = (int(given[name]) for name in ("beam_size", "start_id", "end_id", "maximum_length"))
    logit_kernel, state = given["logit_kernel"], tf.constant(given["state"])
    units, vocabulary = logit_kernel.shape
    cell = tf.keras.layers.SimpleRNNCell(units, use_bias=False)
    cell.build((None, units))
    cell.set_weights([np.eye(units), given["kernel"]])
    output = tf.keras.layers.Dense(vocabulary, use_bias=False)
    output.build((None, units))
    output.set_weights([logit_kernel])
    decoder = tfa.seq2seq.BeamSearchDecoder(cell, beam_size, output_layer=output, maximum_iterations=length)

    @tf.function
    def search():
        found, last, _ = decoder(
            tf.constant(given["embeddings"]),
            start_tokens=tf.fill([state.shape[0]], start),
            end_token=end,
            initial_state=tfa.seq2seq.tile_batch(state, beam_size),
        )
        return tf.transpose(found.predicted_ids, [0, 2, 1]), last.log_probs

    tokens, scores = search()
    return {"value/tokens": tokens, "value/scores": scores}, search


def attention_case(given):
    """Some steps of an LSTM with input feeding, `LuongAttention` in an `AttentionWrapper`."""
    layers, tensors = build_attention(given, "small")
    results = attention_steps(layers, tensors)
    layers, tensors = build_attention(given, "timed")
    wrapper, inputs = layers["wrapper"], tensors["inputs"][:, 0]
    state = wrapper.get_initial_state(batch_size=len(inputs), dtype=tf.float32)
    wrapper(inputs, state)
    return results, tf.function(lambda: wrapper(inputs, state)[0])


def build_attention(given, size):
    """The layers of one size of the attention's case with their given weights, and its other tensors."""
    tensors = {
        name.removeprefix(f"{size}/"): tf.constant(value) for name, value in given.items() if name.startswith(size)
    }
    units = tensors["keys_kernel"].shape[1]
    keys = tf.keras.layers.Dense(units, use_bias=False)
    cell = tf.keras.layers.LSTMCell(units)
    output = tf.keras.layers.Dense(units, activation="tanh", use_bias=False)
    for layer, names in (
        (keys, ["keys_kernel"]),
        (cell, ["kernel", "recurrent_kernel", "bias"]),
        (output, ["output_kernel"]),
    ):
        weights = [tensors.pop(name).numpy() for name in names]
        layer.build((None, len(weights[0])))
        layer.set_weights(weights)
    attention = tfa.seq2seq.LuongAttention(units, tensors["memory"], tensors["lengths"], memory_layer=keys)
    wrapper = tfa.seq2seq.AttentionWrapper(cell, attention, attention_layer=output)
    return {"keys": keys, "cell": cell, "output": output, "attention": attention, "wrapper": wrapper}, tensors


def attention_steps(layers, tensors):
    """Outputs and attention weights of all steps, and gradients with respect to weights and inputs."""
    inputs, memory = tensors["inputs"], tensors["memory"]
    with tf.GradientTape() as tape:
        tape.watch([inputs, memory])
        layers["attention"].setup_memory(memory, tensors["lengths"])
        state = layers["wrapper"].get_initial_state(batch_size=len(inputs), dtype=tf.float32)
        outputs, weights = [], []
        for step in range(inputs.shape[1]):
            output, state = layers["wrapper"](inputs[:, step], state)
            outputs.append(output)
            weights.append(state.alignments)
        outputs, weights = tf.stack(outputs, axis=1), tf.stack(weights, axis=1)
        loss = tf.reduce_sum(outputs * tensors["direction"])
    sources = {
        "inputs": inputs,
        "memory": memory,
        "keys_kernel": layers["keys"].kernel,
        "kernel": layers["cell"].kernel,
        "recurrent_kernel": layers["cell"].recurrent_kernel,
        "bias": layers["cell"].bias,
        "output_kernel": layers["output"].kernel,
    }
    gradients = {f"gradient/{name}": gradient for name, gradient in tape.gradient(loss, sources).items()}
    return {"value/outputs": outputs, "value/weights": weights, **gradients}


CASES = {"sparsemax": sparsemax_case, "beam search": beam_search_case, "attention step": attention_case}


def main():
    """Computes, saves, and answers with times until its input ends."""
    given_path, results_path = sys.argv[1:]
    everything = dict(np.load(given_path))
    results, functions = {}, {}
    for case, compute in CASES.items():
        given = {name.removeprefix(f"{case}/"): value for name, value in everything.items() if name.startswith(case)}
        found, functions[case] = compute(given)
        results.update({f"{case}/{name}": np.asarray(tf.convert_to_tensor(value)) for name, value in found.items()})
        tf.nest.map_structure(np.asarray, functions[case]())
    np.savez(results_path, **results)
    print("ready", flush=True)
    for line in sys.stdin:
        runs, times = int(line), {}
        for case, function in functions.items():
            start = time.perf_counter()
            for _ in range(runs):
                tf.nest.map_structure(np.asarray, function())
            times[case] = 1000 * (time.perf_counter() - start) / runs
        print(json.dumps(times), flush=True)


if __name__ == "__main__":
    main()
