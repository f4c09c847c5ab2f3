"""Compares sparsemax, beam search and the attention step with tensorflow-addons, which they replace.

Command (two processor cores; a minute for the environment, once, and a minute for the comparison):

    python recipes/compare_with_addons.py

tensorflow-addons 0.23, its last release, works with TensorFlow 2.15 and Python up to 3.11 alone, so it runs in a
virtual environment of its own, which is made in the folder `--environment` with pip if it is not there. Both sides
get the same inputs and weights; values and gradients are compared, and times are taken in turns, side by side. Exits
with 1 if anything differs by more than the tolerance.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

REQUIREMENTS = ["tensorflow==2.15.1", "tensorflow-addons==0.23.0"]
TOLERANCES = {"value": 1e-5, "gradient": 1e-4}
"""Largest difference allowed, as a share of the largest of the values compared (of 1, if that is larger)."""
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "PYTHONWARNINGS": "ignore"}


@dataclass(frozen=True)
class Difference:
    """How far one result is from that of the other side.

    Attributes:
        name: `case/kind/what`.
        largest: largest absolute difference; infinite where shapes differ or a number is none.
        allowed: largest absolute difference allowed.
    """

    name: str
    largest: float
    allowed: float

    @property
    def passed(self):
        """Whether the difference is allowed."""
        return self.largest <= self.allowed


def compare(ours, theirs):
    """Compares results by name.

    Args:
        ours: dict from `case/kind/what` to an array; the kind is "value" or "gradient".
        theirs: dict with the same names.

    Returns:
        List of `Difference`, in the order of `ours`.

    Raises:
        ValueError: when the names differ.
    """
    if ours.keys() != theirs.keys():
        raise ValueError(f"both sides must give the same results. Received: {sorted(ours.keys() ^ theirs.keys())}")
    differences = []
    for name, our in ours.items():
        our, their = np.asarray(our, np.float64), np.asarray(theirs[name], np.float64)
        allowed = TOLERANCES[name.split("/")[1]] * max(1.0, np.abs(their[np.isfinite(their)]).max(initial=0.0))
        largest = np.inf
        if our.shape == their.shape:
            # Beams that don't exist have a score of minus infinity on both sides.
            gaps = np.abs(np.subtract(our, their, out=np.zeros_like(our), where=our != their))
            largest = np.where(np.isnan(gaps), np.inf, gaps).max(initial=0.0)
        differences.append(Difference(name, float(largest), float(allowed)))
    return differences


def cut_after_end(tokens, end_id):
    """Hypotheses `(..., length)` with -1 after the first end token, however long and however padded they are."""
    ended = np.cumsum(tokens == end_id, axis=-1) - (tokens == end_id) > 0
    cut = np.where(ended, -1, tokens)
    return cut[..., : np.max(np.sum(~ended, axis=-1))]


def table(differences, times):
    """Lays out differences and times as Markdown.

    Args:
        differences: list of `Difference`.
        times: dict from the case to the pair of our and their milliseconds.

    Returns:
        A string of several lines.
    """
    lines = ["| case | values | gradients | ours, ms | addons, ms |", "|---|---|---|---|---|"]
    for case, (our, their) in times.items():
        cells = []
        for kind in TOLERANCES:
            found = [difference for difference in differences if difference.name.startswith(f"{case}/{kind}/")]
            worst = max(found, key=lambda difference: difference.largest / difference.allowed, default=None)
            failed = "" if worst is None or worst.passed else " (too much)"
            cells.append("none" if worst is None else f"{worst.largest:.1e}{failed}")
        lines.append(f"| {case} | {' | '.join(cells)} | {our:.3f} | {their:.3f} |")
    return "\n".join(lines)


def environment_python(folder, python):
    """The interpreter of the environment, which is made if it is not complete."""
    interpreter, complete = folder / "bin" / "python", folder / "complete.json"
    if not (complete.exists() and json.loads(complete.read_text()) == REQUIREMENTS):
        print(f"making an environment with {' and '.join(REQUIREMENTS)} in {folder}", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([python, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(interpreter), "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
        complete.write_text(json.dumps(REQUIREMENTS))
    return interpreter


def make_inputs(seed=0):
    """Inputs and weights of all cases: dict from `case/name` to an array."""
    generator = np.random.default_rng(seed)

    def normal(*shape, scale=1.0):
        return generator.normal(0.0, scale, shape).astype(np.float32)

    scales = generator.choice([0.01, 0.3, 3.0, 30.0], (256, 1)).astype(np.float32)  # supports of many sizes
    units = 32
    inputs = {
        "sparsemax/scores": normal(256, 24) * scales,
        "sparsemax/direction": normal(256, 24),
        "sparsemax/few_scores": normal(8, 24),
        "sparsemax/timed_scores": normal(160, 256),
        "beam search/embeddings": normal(40, units),
        "beam search/kernel": normal(units, units, scale=units**-0.5),
        "beam search/logit_kernel": normal(units, 40, scale=0.6),
        "beam search/state": normal(16, units),
        "beam search/beam_size": 5,
        "beam search/start_id": 1,
        "beam search/end_id": 2,
        "beam search/maximum_length": 30,
    }
    for size, (batch, steps, cells, channels, units, embedding) in {
        "small": (3, 6, 20, 24, 32, 12),
        "timed": (32, 1, 1024, 512, 512, 80),
    }.items():
        lengths = generator.integers(cells // 2, cells + 1, batch).astype(np.int32)
        inputs |= {
            f"attention step/{size}/{name}": value
            for name, value in {
                "inputs": normal(batch, steps, embedding),
                "memory": normal(batch, cells, channels),
                "lengths": lengths,
                "direction": normal(batch, steps, units),
                "keys_kernel": normal(channels, units, scale=2 * channels**-0.5 * units**-0.5),
                "kernel": normal(embedding + units, 4 * units, scale=units**-0.5),
                "recurrent_kernel": normal(units, 4 * units, scale=units**-0.5),
                "bias": normal(4 * units, scale=0.1),
                "output_kernel": normal(units + channels, units, scale=units**-0.5),
            }.items()
        }
    return {name: np.asarray(value) for name, value in inputs.items()}


def our_results(inputs):
    """What this package makes of the inputs, and what is timed: a pair of dicts as on the other side."""
    results, functions = {}, {}
    for case, compute in {
        "sparsemax": _sparsemax_case,
        "beam search": _beam_search_case,
        "attention step": _attention_case,
    }.items():
        given = {name.removeprefix(f"{case}/"): value for name, value in inputs.items() if name.startswith(case)}
        found, functions[case] = compute(given)
        results |= {f"{case}/{name}": np.asarray(value) for name, value in found.items()}
    return results, functions


def _sparsemax_case(given):
    import tensorflow as tf

    from keras_im2latex.layers import sparsemax

    scores, few = tf.constant(given["scores"]), tf.constant(given["few_scores"])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([scores, few])
        values, few_values = sparsemax(scores), sparsemax(few)
    results = {
        "value/probabilities": values,
        "gradient/scores": tape.gradient(values, scores, given["direction"]),
        "gradient/jacobian": tape.batch_jacobian(few_values, few),
    }
    timed = tf.constant(given["timed_scores"])
    return results, tf.function(lambda: sparsemax(timed))


def _beam_search_case(given):
    import tensorflow as tf

    from keras_im2latex.decoding import beam_search

    embeddings, kernel, logit_kernel = (tf.constant(given[name]) for name in ("embeddings", "kernel", "logit_kernel"))

    def step(tokens, state):
        state = tf.tanh(tf.gather(embeddings, tokens) + tf.tensordot(state, kernel, 1))
        return tf.nn.log_softmax(tf.tensordot(state, logit_kernel, 1)), state

    names = ("beam_size", "start_id", "end_id", "maximum_length")
    options = {name: int(given[name]) for name in names}

    @tf.function
    def search():
        return tuple(beam_search(step, tf.constant(given["state"])[:, None], padding_id=0, **options))

    tokens, scores = search()
    return {"value/tokens": cut_after_end(tokens.numpy(), options["end_id"]), "value/scores": scores}, search


def _build_decoder(given, size):
    """A `Decoder` with the given weights, whose embeddings are the given inputs; and the other arrays."""
    import tensorflow as tf

    from keras_im2latex.layers import Decoder, StandardAttention

    arrays = {name.removeprefix(f"{size}/"): value for name, value in given.items() if name.startswith(size)}
    batch, steps, embedding = arrays["inputs"].shape
    channels, units = arrays["keys_kernel"].shape
    decoder = Decoder(batch * steps, StandardAttention(), embedding_size=embedding, units=units)
    decoder.build((None, None), (None, None, None, channels))
    decoder.embeddings.assign(arrays["inputs"].reshape(batch * steps, embedding))
    # In the addons' cell the output that is fed back is the last of the inputs.
    decoder.kernel.assign(arrays["kernel"][:embedding])
    decoder.recurrent_kernel.assign(np.concatenate([arrays["kernel"][embedding:], arrays["recurrent_kernel"]]))
    decoder.bias.assign(arrays["bias"])
    decoder.output_kernel.assign(np.roll(arrays["output_kernel"], channels, axis=0))  # context first
    decoder.attention.scoring.kernel.assign(arrays["keys_kernel"])
    tokens = tf.reshape(tf.range(batch * steps), (batch, steps))
    cells = arrays["memory"].shape[1]
    mask = tf.sequence_mask(arrays["lengths"], cells)[:, None]
    return decoder, tokens, mask, arrays


def _attention_case(given):
    import tensorflow as tf

    decoder, tokens, mask, arrays = _build_decoder(given, "small")
    memory, units = tf.constant(arrays["memory"]), decoder.units
    with tf.GradientTape() as tape:
        tape.watch(memory)
        remembered, state = decoder.memorize(memory[:, None], mask), decoder.initial_state(len(tokens))
        outputs, weights = [], []
        for step in range(tokens.shape[1]):
            state, looked = decoder.step(decoder.project_tokens(tokens[:, step, None]), state, remembered)
            outputs.append(state.output[:, 0])
            weights.append(looked.weights[:, 0])
        outputs, weights = tf.stack(outputs, axis=1), tf.stack(weights, axis=1)
        loss = tf.reduce_sum(outputs * arrays["direction"])
    layers = (
        decoder.embeddings,
        decoder.attention.scoring.kernel,
        decoder.kernel,
        decoder.recurrent_kernel,
        decoder.bias,
        decoder.output_kernel,
    )
    by_memory, *gradients = tape.gradient(loss, [memory, *[variable.value for variable in layers]])
    embeddings, keys_kernel, kernel, recurrent, bias, output_kernel = map(tf.convert_to_tensor, gradients)
    results = {
        "value/outputs": outputs,
        "value/weights": weights,
        "gradient/inputs": tf.reshape(embeddings, arrays["inputs"].shape),
        "gradient/memory": by_memory,
        "gradient/keys_kernel": keys_kernel,
        "gradient/kernel": tf.concat([kernel, recurrent[:units]], axis=0),
        "gradient/recurrent_kernel": recurrent[units:],
        "gradient/bias": bias,
        "gradient/output_kernel": np.roll(output_kernel, units, axis=0),
    }
    decoder, tokens, mask, arrays = _build_decoder(given, "timed")
    remembered = decoder.memorize(tf.constant(arrays["memory"])[:, None], mask)
    state = decoder.initial_state(len(tokens))

    @tf.function
    def step():
        return decoder.step(decoder.project_tokens(tokens), state, remembered)[0].output

    return results, step


def take_times(functions, addons, rounds, runs):
    """Times both sides in turns.

    Args:
        functions: dict from the case to our function.
        addons: the other side's process.
        rounds: turns of each side.
        runs: calls in a turn.

    Returns:
        Dict from the case to the median milliseconds of a call, ours and theirs.
    """
    ours, theirs = [], []
    for function in functions.values():
        function()
    for _ in range(rounds):
        print(runs, file=addons.stdin, flush=True)
        theirs.append(json.loads(addons.stdout.readline()))
        ours.append({case: _milliseconds(function, runs) for case, function in functions.items()})
    return {
        case: tuple(statistics.median(times[case] for times in side) for side in (ours, theirs)) for case in functions
    }


def _milliseconds(function, runs):
    import tensorflow as tf

    start = time.perf_counter()
    for _ in range(runs):
        tf.nest.map_structure(np.asarray, function())
    return 1000 * (time.perf_counter() - start) / runs


def main(arguments=None):
    """Runs the recipe; returns the exit status."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    default = cache / "keras-im2latex" / "tensorflow-addons"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", type=Path, default=default, metavar="FOLDER", help=f"default: {default}")
    python = sys.executable if sys.version_info < (3, 12) else "python3.11"
    parser.add_argument("--python", default=python, help="a Python 3.9 to 3.11 that makes the environment")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each side, of which the median is shown")
    parser.add_argument("--runs", type=int, default=10, help="calls timed in a turn")
    options = parser.parse_args(arguments)

    interpreter = environment_python(options.environment, options.python)
    os.environ.update(QUIET)
    inputs = make_inputs()
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "inputs.npz", Path(folder) / "results.npz"
        np.savez(given, **inputs)
        command = [str(interpreter), str(Path(__file__).with_name("addons_side.py")), str(given), str(found)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as addons:
            ours, functions = our_results(inputs)
            if addons.stdout.readline() != "ready\n":
                raise SystemExit("the side of tensorflow-addons failed, see above")
            theirs = dict(np.load(found))
            times = take_times(functions, addons, options.rounds, options.runs)
            addons.stdin.close()
    end_id = int(inputs["beam search/end_id"])
    theirs["beam search/value/tokens"] = cut_after_end(theirs["beam search/value/tokens"], end_id)
    differences = compare(ours, theirs)
    for difference in differences:
        print(f"{difference.name}: {difference.largest:.1e}, allowed {difference.allowed:.1e}")
    print()
    print(table(differences, times))
    return 0 if all(difference.passed for difference in differences) else 1


if __name__ == "__main__":
    sys.exit(main())
