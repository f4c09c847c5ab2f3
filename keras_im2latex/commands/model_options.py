"""The options of every command that reads pictures with a trained model."""

from keras_im2latex.commands.exit_status import UsageError
from keras_im2latex.commands.numbers import positive
from keras_im2latex.commands.silent_tensorflow import silent_tensorflow


def add_model_options(parser):
    """Adds `--preset` and `--beam-size` to an `argparse.ArgumentParser`."""
    parser.add_argument(
        "--preset",
        default="standard",
        metavar="NAME",
        help="trained model: a name, or a folder (default: standard)",
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


def load_model(preset):
    """The model of `--preset`; `UsageError` when there is none."""
    with silent_tensorflow():
        from keras_im2latex.models import FormulaReader

        try:
            return FormulaReader.from_preset(preset)
        except ValueError as error:
            reason = error
    raise UsageError(reason)
