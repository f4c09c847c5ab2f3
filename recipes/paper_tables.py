"""The paper's Tables 2, 3 and 4 and its Figure 4, with ours beside each figure, and the commands that repeat them.

    python recipes/paper_tables.py --runs runs --output tables

reads what is trained and evaluated in the folders `runs/budget_NAME` and `runs/handwritten_NAME`, and writes
`tables/paper_tables.md`, and beside it `figure_4.png` and `bars.png`. A row that is missing has a dash, and the command
that fills it.

    python recipes/paper_tables.py --train --data-dir DATA --formulas validation.norm.txt.xz

trains and evaluates what is missing first, one after the other; `--only NAME ...` nothing but these, in this order. It
goes on with what was interrupted. With `--gpus 0 1` several train at once, one on each of these GPUs while the next
compiles, and what they print goes to `runs/NAME.log`. On a machine without TeX, `--images DIR --read-only` reads the
pictures; the same command without `--read-only`, where the folders were taken to, scores them.

A system that is not trained here is scored from its output file:

    im2latex evaluate validation.norm.txt.xz --predictions infty.tsv --output runs/infty
    python recipes/paper_tables.py --results mathpix=runs/mathpix/results.json

The name `infty` fills INFTY's row; any other name adds one to Table 2.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import subprocess
import sys
from pathlib import Path

from paper.commands import Places, evaluate_command, train_command
from paper.markdown import document
from paper.measurement import Measurement, read_measurement, read_results
from paper.pictures import draw_bars, draw_figure_4
from paper.side_by_side import SideBySide
from paper.systems import SYSTEMS, System
from train import check_autotuning, load_config

RECIPES = Path(__file__).parent
TRAINED = [name for name, system in SYSTEMS.items() if system.config]
DERIVED = ("results.json", "results.predictions.tsv", "results.predictions.cells.json")
"""What an evaluation leaves in a run's folder."""


def parse_arguments(arguments=None):
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=Path("runs"), metavar="DIR", help="folder of the runs' folders")
    parser.add_argument("--output", type=Path, default=Path("tables"), metavar="DIR", help="where tables and plots go")
    parser.add_argument(
        "--results",
        nargs="*",
        default=[],
        metavar="NAME=FILE",
        help="results of recipes/evaluate.py or im2latex evaluate that are not in the run's folder",
    )
    parser.add_argument("--device", default="", help="what to say of runs that do not say what they were trained on")
    parser.add_argument("--train", action="store_true", help="train and evaluate what is missing")
    parser.add_argument("--only", nargs="+", choices=TRAINED, metavar="NAME", help="train no more than these")
    parser.add_argument("--data-dir", metavar="DIR", help="folder of TensorFlow datasets")
    parser.add_argument("--formulas", metavar="FILE", help="normalized formulas to evaluate on, one a line")
    parser.add_argument("--images", metavar="DIR", help="where to keep and find rendered pictures")
    parser.add_argument("--beam-size", type=int, default=5)
    parser.add_argument("--read-only", action="store_true", help="read pictures, without scores: needs no TeX")
    parser.add_argument("--gpus", nargs="+", metavar="N", help="train on these GPUs, several systems at once")
    parser.add_argument("--autotuning", type=Path, metavar="FILE", help="a .textproto, where XLA's choices are kept")
    options = parser.parse_args(arguments)
    check_autotuning(parser, options.autotuning)
    printed = not options.only or any(not SYSTEMS[name].handwriting for name in options.only)
    if options.train and not (options.data_dir and (options.formulas or not printed)):
        parser.error("--train needs --data-dir and, but for handwriting alone, --formulas")
    return options


def read_configs():
    """Each system's config as its file has it now, as JSON would keep it; None where nothing is trained."""
    files = {system.config for system in SYSTEMS.values() if system.config}
    configs = {
        file: json.loads(json.dumps(dataclasses.asdict(load_config(str(RECIPES / "configs" / f"{file}.py")))))
        for file in files
    }
    return {name: configs.get(system.config) for name, system in SYSTEMS.items()}


def result_files(pairs):
    """The files of `NAME=FILE` pairs by name; `SystemExit` for one that is no such pair or not there."""
    files = {}
    for pair in pairs:
        name, _, path = pair.partition("=")
        if not name or not Path(path).is_file():
            raise SystemExit(f"--results must be a name, =, and a file. Received: {pair}")
        files[name] = Path(path)
    return files


