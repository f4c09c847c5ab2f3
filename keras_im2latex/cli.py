"""The command `im2latex`: pictures of formulas to LaTeX, and what belongs to it."""

import argparse
import importlib
import os
import sys

from keras_im2latex import __version__
from keras_im2latex.commands.exit_status import BROKEN_PIPE, EPILOG, INTERRUPTED, WRONG_USAGE, UsageError
from keras_im2latex.commands.terminal_style import styled

COMMANDS = (
    "predict",
    "presets",
    "evaluate",
    "extract",
    "normalize",
    "render",
    "export",
    "serve",
    "demo",
    "completion",
)
"""The commands, each a module of `keras_im2latex.commands`."""

EXAMPLES = """examples:
  im2latex predict formula.png                    the LaTeX of a picture
  im2latex predict --clipboard                    of the picture that was copied
  im2latex predict formula.png --runtime onnx     the same in a second, without TensorFlow
  im2latex predict folder --json --output readings.jsonl
  im2latex demo --open                            all this in the browser
  im2latex COMMAND --help                         what else a command can do

"""


def main(arguments=None):
    """Runs the command.

    Args:
        arguments: list of str, the command line; that of the process by default.

    Returns:
        The exit status, see `im2latex --help`.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    # A command waits for the imports of no other.
    named = [name for name in COMMANDS if arguments[:1] == [name]]
    options = command_parser(names=named or COMMANDS).parse_args(arguments)
    try:
        return options.run(options)
    except UsageError as error:
        print(f"{styled('im2latex:', 'error', sys.stderr)} {error}", file=sys.stderr)
        return WRONG_USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python flushes standard output once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


def command_parser(parser_class=argparse.ArgumentParser, names=COMMANDS):
    """The parser of the command line.

    Args:
        parser_class: class of the parser and of the commands' own.
        names: the commands that it knows, of `COMMANDS`; all by default.

    Returns:
        An instance of `parser_class`.
    """
    parser = parser_class(
        "im2latex",
        description="Turns pictures of formulas into LaTeX.",
        epilog=EXAMPLES + EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"im2latex {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in names:
        importlib.import_module(f"keras_im2latex.commands.{name}").add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
