"""This package beside another that reads formulas: seconds for a picture, pictures a second, and what is read right.

Command (two processor cores; about half an hour, nearly all of it the peer's; TeX is needed):

    python -m venv peer && peer/bin/pip install latex-ocr-junia==0.1.3
    python recipes/benchmark_peers.py --peer-python peer/bin/python --formulas validation.norm.txt.xz

The peer, latex-ocr-junia (PyTorch, a transformer of 7.9 million weights, which lie in its wheel), runs in its own
environment, loaded once like ours. All systems read the same picture one after the other, then the next picture, each
turn beginning with another system, so that whatever else the machine does falls on all of them alike. `--threads` is
the number of threads that each may use; with more than there are idle cores the peer's threads wait for each other.

The peer takes dark ink on light paper, brings any picture to 512 x 128 pixels, and writes a formula character by
character, its environment included, which is taken off before what was read is drawn and held against the picture. It
reads best what it need not enlarge: formulas cut to their ink it takes for bold ones, and writes until it is cut off.
So every system gets the formula in the middle of a page four times as wide as high, 768 pixels or more.
"""

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

PAGE_WIDTH = 768
"""Pixels across the page on which formulas are shown; more where a formula needs more."""

PAGE_SHAPE = 4
"""How many times as wide as high it is."""

_WRAPPERS = re.compile(
    r"\s*(?:\\begin\{(?P<name>(?:equation|displaymath|math)\*?)\}(?P<a>.*)\\end\{(?P=name)\}"
    r"|\\begin\{(?P<rows>(?:align|gather|multline)\*?)\}(?P<f>(?:(?!\\\\|&).)*)\\end\{(?P=rows)\}"
    r"|\$\$(?P<b>.*)\$\$|\$(?P<c>[^$]*)\$|\\\[(?P<d>.*)\\\]|\\\((?P<e>.*)\\\))\s*",
    re.DOTALL,
)


class Peer:
    """The other side's process.

    Args:
        python: path of its interpreter.
        threads: how many it may use.

    Attributes:
        about: dict of what it says of itself.
    """

    def __init__(self, python, threads):
        command = [str(python), str(Path(__file__).with_name("peers_side.py"))]
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.about = self._answer()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.kill()
        self._process.wait()

    def read(self, paths, beam_size, together):
        """The LaTeX of pictures, and the seconds that each reading took: two lists."""
        asked = {"pictures": [str(path) for path in paths], "beam_size": beam_size, "together": together}
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        answer = self._answer()
        return answer["latex"], answer["seconds"]

    def _answer(self):
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("the peer's side failed, see above")
        return json.loads(line)


def our_reading(model):
    """What a model of this package reads, and how long it takes, as `Peer.read` does."""

    def read(paths, beam_size, together):
        latex, seconds = [], []
        for batch in [paths] if together else [[path] for path in paths]:
            began = time.perf_counter()
            latex += [reading.latex for reading in model.generate(batch, beam_size=beam_size)]
            seconds.append(time.perf_counter() - began)
        return latex, seconds

    return read


def read_in_turns(systems, pictures, turns, limit=float("inf")):
    """Reads every picture with all systems, one after the other.

    Args:
        systems: dict from a name to a function of a picture that gives its LaTeX and the seconds that took.
        pictures: list of pictures.
        turns: how often all pictures are read.
        limit: seconds after which no other picture is begun.

    Returns:
        Two dicts from a name: to the LaTeX of each picture that was read, the last one where it was read often, and to
        the seconds of all readings.
    """
    began = time.perf_counter()
    names = list(systems)
    latex, seconds = {name: {} for name in names}, {name: [] for name in names}
    for turn in range(turns):
        for place, picture in enumerate(pictures):
            if time.perf_counter() - began > limit:
                break
            first = (turn + place) % len(names)
            for name in names[first:] + names[:first]:
                latex[name][place], taken = systems[name](picture)
                seconds[name].append(taken)
    return {name: [read[place] for place in sorted(read)] for name, read in latex.items()}, seconds


def without_wrapper(latex):
    r"""Takes off what puts a formula on a page: `equation*`, `\[`, `$` and the like."""
    found = _WRAPPERS.fullmatch(latex)
    if found is None:
        return latex
    return next(part for name, part in found.groupdict().items() if name not in ("name", "rows") and part is not None)


