"""The commands that the pages print, against the programs that take them."""

import re
import shlex
from pathlib import Path

import pytest

from keras_im2latex.cli import command_parser

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "keras_im2latex/models/presets/*/README.md")
    for path in ROOT.glob(pattern)
)
OF_BEAM = {"direct_num_workers", "direct_running_mode", "experiments", "project", "region", "runner", "temp_location"}


def commands(page, program):
    """The words after a program's name in each command of a page's indented blocks."""
    text = (ROOT / page).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        command = re.search(rf"^ {{4}}(?:\$ |.*[|&] )?(?:\S*/)?{program}\b ?(.*)", line)
        if command:
            yield shlex.split(re.split(r" [<>|] ", command[1])[0].replace("…", ""), comments=True)


@pytest.mark.parametrize("page", PAGES)
def test_im2latex_takes_its_commands(page):
    for arguments in commands(page, "im2latex"):
        if arguments != ["COMMAND", "--help"]:
            command_parser().parse_args(arguments)


@pytest.mark.parametrize("page", PAGES)
def test_recipes_take_their_commands(page):
    for name, *arguments in commands(page, "python recipes/"):
        source = (ROOT / "recipes" / name).read_text(encoding="utf-8")
        options = {argument.split("=")[0] for argument in arguments if argument.startswith("--")}
        if name == "predict_beam.py":  # what it does not know goes to Beam
            options -= {f"--{option}" for option in OF_BEAM}
        assert [option for option in options if f'"{option}"' not in source] == [], arguments


def test_pages_have_commands():
    """So that the tests above compare something."""
    assert sum(len(list(commands(page, "im2latex"))) for page in PAGES) > 40
    assert sum(len(list(commands(page, "python recipes/"))) for page in PAGES) > 20
