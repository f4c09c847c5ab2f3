"""Formulas read a second, in batches and one by one, on this machine's processor.

Command (two processor cores: about five minutes):

    python recipes/benchmark_reading.py --preset standard --formulas validation.norm.txt.xz

The formulas, normalized, one a line, are drawn first. Every figure is the median over `--turns` turns, with all of them
beside it; loading and the first calls, which trace the graph, are stated apart.
"""

import argparse
import json
import os
import platform
import statistics
import time
from pathlib import Path

SINGLE = 20
"""Pictures read one by one in a turn."""


def seconds(function, *arguments, **options):
    """How long a call takes."""
    began = time.perf_counter()
    function(*arguments, **options)
    return time.perf_counter() - began


def measure(model, pictures, turns, batch_size):
    """All figures of a model.

    Args:
        model: a `FormulaReader`.
        pictures: list of pictures.
        turns: how often each measurement is made.
        batch_size: pictures in a batch.

    Returns:
        Dict from a measurement's name to a dict of its median and the values of all turns.
    """
    single = pictures[:: max(len(pictures) // SINGLE, 1)][:SINGLE]

    def batches(beam_size):
        return len(pictures) / seconds(model.generate, pictures, beam_size=beam_size, batch_size=batch_size)

    def one_by_one(beam_size):
        return statistics.median(seconds(model.generate, picture, beam_size=beam_size) for picture in single)

    measurements = {
        f"formulas a second, batches of {batch_size}, beam 1": lambda: batches(1),
        f"formulas a second, batches of {batch_size}, beam 5": lambda: batches(5),
        "milliseconds for one, beam 1": lambda: 1000 * one_by_one(1),
        "milliseconds for one, beam 5": lambda: 1000 * one_by_one(5),
    }
    values = {name: [] for name in measurements}
    for _ in range(turns):
        for name, function in measurements.items():
            values[name].append(round(function(), 1))
    return {name: {"median": statistics.median(each), "turns": each} for name, each in values.items()}


def main():
    """Reads the arguments, measures, prints and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="standard", help="name or folder of the preset")
    parser.add_argument("--formulas", required=True, type=Path, metavar="FILE", help="normalized, one a line")
    parser.add_argument("--number", type=int, default=512, help="pictures read in batches")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--output", type=Path, metavar="FILE", help="JSON")
    options = parser.parse_args()

    from keras_im2latex.evaluation import DrawnFormulas, read_formula_file
    from keras_im2latex.models import FormulaReader

    formulas = read_formula_file(options.formulas, options.number).formulas
    pictures = [picture for picture in DrawnFormulas().draw(formulas) if picture is not None]
    began = time.perf_counter()
    model = FormulaReader.from_preset(options.preset)
    loading = time.perf_counter() - began
    first = {f"beam {beam}": round(seconds(model.generate, pictures[0], beam_size=beam), 1) for beam in (1, 5)}
    results = {
        "preset": options.preset,
        "pictures": len(pictures),
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
        "loading_seconds": round(loading, 1),
        "first_call_seconds": first,
        "measurements": measure(model, pictures, options.turns, options.batch_size),
    }
    if options.output:
        options.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"loading {results['loading_seconds']} s; first call {first}")
    for name, values in results["measurements"].items():
        print(f"{values['median']:8.1f}  {name}  {values['turns']}")


if __name__ == "__main__":
    main()
