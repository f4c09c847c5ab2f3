"""The paper's tables with ours beside, from folders as training and evaluation leave them."""

import dataclasses
import itertools
import json
import shutil
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from keras_im2latex import cli

RECIPES = Path(__file__).parents[2] / "recipes"
SCORES = {
    "formulas": 8310,
    "image_formulas": 8000,
    "bleu": 90.0,
    "image_match": 80.0,
    "image_match_without_whitespace": 82.5,
    "image_edit_score": 91.25,
    "pixel_identical": 60.0,
    "token_exact_match": 40.0,
}
CELLS = {"coarse_cells": 21.04, "fine_cells": 72.0}
GPU = "NVIDIA H100 80GB HBM3"


@pytest.fixture(scope="module")
def recipe():
    sys.path.insert(0, str(RECIPES))
    try:
        import paper_tables

        yield paper_tables
    finally:
        sys.path.remove(str(RECIPES))


@pytest.fixture
def runs(tmp_path):
    return tmp_path / "runs"


def write_run(runs, name, scores=None, *, logged=12, minutes=1.5, formulas=84_000, log=None, **config):
    folder = runs / name
    folder.mkdir(parents=True, exist_ok=True)
    if log is None:
        log = [
            {"epoch": epoch, "minutes": minutes * (epoch + 1), "perplexity": 2 - epoch / 20, "val_perplexity": 1.5}
            for epoch in range(logged)
        ]
    (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in log))
    (folder / "formulas.json").write_text(json.dumps({"train": formulas}))
    start = {"first_epoch": 0, "devices": [GPU], "versions": {}}
    (folder / "run.json").write_text(json.dumps({"config": {"seed": 7, **config}, "starts": [start]}))
    if scores:
        (folder / "results.json").write_text(json.dumps({"runs": {"rendered": scores}}))
    return folder


def tables(recipe, runs, *arguments, run_command=None):
    """The Markdown that the recipe writes, as a dict from a table's title to its rows by their first two cells."""
    output = runs.parent / "tables"
    command = ["--runs", runs, "--output", output, *arguments]
    status = recipe.main([*map(str, command)], run_command or pytest.fail)
    text = (output / "paper_tables.md").read_text()
    found = {}
    for part in text.split("#### ")[1:]:
        title, _, body = part.partition("\n")
        lines = [line for line in body.splitlines() if line.startswith("|")]
        cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
        assert len({len(row) for row in cells}) == 1, title
        assert lines[1].count("---") == len(cells[0])
        found[title.partition(":")[0]] = [dict(enumerate(row)) for row in [cells[0], *cells[2:]]]
    return SimpleNamespace(text=text, found=found, status=status, output=output)


def row_of(table, *begin):
    (row,) = [row for row in table[1:] if list(row.values())[: len(begin)] == list(begin)]
    return list(row.values())[len(begin) :]


def test_without_runs_the_papers_figures_alone(recipe, runs):
    made = tables(recipe, runs)
    assert row_of(made.found["Table 2"], "INFTY", "") == [
        *("51.20", "66.65", "—", "15.60", "—", "26.66", "—", "53.82", "—", "—", "—")
    ]
    assert row_of(made.found["Table 3"], "NGRAM", "5-gram Kneser-Ney") == ["5.50", "—", "8.95", "—", "—", "—"]
    sparsemax = row_of(made.found["Table 4"], "IM2TEX-C2F", "sparsemax")
    assert sparsemax == ["86.97", "—", "76.15", "—", "78.10", "—", "22", "—", "74", "—", "—"]
    assert [list(row.values())[:2] for row in made.found["Figure 4"][1:4]] == [
        ["8,400", "19.0"],
        ["16,800", "51.0"],
        ["25,200", "64.0"],
    ]
    assert len(made.found["Figure 4"]) == 1 + 10
    made_by = made.found["How each row of ours was made"]
    assert row_of(made_by, "CTC") == ["—"] * 6 + ["train: `--only ctc`"]
    assert row_of(made_by, "INFTY")[-1] == "its predictions"
    assert "im2latex evaluate FORMULAS --predictions infty.tsv --output runs/infty" in made.text
    assert "repeat the rows" not in made.text
    assert made.status == 0


