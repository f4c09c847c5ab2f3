"""`im2latex completion`: what a shell needs to complete command lines."""

import argparse
import importlib.util

from keras_im2latex.commands.exit_status import ALL_DONE, UsageError

SHELLS = ("bash", "zsh", "fish", "tcsh")
_FILES, _FOLDERS = ("FILE", "PATH"), ("DIR",)

EXAMPLES = """examples:
  eval "$(im2latex completion bash)"                                      this shell
  im2latex completion bash > ~/.local/share/bash-completion/completions/im2latex
  im2latex completion zsh > ~/.zfunc/_im2latex                            with fpath+=~/.zfunc
  im2latex completion fish > ~/.config/fish/completions/im2latex.fish"""


def add_to(commands):
    """Adds the command to the subparsers of `im2latex`."""
    parser = commands.add_parser(
        "completion",
        help="complete command lines in a shell",
        description="Writes what a shell needs to complete commands, options and files of im2latex.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    parser.set_defaults(run=_run)


def _run(options):
    if importlib.util.find_spec("shtab") is None:
        raise UsageError("completion needs shtab: pip install 'keras-im2latex[completion]'")
    import shtab

    from keras_im2latex.cli import command_parser

    if options.shell not in shtab.SUPPORTED_SHELLS:
        raise UsageError(f"this version of shtab knows {', '.join(shtab.SUPPORTED_SHELLS)}. Received: {options.shell}")

    class CompletingParser(argparse.ArgumentParser):
        """Marks the arguments that are files or folders, by what the help calls them."""

        def add_argument(self, *arguments, **options):
            action = super().add_argument(*arguments, **options)
            if action.metavar in _FILES:
                action.complete = shtab.FILE
            elif action.metavar in _FOLDERS:
                action.complete = shtab.DIRECTORY
            return action

    print(shtab.complete(command_parser(CompletingParser), options.shell))
    return ALL_DONE
