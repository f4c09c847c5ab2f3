"""Time of a decoding step, and memory in training, against the size of the grid, for the five attentions.

Command (two processor cores: about ten minutes, half of them for the memory, and 8 GB):

    python recipes/benchmark_attention.py --device cpu --memory --output attention_cpu.json

Writes a JSON, a Markdown table to standard output and a picture beside the JSON; `--draw RESULTS.json …` draws the
results of several devices in one picture, without measuring. The decoder is full-size (512 units, a vocabulary of
500), with random weights. A step is that of greedy search, and timed inside its loop: hidden state in, next state and
token out, so that what a search leaves unused is not computed. Random weights would give sparsemax a support of nearly
all cells: its coarse keys are scaled so that the support has, on average over the steps, about the 5 coarse cells
(`--support`) that the paper reports. Memory is the peak of forward and backward pass over 64 tokens, in a process for
each measurement; there sparsemax scores everything, as it does in training.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from attention_report import ATTENTIONS, draw_chart, table

GRIDS = {64: (4, 16), 256: (8, 32), 1024: (16, 64), 4096: (32, 128), 16384: (64, 256)}
"""Rows and columns of the grid with so many fine cells."""
CHANNELS, UNITS, VOCABULARY = 512, 512, 500


def build_decoder(attention):
    """A full-size decoder with random weights."""
    from keras_im2latex.layers import Decoder
    from keras_im2latex.models.im2latex import ATTENTIONS as LAYERS

    decoder = Decoder(VOCABULARY, LAYERS[attention](), units=UNITS)
    grid = (None, None, None, CHANNELS)
    decoder.build((None, None), grid, None, grid)
    return decoder


def random_grids(attention, batch, cells):
    """What a decoder is given of random pictures: each grid that its attention looks at, and its mask."""
    import tensorflow as tf

    from keras_im2latex.layers.attention import SUPPORT

    rows, columns = GRIDS[cells]
    sizes = {"fine": (rows, columns), "coarse": (rows // SUPPORT, columns // SUPPORT)}
    inputs = []
    for name in attention.grids:
        shape = (batch, *sizes[name])
        inputs += [tf.random.stateless_normal((*shape, CHANNELS), (len(inputs), 1)), tf.ones(shape, bool)]
    return inputs


class Steps:
    """The decoding steps of one attention on one memory, as loops of any length.

    Args:
        decoder: a `Decoder`.
        memory: what its `memorize` gave.
        batch: pictures.
    """

    def __init__(self, decoder, memory, batch):
        import tensorflow as tf

        from keras_im2latex.decoding import greedy_search

        self.decoder, self.memory, self.batch = decoder, memory, batch
        generator = np.random.default_rng(0)
        queries = tf.constant(generator.normal(0.0, 0.2, (batch, 1, UNITS)), tf.float32)

        def step(tokens, state, memory):
            state, looked = decoder.step(decoder.project_tokens(tokens), state, memory)
            return decoder.logits(state.output), state, looked

        @tf.function
        def whole(number, memory):
            options = {"start_id": 1, "end_id": -1, "padding_id": 0, "maximum_length": number}
            state = decoder.initial_state(batch)
            return greedy_search(lambda tokens, state: step(tokens, state, memory)[:2], state, **options).tokens

        @tf.function
        def attention_alone(number, memory):
            def body(position, query):
                return position + 1, queries + 1e-3 * decoder.attention(query, memory).context

            return tf.while_loop(lambda position, _: position < number, body, (0, queries))[1]

        @tf.function
        def opened(number, memory):
            state, last, cells = decoder.initial_state(batch), tf.ones((batch, 1), tf.int32), 0.0
            for _ in tf.range(number):
                logits, state, looked = step(last, state, memory)
                last = tf.argmax(logits, axis=-1, output_type=tf.int32)
                cells += tf.reduce_mean(looked.fine_cells)
            return cells / tf.cast(number, tf.float32)

        self._functions = {"step": whole, "attention": attention_alone}
        self._opened = opened

    def seconds(self, part, number):
        """Time of a loop of so many steps, or of the attention alone."""
        import tensorflow as tf

        number = tf.constant(number)
        start = time.perf_counter()
        np.asarray(self._functions[part](number, self.memory))
        return time.perf_counter() - start

    def fine_cells(self, number=16):
        """Fine cells looked at for a picture and step, on average."""
        import tensorflow as tf

        return float(self._opened(tf.constant(number), self.memory))

    def scale_to_support(self, support, cells_under):
        """Scales the coarse keys until so many coarse cells are in the support on average."""
        keys, low, high = self.memory["coarse_keys"], 0.0, 12.0
        for _ in range(9):  # a larger scale leaves a smaller support
            middle = (low + high) / 2
            self.memory = {**self.memory, "coarse_keys": keys * 2.0**middle}
            low, high = (middle, high) if self.fine_cells() > support * cells_under else (low, middle)


def measure_times(cells, batch, repetitions, support):
    """Times of all attentions on one grid, taken in turns: a list of dicts."""
    shared, steps = {}, {}
    for name in ATTENTIONS:
        decoder = build_decoder(name)
        kind = decoder.attention.grids
        if kind not in shared:  # the memory depends on random weights alone; what is large is kept once
            shared[kind] = decoder.memorize(*random_grids(decoder.attention, batch, cells))
        steps[name] = Steps(decoder, shared[kind], batch)
    steps["sparsemax"].scale_to_support(support, cells_under=16)
    numbers, times = {}, {}
    for name, of_attention in steps.items():
        for part in ("step", "attention"):
            of_attention.seconds(part, 2)  # traces and warms up
            numbers[name, part] = int(np.clip(0.2 / (of_attention.seconds(part, 4) / 4), 2, 200))
            times[name, part] = []
    for _ in range(repetitions):
        for (name, part), number in numbers.items():
            times[name, part].append(1000 * steps[name].seconds(part, number) / number)
    return [
        {
            "attention": name,
            "batch": batch,
            "cells": cells,
            "step_ms": round(statistics.median(times[name, "step"]), 4),
            "attention_ms": round(statistics.median(times[name, "attention"]), 4),
            "fine_cells": round(steps[name].fine_cells(), 1),
        }
        for name in ATTENTIONS
    ]


def measure_memory(name, cells, batch, tokens, xla):
    """Peak memory of one forward and backward pass, in MiB beyond what was there before, pictures included."""
    import tensorflow as tf

    decoder = build_decoder(name)
    gpu = tf.config.list_physical_devices("GPU")
    before = _memory("VmRSS")

    def gradients(inputs, formulas):
        inputs = tf.nest.map_structure(tf.identity, inputs)
        grids = inputs[::2]
        with tf.GradientTape() as tape:
            tape.watch(grids)
            logits = decoder(formulas, *inputs, training=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(formulas, logits))
            loss += tf.add_n(decoder.losses) if decoder.losses else 0.0
        found = tape.gradient(loss, [*grids, *[variable.value for variable in decoder.trainable_variables]])
        return [tf.reduce_sum(tf.convert_to_tensor(gradient)) for gradient in found]

    inputs = random_grids(decoder.attention, batch, cells)
    formulas = tf.random.stateless_uniform((batch, tokens), (1, 2), 3, VOCABULARY, tf.int32)
    if gpu:
        tf.config.experimental.reset_memory_stats("GPU:0")
    for gradient in tf.function(gradients, jit_compile=xla)(inputs, formulas):
        assert np.isfinite(gradient.numpy())
    if gpu:
        return tf.config.experimental.get_memory_info("GPU:0")["peak"] / 2**20
    return _memory("VmHWM") - before


def _memory(field):
    """Memory of this process in MiB, as Linux counts it: "VmRSS" now, "VmHWM" at its peak."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines[field].split()[0]) / 1024


