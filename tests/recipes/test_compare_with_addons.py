"""What the comparison with tensorflow-addons makes of two sets of results; the environment is not made here."""

import json

import numpy as np
import pytest

END = 2


@pytest.fixture(scope="module")
def recipe(load_recipe):
    return load_recipe("compare_with_addons")


def results(**changes):
    arrays = {"a/value/scores": np.array([-30.0, -np.inf]), "a/gradient/kernel": np.ones((2, 3))}
    return {**arrays, **changes}


def test_differences_are_measured_against_the_largest_value(recipe):
    ours = results(**{"a/value/scores": np.array([-30.0002, -np.inf])})
    values, gradients = recipe.compare(ours, results())
    assert values.largest == pytest.approx(2e-4)
    assert (gradients.name, gradients.largest, gradients.passed) == ("a/gradient/kernel", 0.0, True)
    finite = results(**{"a/value/scores": np.array([-30.0, 0.0])})
    near = {**finite, "a/value/scores": np.array([-30.0002, 0.0])}
    first, _ = recipe.compare(near, finite)
    assert (first.allowed, first.passed) == (pytest.approx(3e-4), True)
    near["a/value/scores"] = np.array([-30.0004, 0.0])
    assert not recipe.compare(near, finite)[0].passed


@pytest.mark.parametrize("broken", [np.ones((3, 2)), np.full((2, 3), np.nan), np.full((2, 3), np.inf)])
def test_other_shapes_and_no_numbers_never_pass(recipe, broken):
    difference = recipe.compare(results(**{"a/gradient/kernel": broken}), results())[1]
    assert (difference.largest, difference.passed) == (np.inf, False)


def test_results_of_one_side_alone_are_refused(recipe):
    with pytest.raises(ValueError, match=r"Received: \['a/value/more'\]"):
        recipe.compare(results(), results(**{"a/value/more": np.zeros(1)}))


def test_hypotheses_are_compared_up_to_their_end(recipe):
    padded_with_zero = np.array([[[5, END, 0, 0], [5, 6, END, 0]]])
    padded_with_end = np.array([[[5, END, END, END, END], [5, 6, END, END, END]]])
    expected = [[[5, END, -1], [5, 6, END]]]
    np.testing.assert_array_equal(recipe.cut_after_end(padded_with_zero, END), expected)
    np.testing.assert_array_equal(recipe.cut_after_end(padded_with_end, END), expected)
    assert recipe.cut_after_end(np.array([[5, 6, 7]]), END).tolist() == [[5, 6, 7]]


def test_table_names_what_fails(recipe):
    differences = recipe.compare(results(**{"a/gradient/kernel": np.full((2, 3), 1.5)}), results())
    rows = recipe.table(differences, {"a": (1.25, 2.5), "b": (1, 2)}).splitlines()
    assert rows[2] == "| a | 0.0e+00 | 5.0e-01 (too much) | 1.250 | 2.500 |"
    assert rows[3] == "| b | none | none | 1.000 | 2.000 |"


def test_both_sides_are_given_the_same_cases(recipe):
    inputs = recipe.make_inputs()
    assert {name.split("/")[0] for name in inputs} == {"sparsemax", "beam search", "attention step"}
    again = recipe.make_inputs()
    assert all(np.array_equal(value, again[name]) for name, value in inputs.items())


def test_an_environment_is_used_again(recipe, tmp_path, monkeypatch):
    commands = []
    folder = tmp_path / "environment"
    folder.mkdir()
    (folder / "complete.json").write_text(json.dumps(["other"]))

    def make(command, check):
        commands.append(command)
        folder.mkdir(exist_ok=True)

    monkeypatch.setattr(recipe.subprocess, "run", make)
    for _ in range(2):
        assert recipe.environment_python(folder, "python3.11") == folder / "bin" / "python"
    assert [command[1:3] for command in commands] == [["-m", "venv"], ["-m", "pip"]]
    assert commands[1][-2:] == recipe.REQUIREMENTS
