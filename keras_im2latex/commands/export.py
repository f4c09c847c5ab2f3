"""`im2latex export`: writes a SavedModel, or ONNX graphs."""

import os
import sys

from keras_im2latex.commands.exit_status import ALL_DONE, UsageError
from keras_im2latex.commands.model_options import (
    ONNX,
    add_model_options,
    add_runtime,
    load_model,
    without_extra_means_wrong_usage,
)
from keras_im2latex.commands.numbers import positive
from keras_im2latex.commands.silent_tensorflow import silent_tensorflow


def add_to(commands):
    """Adds the command to the subparsers of `im2latex`."""
    parser = commands.add_parser(
        "export",
        help="write a SavedModel, or ONNX graphs",
        description="Writes a version folder, DIR/1 at first, with a SavedModel that takes the bytes of pictures "
        "(image_bytes) and gives latex and score (signature serving_default) or the --beam-size best of each (n_best), "
        "for `im2latex serve`, TensorFlow Serving, or any program that has TensorFlow. Prints the version folder. With "
        "--runtime onnx it writes the model's graphs and vocabulary to DIR itself instead, for `im2latex predict "
        "--runtime onnx --preset DIR`, which then needs neither TensorFlow nor `onnx`; any beam size will do.",
    )
    parser.add_argument("folder", metavar="DIR", help="the model's folder, which holds a folder for each version")
    parser.add_argument("--version", type=positive, metavar="N", help="(default: the next free one)")
    add_model_options(parser)
    add_runtime(parser, "what the model is written for; onnx needs the extra `onnx`, and no TensorFlow")
    parser.set_defaults(run=_run)


def _run(options):
    if os.path.exists(options.folder) and not os.path.isdir(options.folder):
        raise UsageError(f"DIR must be a folder. Received: {options.folder}")
    if options.runtime == ONNX:
        return _export_onnx(options)
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


def _export_onnx(options):
    if options.version:
        raise UsageError("--version is for SavedModels; --runtime onnx writes none")
    with without_extra_means_wrong_usage():
        from keras_im2latex.runtime.export import export_onnx

        try:
            folder = export_onnx(options.preset, options.folder)
        except ValueError as error:
            raise UsageError(error) from None
    print(folder)
    return ALL_DONE