def test_ours_stand_beside_the_papers(recipe, runs):
    write_run(runs, "budget_standard", SCORES | CELLS | {"fine_cells": 320.0})
    write_run(runs, "budget_sparsemax", SCORES | CELLS | {"bleu": 89.25, "pixel_identical": 61.0})
    write_run(runs, "budget_language_model")
    made = tables(recipe, runs)
    assert row_of(made.found["Table 2"], "IM2TEX", "standard") == [
        *("58.41", "87.73", "90.00", "77.46", "80.00", "79.88", "82.50", "87.60", "91.25", "60.00", "40.00")
    ]
    assert row_of(made.found["Table 3"], "LSTM-LM", "-Enc") == ["4.13", "2.000", "5.22", "1.500", "—", "—"]
    sparsemax = row_of(made.found["Table 4"], "IM2TEX-C2F", "sparsemax")
    assert sparsemax[1::2][:5] == ["89.25", "80.00", "82.50", "21.0", "72.0"]
    assert "- sparsemax: BLEU -0.75, pixel-identical +1.00, #F 0.225 of standard's" in made.text
    assert row_of(made.found["Figure 4"], "84,000", "77.5") == ["80.00", "90.00", "60.00"]
    made_by = made.found["How each row of ours was made"]
    assert row_of(made_by, "IM2TEX, standard") == ["84,000", "12", "18.0", GPU, "7", "8,310", ""]
    assert row_of(made_by, "LSTM-LM, -Enc") == ["84,000", "12", "18.0", GPU, "7", "—", ""]
    repeated = made.text.partition("repeat the rows")[2]
    assert (
        "# IM2TEX-C2F, sparsemax\n"
        "python recipes/train.py --config recipes/configs/budget_sparsemax.py --data-dir DATA "
        "--output runs/budget_sparsemax\n"
        "python recipes/evaluate.py --preset runs/budget_sparsemax/preset --formulas FORMULAS --length-penalty 0 "
        "--beam-size 5 --plain --output runs/budget_sparsemax/results.json --count-cells\n"
    ) in repeated
    assert str(runs.parent) not in made.text.replace(str(made.output), "")
    for name in ("figure_4", "bars"):
        picture = Image.open(made.output / f"{name}.png").convert("RGB")
        colours = {colour for _, colour in picture.getcolors(1 << 20)}
        assert {(0x9A, 0xA5, 0xB1), (0x1F, 0x6F, 0xB2)} <= colours  # the paper's, ours


def test_the_perplexities_are_those_of_the_preset_and_minutes_add_up_over_starts(recipe, runs):
    rows = [(3.0, 1.9, 10.0), (2.0, 1.2, 20.0), (1.8, 1.3, 4.5), (1.7, 1.4, 9.0)]  # started again after two epochs
    log = [
        {"epoch": epoch, "perplexity": training, "val_perplexity": held_out, "minutes": minutes}
        for epoch, (training, held_out, minutes) in enumerate(rows)
    ]
    write_run(runs, "budget_no_positions", log=log)
    made = tables(recipe, runs)
    assert row_of(made.found["Table 3"], "IM2TEX", "-PosEmbed")[:4] == ["1.03", "2.000", "1.12", "1.200"]
    row = row_of(made.found["How each row of ours was made"], "IM2TEX, -PosEmbed")
    assert row[1:3] == ["4 of 12", "29.0"]
    assert row[-1] == "train: `--only no_positions`"


def test_a_run_that_is_not_the_budgets_says_so(recipe, runs):
    write_run(runs, "budget_ctc", SCORES, formulas=20_000, logged=8, epochs=8, batch_size=96)
    write_run(runs, "budget_standard_8400", SCORES, formulas=8_400)
    made = tables(recipe, runs)
    assert row_of(made.found["How each row of ours was made"], "CTC") == ["20,000", "8", "12.0", GPU, "7", "8,310", ""]
    (note,) = [line for line in made.text.splitlines() if "was not trained as" in line]
    assert note.startswith("- CTC was not trained as its config says now: ")
    for difference in ("formulas 20000, now 84000", "epochs 8, now 12", "batch_size 96, now 128"):
        assert difference in note
    assert "budget_ctc.py --data-dir DATA --output runs/budget_ctc --formulas 20000\n" in made.text


