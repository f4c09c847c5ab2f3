"""What tests in several folders share."""

import importlib.util
import sys
from pathlib import Path

import pytest

RECIPES = Path(__file__).parents[1] / "recipes"


@pytest.fixture(scope="session")
def load_recipe():
    """Function from a recipe's name to its module, loaded anew: recipes are programs and no package.

    As when one is run, it finds its neighbours.
    """

    def load(name):
        specification = importlib.util.spec_from_file_location(name, RECIPES / f"{name}.py")
        module = importlib.util.module_from_spec(specification)
        sys.modules[name] = module  # where pickle looks
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(RECIPES)
            specification.loader.exec_module(module)
        return module

    return load
