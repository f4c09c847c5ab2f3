"""The options of every command that reads pictures with a trained model."""

import contextlib

from keras_im2latex.commands.exit_status import UsageError
from keras_im2latex.commands.numbers import positive
from keras_im2latex.commands.silent_tensorflow import silent_tensorflow
from keras_im2latex.search_options import LENGTH_PENALTY

TENSORFLOW, ONNX = RUNTIMES = ("tensorflow", "onnx")
"""What may run a model; all but the first without importing TensorFlow."""

AUTO, PRINTED, HANDWRITTEN = "auto", "standard", "handwritten"
"""What chooses a preset by the picture, and the presets that it chooses from."""

LENGTH_PENALTY_OPTION = {
    "type": float,
    "default": LENGTH_PENALTY,
    "metavar": "EXPONENT",
    "help": "of the length by which hypotheses are compared; the paper's is 0 (default: %(default)g)",
}
"""What `argparse` is told of `--length-penalty`, by commands and recipes."""


def add_model_options(parser, auto=False, default=PRINTED):
    """Adds `--preset` and `--beam-size` to an `argparse.ArgumentParser`.

    Args:
        parser: the parser.
        auto: whether the preset may be chosen by the picture.
        default: name of the preset where none is given.
    """
    choice = f"; {AUTO} takes {PRINTED} or {HANDWRITTEN} as each picture looks" if auto else ""
    parser.add_argument(
        "--preset",
        default=default,
        metavar="NAME",
        help=f"trained model: a name, or a folder{choice} (default: {default})",
    )
    add_beam_size(parser)


def add_beam_size(parser):
    """Adds `--beam-size` to an `argparse.ArgumentParser`."""
    parser.add_argument(
        "--beam-size",
        type=positive,
        default=5,
        metavar="N",
        help="hypotheses kept, 1 is greedy (default: 5)",
    )


def add_runtime(parser, purpose):
    """Adds `--runtime` to an `argparse.ArgumentParser`.

    Args:
        parser: the parser.
        purpose: str, what the runtimes differ in here.
    """
    parser.add_argument("--runtime", choices=RUNTIMES, default=TENSORFLOW, help=f"{purpose} (default: {TENSORFLOW})")


def load_model(preset, runtime=TENSORFLOW, auto=False):
    """The model of `--preset` in the runtime of `--runtime`; `UsageError` when there is none.

    Args:
        preset: name or folder of a preset.
        runtime: one of `RUNTIMES`.
        auto: whether `AUTO` may be asked for.
    """
    if auto and preset == AUTO:
        from keras_im2latex.auto_reader import AutoReader

        return AutoReader(*(load_model(name, runtime) for name in (PRINTED, HANDWRITTEN)))
    if runtime == ONNX:
        return _load_onnx_reader(preset)
    with silent_tensorflow():
        from keras_im2latex.models import FormulaReader

        try:
            return FormulaReader.from_preset(preset)
        except ValueError as error:
            reason = error
    raise UsageError(reason)


def _load_onnx_reader(preset):
    with without_extra_means_wrong_usage():
        from keras_im2latex.runtime import OnnxReader

        try:
            return OnnxReader.from_preset(preset)
        except ValueError as error:
            reason = error
        except OSError as error:
            reason = f"--runtime onnx keeps the model's graphs in a cache ($XDG_CACHE_HOME): {error}"
    raise UsageError(reason)


@contextlib.contextmanager
def without_extra_means_wrong_usage():
    """`UsageError` where a package of the extra `onnx` is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in ("onnx", "onnxruntime"):
            raise
        raise UsageError(f"--runtime onnx needs the extra `onnx` (keras-im2latex[onnx]): {error}") from None
