"""`im2latex export`: writes a SavedModel."""

import os

from keras_im2latex.commands.exit_status import ALL_DONE, UsageError
from keras_im2latex.commands.model_options import add_model_options, load_model
from keras_im2latex.commands.silent_tensorflow import silent_tensorflow


def add_to(commands):
    """Adds the command to the subparsers of `im2latex`."""
    parser = commands.add_parser(
        "export",
        help="write a SavedModel",
        description="Writes a SavedModel that takes the bytes of pictures (image_bytes) and gives latex and "
        "score, for TensorFlow Serving or any program that has TensorFlow.",
    )
    parser.add_argument("folder", metavar="DIR", help="where to write it; TensorFlow Serving wants NAME/1")
    add_model_options(parser)
    parser.set_defaults(run=_run)


def _run(options):
    if os.path.exists(options.folder) and not os.path.isdir(options.folder):
        raise UsageError(f"DIR must be a folder. Received: {options.folder}")
    model = load_model(options.preset)
    with silent_tensorflow():
        from keras_im2latex.serving import export_model

        folder = export_model(model, options.folder, beam_size=options.beam_size)
    print(folder)
    return ALL_DONE
