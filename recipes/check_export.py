"""Compares the exported model with `generate`, picture by picture.

Command (two processor cores, standard preset, 500 formulas: a few minutes):

    python recipes/check_export.py --preset standard --number 500 --formulas validation.norm.txt.xz

The formulas, normalized, one a line, are drawn first; `--pictures FOLDER` takes the PNG and JPEG files of a
folder instead. The exported model is read in a process of its own that cannot import keras_im2latex, in
batches of its own. Prints how many strings are identical, and those that are not; exits with 1 if any is not.
"""

import argparse
import gzip
import io
import json
import lzma
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

# Runs without the package: a finder that comes first refuses its name.
READER = """
import json, sys
from pathlib import Path

class Refusal:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "keras_im2latex":
            raise ImportError(f"{name} must not be imported here")

sys.meta_path.insert(0, Refusal())
import tensorflow as tf

folder, paths, batch_size = json.load(sys.stdin)
read = tf.saved_model.load(folder).signatures["serving_default"]
latex = []
for start in range(0, len(paths), batch_size):
    chosen = [Path(path).read_bytes() for path in paths[start : start + batch_size]]
    latex += [text.decode() for text in read(image_bytes=tf.constant(chosen))["latex"].numpy()]
    print(f"exported model: {len(latex)}/{len(paths)}", file=sys.stderr, end="\\r")
json.dump(latex, sys.stdout)
"""


def draw(formulas, number, folder):
    """Writes the pictures of the first formulas that compile to a folder.

    Args:
        formulas: path of normalized formulas, one a line, plain or compressed by gzip or xz.
        number: pictures wanted.
        folder: where to write them.

    Returns:
        List of their paths.
    """
    from keras_im2latex.markup import detokenize
    from keras_im2latex.rendering import Page, render

    openers = {".gz": gzip.open, ".xz": lzma.open}
    with openers.get(formulas.suffix, open)(formulas, "rt", encoding="utf-8") as file:
        texts = [detokenize(" ".join(line.split())) for line in file]
    paths = []
    for start in range(0, len(texts), 500):
        for rendering in render(texts[start : start + 500], page=Page()):
            if rendering.image is not None and len(paths) < number:
                buffer = io.BytesIO()
                Image.fromarray(rendering.image).save(buffer, "png")
                paths.append(folder / f"{len(paths)}.png")
                paths[-1].write_bytes(buffer.getvalue())
        if len(paths) == number:
            break
    return paths


def read_exported(folder, paths, batch_size):
    """Reads pictures with a SavedModel in a process that cannot import keras_im2latex.

    Args:
        folder: the SavedModel.
        paths: the pictures.
        batch_size: pictures read at once.

    Returns:
        List of LaTeX strings.
    """
    request = json.dumps([str(folder), [str(path) for path in paths], batch_size])
    done = subprocess.run([sys.executable, "-c", READER], input=request, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def main(arguments=None):
    """Runs the recipe; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="standard", help="name or folder of the preset")
    parser.add_argument("--number", type=int, default=500, help="pictures compared")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--formulas", type=Path, metavar="FILE", help="normalized formulas, one a line")
    source.add_argument("--pictures", type=Path, metavar="FOLDER", help="PNG and JPEG files")
    parser.add_argument("--beam-size", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=32)
    options = parser.parse_args(arguments)

    from keras_im2latex import Im2Latex
    from keras_im2latex.serving import export_model

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        if options.formulas:
            paths = draw(options.formulas, options.number, folder)
        else:
            found = sorted(options.pictures.rglob("*"))
            paths = [path for path in found if path.suffix.lower() in (".png", ".jpg", ".jpeg")][: options.number]
        if not paths:
            parser.error("no pictures to compare")
        model = Im2Latex.from_preset(options.preset)
        export_model(model, folder / "exported" / "1", beam_size=options.beam_size)
        readings = model.generate(
            paths,
            beam_size=options.beam_size,
            batch_size=options.batch_size,
            well_formed=False,
            on_error="keep",
            progress=True,
        )
        exported = read_exported(folder / "exported" / "1", paths, options.batch_size)
    different = [
        (path, reading.latex, latex)
        for path, reading, latex in zip(paths, readings, exported, strict=True)
        if reading.latex != latex
    ]
    for path, generated, latex in different:
        print(f"{path.name}\n  generate: {generated}\n  exported: {latex}")
    print(f"{len(paths) - len(different)} of {len(paths)} strings are identical")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
