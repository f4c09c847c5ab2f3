"""`im2latex export`: writes a SavedModel."""

import os
import sys

from keras_im2latex.commands.exit_status import ALL_DONE, UsageError
from keras_im2latex.commands.model_options import add_model_options, load_model
from keras_im2latex.commands.numbers import positive
from keras_im2latex.commands.silent_tensorflow import silent_tensorflow


def add_to(commands):
    """Adds the command to the subparsers of `im2latex`."""
    parser = commands.add_parser(
        "export",
        help="write a SavedModel",
        description="Writes a version folder, DIR/1 at first, with a SavedModel that takes the bytes of pictures "
        "(image_bytes) and gives latex and score (signature serving_default) or the --beam-size best of each (n_best), "
        "for `im2latex serve`, TensorFlow Serving, or any program that has TensorFlow. Prints the version folder.",
    )
    parser.add_argument("folder", metavar="DIR", help="the model's folder, which holds a folder for each version")
    parser.add_argument("--version", type=positive, metavar="N", help="(default: the next free one)")
    add_model_options(parser)
    parser.set_defaults(run=_run)


def _run(options):
    if os.path.exists(options.folder) and not os.path.isdir(options.folder):
        raise UsageError(f"DIR must be a folder. Received: {options.folder}")
    if options.version and os.path.exists(os.path.join(options.folder, str(options.version))):
        raise UsageError(f"--version must be a new one in {options.folder}. Received: {options.version}")
    model = load_model(options.preset)
    with silent_tensorflow():
        from keras_im2latex.serving import export_version
        from keras_im2latex.serving.version_folder import has_serving_stubs

        folder = export_version(model, options.folder, version=options.version, beam_size=options.beam_size)
    if not has_serving_stubs():
        print(
            "im2latex: without warm-up requests, which need the extra `serve` (keras-im2latex[serve])", file=sys.stderr
        )
    print(folder)
    return ALL_DONE