def test_a_run_without_run_json_is_told_by_the_config_file(recipe, runs):
    folder = write_run(runs, "budget_caption", SCORES)
    (folder / "run.json").unlink()
    made = tables(recipe, runs, "--device", "one H100")
    row = row_of(made.found["How each row of ours was made"], "CAPTION, standard")
    assert row == ["84,000", "12", "18.0", "one H100", "0", "8,310", ""]
    assert "was not trained as" not in made.text


def test_the_order_is_computed(recipe, runs):
    matches = dict(ctc=5, caption=60, coarse_only=60.5, hard=70, sparsemax=70, hierarchical=70, standard=69)
    for name, match in matches.items():
        write_run(runs, f"budget_{name}", SCORES | CELLS | {"image_match": float(match)})
    made = tables(recipe, runs)
    table = made.found["Do they come in the expected order?"]
    header = list(table[0].values())
    ours, papers = header.index("match, ours"), header.index("match, paper")
    rows = {row[0]: row for row in table[1:]}
    assert [row[ours].split(",")[0].strip("*") for row in rows.values()] == ["yes", "yes", "yes", "no", "yes", "no"]
    assert [row[papers].split(",")[0].strip("*") for row in rows.values()] == ["yes", "no", "yes", "yes", "yes", "yes"]
    # By hand: 1.96 sqrt((60 * 40 + 60.5 * 39.5) / 8000)
    assert rows["CAPTION < coarse-only"][ours] == "yes, +0.50 ± 1.52"
    assert (
        "- match, ours: 4 of 6 relations hold; sparsemax is equal to hard, within chance; "
        "standard is 1.00 below hierarchical, within chance."
    ) in made.text
    assert "- match, paper: 5 of 6 relations hold; coarse-only is 9.13 below CAPTION." in made.text
    assert "CAPTION, as in the paper" not in made.text
    write_run(runs, "budget_coarse_only", SCORES | CELLS | {"image_match": 55.0})
    assert "coarse-only is 5.00 below CAPTION, as in the paper;" in tables(recipe, runs).text
    write_run(runs, "budget_coarse_only", SCORES | CELLS | {"image_match": 60.5})
    shutil.rmtree(runs / "budget_hard")
    assert "- match, ours: 3 of 4 relations hold (2 not measured); standard" in tables(recipe, runs).text


def test_handwriting_stands_beside_the_paper_and_the_competition(recipe, runs):
    write_run(runs, "handwritten_standard_pretraining", logged=6, epochs=6, formulas=90_000)
    write_run(runs, "handwritten_standard", SCORES | CELLS | {"formulas": 671}, logged=8, epochs=8, formulas=80_000)
    made = tables(recipe, runs)
    table = made.found["Table 2, lower half"]
    assert [row[0] for row in table[1:5]] == ["MyScript", "U Valencia", "TUAT", "USP"]
    assert row_of(table, "MyScript")[1:] == ["—", "—", "—", "60.36", "—", "—", "—", "—", "—"]
    assert row_of(table, "IM2TEX", "standard") == [
        *("44.51", "60.84", "90.00", "33.53", "80.00", "34.72", "82.50", "60.00", "40.00")
    ]
    assert row_of(table, "IM2TEX-C2F", "hard")[:4] == ["43.09", "57.18", "—", "29.51"]
    made_by = made.found["How each row of ours was made"]
    assert row_of(made_by, "IM2TEX, standard (handwriting)") == [
        *("80,000", "8 after handwritten_standard_pretraining's", "12.0", GPU, "7", "671", "")
    ]
    assert row_of(made_by, "IM2TEX, standard, pretraining (handwriting)")[:2] == ["90,000", "6"]
    assert not [row for row in made_by if row[0].startswith("MyScript")]
    assert "myscript" not in made.text
    assert "was not trained as its config says" not in made.text
    assert (
        "# IM2TEX, standard (handwriting)\n"
        "python recipes/train.py --config recipes/configs/handwritten_standard.py --data-dir DATA "
        "--output runs/handwritten_standard --initial-preset runs/handwritten_standard_pretraining/preset\n"
        "python recipes/evaluate_handwriting.py --preset runs/handwritten_standard/preset --data-dir DATA "
        "--beam-size 5 --plain --output runs/handwritten_standard/results.json --count-cells\n"
    ) in made.text