def device_facts(device):
    """What the figures were taken on."""
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if device == "gpu":
        if not gpus:
            raise SystemExit("--device gpu: TensorFlow sees no GPU here")
        name = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")
    else:
        info = Path("/proc/cpuinfo")
        lines = info.read_text().splitlines() if info.exists() else []
        names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
        name = f"{names[0] if names else platform.processor()}, {os.cpu_count()} threads"
    return {"device": device, "name": name, "tensorflow": tf.__version__}


def parse_arguments(arguments=None):
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 32], help="pictures decoded at once")
    parser.add_argument("--cells", type=int, nargs="+", choices=GRIDS, default=list(GRIDS), help="fine cells")
    parser.add_argument("--repetitions", type=int, default=5, help="turns, of which the median is taken")
    parser.add_argument("--support", type=float, default=5.0, help="coarse cells in sparsemax's support")
    parser.add_argument("--memory", action="store_true", help="measure the memory in training, too")
    parser.add_argument("--memory-batch", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=64, help="decoder steps whose memory is measured")
    parser.add_argument("--xla", action="store_true", help="compile the training pass")
    parser.add_argument("--output", type=Path, default=Path("attention.json"), metavar="FILE")
    parser.add_argument("--draw", type=Path, nargs="+", metavar="RESULTS", help="draw these results instead")
    parser.add_argument("--one-memory", nargs=2, metavar=("ATTENTION", "CELLS"), help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def measure(options):
    """All measurements, as they are written to the JSON."""
    results = {**device_facts(options.device), "support": options.support, "times": [], "memory": []}
    results["load_before"] = os.getloadavg()
    for batch in options.batch:
        for cells in sorted(options.cells):
            results["times"] += measure_times(cells, batch, options.repetitions, options.support)
            print(json.dumps(results["times"][-len(ATTENTIONS) :]), file=sys.stderr)
    results["load_after"] = os.getloadavg()
    for cells in sorted(options.cells) if options.memory else ():
        for name in ATTENTIONS:
            command = [sys.executable, __file__, *sys.argv[1:], "--one-memory", name, str(cells)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            facts = {"batch": options.memory_batch, "tokens": options.tokens, "xla": options.xla}
            mib = float(done.stdout.split()[-1])
            results["memory"].append({"attention": name, "cells": cells, **facts, "mib": round(mib, 1)})
            print(json.dumps(results["memory"][-1]), file=sys.stderr)
    return results


def main(arguments=None):
    """Runs the recipe."""
    options = parse_arguments(arguments)
    if options.device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # Otherwise this process would take the whole GPU, and leave nothing to those that measure memory.
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    if not options.draw:
        import tensorflow as tf

        tf.get_logger().setLevel("ERROR")  # it warns of functions traced anew, here one for each grid
    if options.one_memory:
        name, cells = options.one_memory
        print(measure_memory(name, int(cells), options.memory_batch, options.tokens, options.xla))
        return
    if options.draw:
        every = [json.loads(path.read_text(encoding="utf-8")) for path in options.draw]
    else:
        every = [measure(options)]
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(json.dumps(every[0], indent=1) + "\n", encoding="utf-8")
    for results in every:
        print(f"{results['name']}, TensorFlow {results['tensorflow']}\n\n{table(results)}")
    draw_chart(every, options.output.with_suffix(".png"))


if __name__ == "__main__":
    main()