def measure(runs, configs, files, device=""):
    """All measurements: a dict by name, further systems last."""
    try:
        measurements = {
            name: read_measurement(system, runs, configs[name], files.get(name)) for name, system in SYSTEMS.items()
        }
        for name in [name for name in files if name not in SYSTEMS]:
            measurements[name] = Measurement(System(name, name), read_results(files[name]))
    except ValueError as error:
        raise SystemExit(str(error)) from error
    return {
        name: dataclasses.replace(measured, devices=measured.devices or device) if measured.epochs else measured
        for name, measured in measurements.items()
    }


def runnable(command):
    """A recipe's command for this process's Python, from any folder."""
    return [sys.executable, *(str(RECIPES.parent / part) if part.startswith("recipes/") else part for part in command)]


def in_order(names):
    """The systems of these names, in the order of these, but none before the one that it starts from: a dict."""
    wanted = {}

    def add(name):
        before = SYSTEMS[name].starts_from
        if before in names:
            add(before)
        wanted.setdefault(name, SYSTEMS[name])

    for name in names:
        add(name)
    return wanted


def fill(options, configs, files, run_command):
    """Trains and evaluates what is missing.

    Args:
        options: the command line, parsed.
        configs: dict of the systems' configs.
        files: dict of results that are not in their run's folder.
        run_command: as `subprocess.call`.

    Returns:
        List of the commands that failed, as strings.
    """
    places = Places(
        options.runs,
        options.data_dir,
        options.formulas,
        options.images,
        options.beam_size,
        options.read_only,
        options.autotuning,
    )
    wanted = in_order(options.only or TRAINED)
    ranks = {name: rank for rank, name in enumerate(wanted)}
    failed, side_by_side = [], options.gpus and SideBySide(options.gpus, options.runs, run_command)

    def run(command, name, needs_gpu):
        print(">", *command, flush=True)
        if side_by_side and needs_gpu:
            status = side_by_side.train(runnable(command), name, ranks[name])
        elif side_by_side:
            status = side_by_side.compute(runnable(command), name)
        else:
            status = run_command(runnable(command))
        if status:
            failed.append(" ".join(command))
        return not status

    def is_trained(name):
        return read_measurement(SYSTEMS[name], options.runs, configs[name]).is_trained

    def train(name, system):
        if not is_trained(name):
            if not run(train_command(system, places), name, system.needs_gpu):
                return False
            for file in DERIVED:  # of the epochs before
                (options.runs / system.folder / file).unlink(missing_ok=True)
        return True

    def evaluate(name, system):
        folder = options.runs / system.folder
        is_read = options.read_only and (folder / "results.json").is_file()
        measured = read_measurement(system, options.runs, configs[name], files.get(name))
        if system.is_read and not (is_read or measured.is_scored):
            run(evaluate_command(system, places), f"{name}.evaluation", False)

    if not side_by_side:
        for name, system in wanted.items():
            if train(name, system):
                evaluate(name, system)
        return failed

    def after(future, function, *arguments):
        return (future is None or future.result()) and function(*arguments)

    threads, trained = concurrent.futures.ThreadPoolExecutor(2 * len(wanted)), {}
    try:
        for name, system in wanted.items():
            if system.starts_from not in wanted and system.needs_gpu and not is_trained(name):
                side_by_side.line_up(ranks[name])
        for name, system in wanted.items():
            trained[name] = threads.submit(after, trained.get(system.starts_from), train, name, system)
        evaluated = [threads.submit(after, trained[name], evaluate, name, system) for name, system in wanted.items()]
        for future in (*trained.values(), *evaluated):
            future.result()
    finally:
        threads.shutdown(cancel_futures=True)
    return failed


def main(arguments=None, run_command=subprocess.call):
    """Runs the recipe.

    Args:
        arguments: list of strings, the command line; that of the process by default.
        run_command: as `subprocess.call`: function from a command, a list of strings, to its exit status; with `--gpus`
            it is given `env`, `stdout` and `stderr`, too.

    Returns:
        Exit status: 1 if a command failed.
    """
    options = parse_arguments(arguments)
    files, configs = result_files(options.results), read_configs()
    failed = fill(options, configs, files, run_command) if options.train else []
    measurements = measure(options.runs, configs, files, options.device)
    options.output.mkdir(parents=True, exist_ok=True)
    pictures = {name: options.output / f"{name}.png" for name in ("figure_4", "bars")}
    draw_figure_4(measurements, pictures["figure_4"])
    draw_bars(measurements, pictures["bars"])
    shown = Places(options.runs, beam_size=options.beam_size).to_show()
    text = document(measurements, shown, {name: path.name for name, path in pictures.items()})
    (options.output / "paper_tables.md").write_text(text, encoding="utf-8")
    print(text)
    for command in failed:
        print(f"failed: {command}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