class Machine:
    """Stands for the processes that train and evaluate: leaves the files that they would."""

    def __init__(self, runs, failing=()):
        self.runs, self.failing, self.commands = runs, failing, []

    def __call__(self, command, **_):
        assert command[0] == sys.executable
        script, arguments = Path(command[1]), command[2:]
        assert script.is_file()
        given = dict(itertools.pairwise(arguments))
        name = Path(given["--output"]).name
        if script.stem.startswith("evaluate"):
            name = Path(given["--output"]).parent.name
        self.commands.append((script.stem, name))
        if (script.stem, name) in self.failing:
            return 1
        if script.stem.startswith("evaluate"):
            scores = {"pictures_read": 3} if "--read-only" in arguments else dict(SCORES)
            scores |= CELLS if "--count-cells" in arguments else {}
            (self.runs / name / "results.json").write_text(json.dumps({"runs": {"rendered": scores}}))
        else:
            assert Path(given["--config"]).is_file()
            import train

            epochs = train.load_config(given["--config"]).epochs
            logged = {"train_n_gram": 1, "train": epochs}[script.stem]
            write_run(self.runs, name, logged=logged, formulas=int(given.get("--formulas", 84_000)))
        return 0


TRAIN = ("--train", "--data-dir", "DATA", "--formulas", "validation.txt")


def test_what_is_missing_is_trained_and_evaluated(recipe, runs):
    write_run(runs, "budget_standard", SCORES | CELLS)
    write_run(runs, "budget_ctc")
    interrupted = write_run(runs, "budget_caption", SCORES, logged=5)
    (interrupted / "results.predictions.tsv").write_text("what its fifth epoch read")
    machine = Machine(runs)
    made = tables(recipe, runs, *TRAIN, run_command=machine)
    assert made.status == 0
    names = [name for _, name in machine.commands]
    assert "budget_standard" not in names
    assert [command for command in machine.commands if command[1] == "budget_ctc"] == [("evaluate", "budget_ctc")]
    assert names.index("budget_hierarchical") < names.index("budget_hard")
    assert not (interrupted / "results.predictions.tsv").exists()
    assert ("train_n_gram", "budget_n_gram") in machine.commands
    assert ("evaluate", "budget_language_model") not in machine.commands
    assert ("evaluate_handwriting", "handwritten_standard") in machine.commands
    assert ("evaluate_handwriting", "handwritten_standard_pretraining") not in machine.commands
    for name, before in (("standard", "standard_pretraining"), ("hard", "hierarchical")):
        trained = [("train", f"handwritten_{one}") for one in (before, name)]
        assert [command for command in machine.commands if command in trained] == trained
    assert ("train", "budget_standard_8400") in machine.commands
    assert [row[7] for row in made.found["How each row of ours was made"][1:] if row[7]] == ["its predictions"]
    again = Machine(runs)
    tables(recipe, runs, *TRAIN, run_command=again)
    assert again.commands == []


def test_systems_come_in_the_order_asked_for_but_after_what_they_start_from(recipe, runs):
    machine = Machine(runs)
    tables(recipe, runs, *TRAIN, "--only", "sparsemax", "hard", "ctc", "hierarchical", run_command=machine)
    trained = [name for script, name in machine.commands if script == "train"]
    assert trained == ["budget_sparsemax", "budget_hierarchical", "budget_hard", "budget_ctc"]


class TwoGpus(Machine):
    """The first trainings wait for each other, so that they must run at once."""

    def __init__(self, runs, together):
        super().__init__(runs)
        self.environments, self.most = [], 0
        self._together, self._first = threading.Barrier(together), together
        self._running, self._lock = 0, threading.Lock()

    def __call__(self, command, env=None, stdout=None, **_):
        behind, command = command[: command.index(sys.executable)], command[command.index(sys.executable) :]
        is_training = Path(command[1]).stem == "train"
        assert is_training != bool(behind)  # what reads runs behind what feeds the GPUs
        with self._lock:
            self._running += is_training
            self.most = max(self.most, self._running)
            self._first -= is_training
            waits = is_training and self._first >= 0
            given = dict(itertools.pairwise(command))
            self.environments.append((Path(command[1]).stem, env["CUDA_VISIBLE_DEVICES"], given.get("--turns")))
        if waits:
            self._together.wait(60)
        print("seen", file=stdout)
        with self._lock:
            self._running -= is_training
            return super().__call__(command)


