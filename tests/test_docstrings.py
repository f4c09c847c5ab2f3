"""Docstrings of what the packages export, against the signatures they describe."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import keras
import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

import keras_im2latex
import tfds_builders
from keras_im2latex.rendering import available, render

# What a person meets first: these say how they are used.
MAIN = {
    "Augmentation",
    "DrawnFormulas",
    "Im2Latex",
    "ModelServer",
    "OnnxReader",
    "Page",
    "Verifier",
    "Vocabulary",
    "attention_map",
    "beam_search",
    "compare_renderings",
    "corpus_bleu",
    "count_cells",
    "detokenize",
    "draw_pdf_page",
    "evaluate_predictions",
    "export_model",
    "export_onnx",
    "export_version",
    "extract_formulas",
    "greedy_search",
    "normalize",
    "prepare_picture",
    "read_picture",
    "render",
    "respell",
    "save_attention_picture",
    "score_predictions",
    "sparsemax",
    "tokenize",
    "train",
    "typeset",
}


# Examples that take a trained preset, a folder or a dataset of one's own are not run.
NEEDS_MORE = re.compile(r"from_preset|\.pdf|serving/|tfds\.builder|callbacks=|TrainingModel\(|train\(Training")

OWN = re.compile(r"keras_im2latex|tfds_builders")


def packages():
    """All packages with an `__all__`."""
    for root in (keras_im2latex, tfds_builders):
        yield root
        for found in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
            if found.ispkg:
                module = importlib.import_module(found.name)
                if hasattr(module, "__all__"):
                    yield module


def exported():
    """Every class and function that a package of this project exports, once, by its qualified name."""
    found = {}
    for package in packages():
        for name in package.__all__:
            value = getattr(package, name)
            if inspect.ismodule(value):  # of a dataset builder
                value = value.Builder
            if inspect.isclass(value) or inspect.isfunction(value):
                found.setdefault(f"{value.__module__}.{value.__qualname__}", value)
    return found


EXPORTED = exported()


def sections(value):
    """A docstring's sections: their names with their lines, without the indentation."""
    found, name = {}, None
    for line in inspect.cleandoc(value.__doc__ or "").splitlines():
        heading = re.fullmatch(r"([A-Z][a-z]+(?: [a-z]+)?):", line)
        if heading:
            name = heading[1]
            found[name] = []
        elif name is not None:
            found[name].append(line)
    return found


def named(lines):
    """What the entries of a section describe: `name: …`, `name (…): …`, or several with commas between."""
    names = []
    for line in lines:
        entry = re.match(r" {4}(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: \([^)]*\))?:", line)
        if entry:
            names += [name.lstrip("*") for name in entry[1].split(", ")]
    return names


def parameters(value):
    """Names of the parameters that a caller gives; those that Keras takes from every layer left out."""
    if inspect.isclass(value) and not OWN.match(_defining_init(value).__module__):
        return []
    if getattr(value, "_is_protocol", False):
        return []
    return [name for name in inspect.signature(value).parameters if name not in ("kwargs", "dtype", "name")]


def _defining_init(value):
    return next(base for base in value.__mro__ if "__init__" in vars(base))


def own_methods(value):
    """Public methods that a class itself defines."""
    for name, member in vars(value).items():
        member = member.__func__ if isinstance(member, (classmethod, staticmethod)) else member
        if inspect.isfunction(member) and not name.startswith("_"):
            yield member


@pytest.mark.parametrize("name", EXPORTED)
def test_arguments_are_those_of_the_signature(name):
    value = EXPORTED[name]
    assert value.__doc__, f"{name} has no docstring"
    described = sections(value)
    names = named(described.get("Args", ())) or named(described.get("Attributes", ()))
    if inspect.isclass(value) and issubclass(value, tuple):  # a named tuple's fields
        names, expected = named(described.get("Attributes", ())), list(value._fields)
    else:
        expected = parameters(value)
    assert [parameter for parameter in expected if parameter not in names] == [], f"{name}: not described"
    if "Args" in described:
        unknown = [argument for argument in named(described["Args"]) if argument not in {*expected, "dtype", "name"}]
        assert unknown == [], f"{name}: described, and no parameters"


@pytest.mark.parametrize("name", EXPORTED)
def test_functions_say_what_they_return_and_raise(name):
    value = EXPORTED[name]
    if not inspect.isfunction(value):
        return
    described = sections(value)
    tree = ast.parse(inspect.cleandoc("\n" + inspect.getsource(value)))
    returns = any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(tree.body[0]))
    yields = any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(tree.body[0]))
    raised = {
        node.exc.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name)
    }
    assert not returns or yields or "Returns" in described, f"{name}: says nothing of what it returns"
    assert not yields or {"Yields", "Returns"} & described.keys(), f"{name}: says nothing of what it yields"
    text = "\n".join(described.get("Raises", ()))
    assert [error for error in raised if error not in text] == [], f"{name}: raises"


@pytest.mark.parametrize("name", [name for name, value in EXPORTED.items() if inspect.isclass(value)])
def test_methods_have_docstrings_with_their_own_names(name):
    for method in own_methods(EXPORTED[name]):
        assert method.__doc__, f"{name}.{method.__name__} has no docstring"
        names = named(sections(method).get("Args", ()))
        known = [*inspect.signature(method).parameters]
        assert [argument for argument in names if argument not in known] == [], f"{name}.{method.__name__}"


def test_main_names_have_examples():
    by_name = {value.__name__: value for value in EXPORTED.values()}
    assert by_name.keys() >= MAIN
    without = [name for name in MAIN if ">>>" not in by_name[name].__doc__]
    assert sorted(without) == []


def examples():
    """Docstrings with examples that stand alone, by name, with the names of the package that exports them."""
    for package in packages():
        for name in package.__all__:
            value = getattr(package, name)
            value = value.Builder if inspect.ismodule(value) else value
            if not (inspect.isclass(value) or inspect.isfunction(value)):
                continue
            for documented in [value, *(own_methods(value) if inspect.isclass(value) else [])]:
                text = documented.__doc__ or ""
                if ">>>" in text and not NEEDS_MORE.search(text):
                    yield f"{package.__name__}.{documented.__qualname__}", (text, package)


EXAMPLES = dict(examples())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    formulas = {"formula.png": "E=mc^2", "first.png": "x^2", "second.png": r"\alpha"}
    for name, drawn in zip(formulas, render(formulas.values())):
        PIL.Image.fromarray(drawn.image).save(folder / name)
    return folder


@pytest.mark.skipif(not available(), reason="needs TeX and dvipng")
@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_give_what_they_show(name, folder, monkeypatch):
    monkeypatch.chdir(folder)
    text, package = EXAMPLES[name]
    names = {value.__name__: value for value in EXPORTED.values()}
    names.update({exported: getattr(package, exported) for exported in package.__all__})
    names.update(np=np, tf=tf, keras=keras, Path=Path)
    example = doctest.DocTestParser().get_doctest(text, names, name, None, 0)
    told = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE, verbose=False).run(example, out=told.append)
    assert "".join(told) == ""
