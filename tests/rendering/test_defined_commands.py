import pytest

from keras_im2latex.rendering import Page, available
from keras_im2latex.rendering.commands import HARMLESS_COMMANDS
from keras_im2latex.rendering.defined_commands import DefinedCommands

pytestmark = pytest.mark.skipif(not available(), reason="TeX is not installed")


def test_commands_are_undefined_by_page():
    plain, bold = DefinedCommands(Page()), DefinedCommands(Page(packages=("bm",)))
    assert plain.undefined({"frac", "bm", "foo"}) == {"bm", "foo"}
    assert bold.undefined({"frac", "bm", "foo"}) == {"foo"}


def test_tex_is_asked_once(monkeypatch):
    commands = DefinedCommands(Page())
    asked = []
    monkeypatch.setattr(commands, "_ask", lambda names: asked.append(names) or names & {"foo", "baz"})
    assert commands.undefined({"frac", "foo"}) == {"foo"}
    assert commands.undefined({"alpha", "foo"}) == {"foo"}
    assert commands.undefined({"alpha", "baz"}) == {"baz"}
    assert asked == [HARMLESS_COMMANDS | {"foo"}, {"baz"}]