def on_page(picture):
    """Lays a picture, a uint8 array `(height, width)`, in the middle of white paper with the peer's proportions."""
    height, width = picture.shape
    page_height = max(height + 16, -(-(width + 16) // PAGE_SHAPE), PAGE_WIDTH // PAGE_SHAPE)
    above, left = (page_height - height) // 2, (page_height * PAGE_SHAPE - width) // 2
    page = np.full((page_height, page_height * PAGE_SHAPE), 255, np.uint8)
    page[above : above + height, left : left + width] = picture
    return page


def count_exact(formulas, pictures):
    """How many formulas have a drawing with the pixels of their picture.

    Args:
        formulas: list of LaTeX.
        pictures: list of uint8 arrays `(height, width)`.
    """
    from keras_im2latex.pixels import crop_to_ink
    from keras_im2latex.rendering import render
    from keras_im2latex.verification import GivenPicture

    drawings = list(render([without_wrapper(formula) for formula in formulas]))
    return sum(
        drawing.png is not None and GivenPicture(crop_to_ink(picture)).is_exact(drawing.png)
        for drawing, picture in zip(drawings, pictures, strict=True)
    )


def table(results):
    """Lays the results of `systems` out as Markdown.

    Args:
        results: dict from a system's name to its `seconds` (quartiles and median), `exact`, and, where it was measured,
            `pictures_a_second`.

    Returns:
        A string of several lines.
    """
    lines = ["| system | seconds for a picture (quartiles) | pictures a second | drawn exactly |", "|---|---|---|---|"]
    for name, found in results.items():
        lower, median, upper = (f"{value:.3g}" for value in found["seconds"])
        throughput = f"{found['pictures_a_second']:.3g}" if "pictures_a_second" in found else "not measured"
        exact, count = found["exact"]
        lines.append(f"| {name} | {median} ({lower} to {upper}) | {throughput} | {exact} of {count} |")
    return "\n".join(lines)


def quartiles(values):
    """Lower quartile, median and upper quartile; of one value, that value."""
    return statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3


def load_systems(options, peer):
    """Dict from a system's name to its `read` and its beam."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)

    from keras_im2latex.models import FormulaReader
    from keras_im2latex.runtime import OnnxReader

    sides = {
        "TensorFlow": (our_reading(FormulaReader.from_preset(options.preset)), options.beams),
        "ONNX Runtime": (our_reading(OnnxReader.from_preset(options.preset, options.threads)), options.beams),
        "latex-ocr-junia": (peer.read, options.peer_beams),
    }
    return {f"{side}, beam {beam}": (read, beam) for side, (read, beams) in sides.items() for beam in beams}


def measure(systems, paths, pictures, turns, batch_turns, limit):
    """All figures of all systems: dict from a name to a dict."""

    def single(read, beam):
        def one(path):
            [latex], [seconds] = read([path], beam, False)
            return latex, seconds

        return one

    for name, (read, beam) in systems.items():
        if name.startswith("TensorFlow"):  # which traces graphs when it first meets a size
            read(paths, beam, False)
            read(paths, beam, batch_turns > 0)
    latex, seconds = read_in_turns({name: single(*system) for name, system in systems.items()}, paths, turns, limit)
    rates = {name: [] for name in systems}
    for _ in range(batch_turns):
        for name, (read, beam) in systems.items():
            rates[name].append(len(paths) / sum(read(paths, beam, True)[1]))
    results = {}
    for name in systems:
        results[name] = {
            "seconds": quartiles(seconds[name]),
            "exact": [count_exact(latex[name], pictures[: len(latex[name])]), len(latex[name])],
            "all_seconds": seconds[name],
            "latex": latex[name],
        }
        if batch_turns:
            results[name] |= {"pictures_a_second": statistics.median(rates[name]), "all_rates": rates[name]}
    return results


def main(arguments=None):
    """Reads the arguments, measures, prints and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer-python", required=True, type=Path, metavar="PATH", help="its environment's interpreter")
    parser.add_argument("--formulas", required=True, type=Path, metavar="FILE", help="normalized, one a line")
    parser.add_argument("--preset", default="standard", help="name or folder of our preset")
    parser.add_argument("--number", type=int, default=50, help="pictures (default: 50)")
    parser.add_argument("--turns", type=int, default=1, help="times each is read alone (default: 1)")
    parser.add_argument(
        "--minutes", type=float, default=120, help="after them no other picture is begun (default: 120)"
    )
    parser.add_argument("--batch-turns", type=int, default=1, help="times all are read together; 0: never (default: 1)")
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 5], help="of ours (default: 1 5)")
    parser.add_argument("--peer-beams", type=int, nargs="*", default=[1], help="of the peer; its default is 3")
    parser.add_argument("--threads", type=int, default=1, help="of each system (default: 1)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="JSON")
    options = parser.parse_args(arguments)

    from PIL import Image

    from keras_im2latex.evaluation import DrawnFormulas, read_formula_file
    from keras_im2latex.pixels import read_picture

    formulas = read_formula_file(options.formulas).formulas
    formulas = formulas[:: max(len(formulas) // options.number, 1)]
    drawn = [picture for picture in DrawnFormulas().draw(formulas) if picture is not None][: options.number]
    with tempfile.TemporaryDirectory() as folder, Peer(options.peer_python, options.threads) as peer:
        pictures, paths = [read_picture(picture) for picture in drawn], []
        for number, picture in enumerate(pictures):
            paths.append(os.path.join(folder, f"{number}.png"))
            Image.fromarray(on_page(picture)).save(paths[-1])
        systems = load_systems(options, peer)
        before = os.getloadavg()[0]
        results = measure(systems, paths, pictures, options.turns, options.batch_turns, 60 * options.minutes)
        facts = {
            "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
            "load_average": [before, os.getloadavg()[0]],
            "threads": options.threads,
            "pictures": len(pictures),
            "turns": options.turns,
            "peer": peer.about,
            "systems": results,
        }
    if options.output:
        options.output.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    print(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
