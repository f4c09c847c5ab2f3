"""The command `im2latex`: pictures of formulas to LaTeX, and what belongs to it."""

import argparse
import os
import sys

from keras_im2latex import __version__
from keras_im2latex.commands import evaluate, export, extract, normalize, predict, presets, render, serve
from keras_im2latex.commands.exit_status import BROKEN_PIPE, EPILOG, INTERRUPTED, WRONG_USAGE, UsageError

COMMANDS = (predict, presets, evaluate, extract, normalize, render, export, serve)


def main(arguments=None):
    """Runs the command.

    Args:
        arguments: list of str, the command line; that of the process by default.

    Returns:
        The exit status, see `im2latex --help`.
    """
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except UsageError as error:
        print(f"im2latex: {error}", file=sys.stderr)
        return WRONG_USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python flushes standard output once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


def _parser():
    parser = argparse.ArgumentParser(
        "im2latex",
        description="Turns pictures of formulas into LaTeX.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"im2latex {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