def test_several_systems_train_at_once_on_the_gpus_that_are_named(recipe, runs):
    names = ["ctc", "caption", "hierarchical", "no_positions", "hard", "n_gram"]
    machine = TwoGpus(runs, together=4)
    command = (*TRAIN, "--gpus", "0", "5", "--only", *names)
    made = tables(recipe, runs, *command, run_command=machine)
    assert made.status == 0
    assert machine.most == 4  # one that trains and one that compiles on each
    for script, gpu, turns in machine.environments:
        if script == "train":
            assert gpu in ("0", "5")
            assert turns == str(runs / f"gpu_{gpu}")
        else:
            assert (gpu, turns) == ("-1", None)
    assert {name for _, name in machine.commands} == {f"budget_{name}" for name in names}
    trained = [name for script, name in machine.commands if script == "train"]
    assert trained.index("budget_hierarchical") < trained.index("budget_hard")
    assert (runs / "ctc.log").read_text() == "seen\n"
    assert (runs / "ctc.evaluation.log").exists()


def test_pictures_may_be_read_first_and_scored_elsewhere(recipe, runs):
    machine = Machine(runs)
    command = (*TRAIN, "--only", "sparsemax")
    for _ in range(2):  # the second time there is nothing to do
        made = tables(recipe, runs, *command, "--read-only", "--images", "drawn", run_command=machine)
    assert machine.commands == [("train", "budget_sparsemax"), ("evaluate", "budget_sparsemax")]
    row = row_of(made.found["How each row of ours was made"], "IM2TEX-C2F, sparsemax")
    assert row[-1] == "evaluate: `--only sparsemax`"
    made = tables(recipe, runs, *command, run_command=machine)
    assert machine.commands[2:] == [("evaluate", "budget_sparsemax")]
    assert row_of(made.found["How each row of ours was made"], "IM2TEX-C2F, sparsemax")[-1] == ""


def test_a_failed_command_costs_its_row_alone(recipe, runs, capsys):
    interrupted = write_run(runs, "budget_ctc", SCORES, logged=5)
    machine = Machine(runs, failing=[("train", "budget_ctc")])
    made = tables(recipe, runs, *TRAIN, "--only", "ctc", "caption", run_command=machine)
    assert made.status == 1
    assert machine.commands == [("train", "budget_ctc"), ("train", "budget_caption"), ("evaluate", "budget_caption")]
    assert "failed: recipes/train.py --config recipes/configs/budget_ctc.py" in capsys.readouterr().err
    row = row_of(made.found["How each row of ours was made"], "CTC")
    assert row == ["84,000", "5 of 12", "7.5", GPU, "7", "8,310", "train: `--only ctc`"]
    assert (interrupted / "results.json").is_file()


def test_the_recipes_understand_their_commands(recipe, runs, monkeypatch):
    """The parsers of train.py and evaluate.py, and the configs that come out."""
    import evaluate
    import evaluate_handwriting
    import train
    from paper.commands import Places, evaluate_command, train_command
    from paper.systems import TABLE_4

    import keras_im2latex.training

    trained = {}
    monkeypatch.setattr(train, "load_examples", lambda name, data_dir, formulas: (name, data_dir, formulas))
    monkeypatch.setattr(
        keras_im2latex.training,
        "train",
        lambda config, examples, folder, **_: trained.update({Path(folder).name: (config, examples)}),
    )
    places = Places(runs, "DATA", "FORMULAS", "IMAGES", 3, True)
    for system in recipe.SYSTEMS.values():
        if system.config and system.recipe == "train.py":
            monkeypatch.setattr(sys, "argv", recipe.runnable(train_command(system, places))[1:])
            train.main()
        if system.config and system.is_read:
            parser = evaluate_handwriting if system.handwriting else evaluate
            options = parser.parse_arguments(evaluate_command(system, places)[1:])
            assert options.output == runs / system.folder / "results.json"
            assert (options.beam_size, options.plain, options.read_only) == (3, True, True)
            assert options.count_cells == (system.handwriting or system.name in TABLE_4)
            if system.handwriting:
                assert options.data_dir == "DATA"
            else:
                assert options.images == Path("IMAGES")
    keeping = dataclasses.replace(places, autotuning="tuned.textproto")
    assert train_command(recipe.SYSTEMS["ctc"], keeping)[-2:] == ["--autotuning", "tuned.textproto"]
    assert train_command(recipe.SYSTEMS["n_gram"], keeping) == train_command(recipe.SYSTEMS["n_gram"], places)
    config, examples = trained["budget_hard"]
    assert config.initial_preset == str(runs / "budget_hierarchical/preset")
    assert examples == ("latex_formulas/prepared", "DATA", 84_000)
    assert trained["budget_tokenized"][1][0] == "latex_formulas/prepared_tokenized"
    assert trained["budget_standard_8400"][0] == dataclasses.replace(trained["budget_standard"][0], formulas=8_400)
    assert {config.epochs for name, (config, _) in trained.items() if "budget" in name and "hard" not in name} == {12}
    config, examples = trained["handwritten_standard"]
    assert config.initial_preset == str(runs / "handwritten_standard_pretraining/preset")
    assert examples == ("crohme/augmented", "DATA", None)
    assert trained["handwritten_hard"][0].initial_preset == str(runs / "handwritten_hierarchical/preset")


@pytest.mark.skipif(not (shutil.which("latex") and shutil.which("dvipng")), reason="TeX is not installed")
def test_results_as_the_evaluations_write_them(recipe, runs, tmp_path, capsys):
    """Two formulas: CTC reads both as the first, INFTY's file has both right, another system none."""
    import evaluate

    formulas = ["x ^ { 2 }", r"\frac { a } { b }"]
    (tmp_path / "formulas.txt").write_text("".join(line + "\n" for line in formulas))

    class Reader:
        def generate(self, pictures, **_):
            return [SimpleNamespace(tokens=formulas[0].split(), score=-1.0, error=None) for _ in pictures]

    folder = write_run(runs, "budget_ctc")
    command = ["--preset", folder / "preset", "--formulas", tmp_path / "formulas.txt"]
    evaluate.main([*map(str, command), "--output", str(folder / "results.json")], lambda _: Reader())
    for name, right in (("infty", True), ("other", False)):
        lines = [f"{index}\t{latex if right else 'y'}\n" for index, latex in enumerate(formulas)]
        (tmp_path / f"{name}.tsv").write_text("".join(lines))
        cli.main(
            [
                *("evaluate", str(tmp_path / "formulas.txt"), "--predictions", str(tmp_path / f"{name}.tsv")),
                *("--output", str(runs / name), "--resamples", "10"),
            ]
        )
    made = tables(recipe, runs, "--results", f"other={runs / 'other' / 'results.json'}")
    matches = {row[0]: (row[6], row[11]) for row in made.found["Table 2"][1:]}
    assert matches["CTC"] == ("50.00", "50.00")
    assert matches["INFTY"] == ("100.00", "100.00")
    assert matches["other"] == ("0.00", "0.00")
    made_by = made.found["How each row of ours was made"]
    assert [row_of(made_by, name)[5:] for name in ("CTC", "INFTY", "other")] == [["2", ""]] * 3


def test_what_does_not_fit_is_refused(recipe, runs, tmp_path, capsys):
    for pair in ("ctc", f"ctc={tmp_path / 'missing.json'}"):
        with pytest.raises(SystemExit, match=f"Received: {pair}"):
            tables(recipe, runs, "--results", pair)
    (tmp_path / "wrong.json").write_text(json.dumps({"runs": {"authors' images": SCORES}}))
    with pytest.raises(SystemExit, match="must hold a run 'rendered' or scores 'overall'"):
        tables(recipe, runs, "--results", f"ctc={tmp_path / 'wrong.json'}")
    with pytest.raises(SystemExit):
        tables(recipe, runs, "--train", "--data-dir", "DATA")
    assert "--train needs --data-dir and, but for handwriting alone, --formulas" in capsys.readouterr().err
    assert recipe.parse_arguments(["--train", "--data-dir", "D", "--only", "handwritten_hard"]).formulas is None
