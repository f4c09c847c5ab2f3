"""What a run's folder says of a system."""

import dataclasses
import itertools
import json

from paper.systems import System

SCORES = (
    "bleu",
    "image_match",
    "image_match_without_whitespace",
    "image_edit_score",
    "pixel_identical",
    "token_exact_match",
    "formulas",
    "image_formulas",
)
"""What is taken from the results of an evaluation, beside the cells."""

CELLS = ("coarse_cells", "fine_cells")


@dataclasses.dataclass(frozen=True)
class Measurement:
    """Ours for one row.

    Attributes:
        system: the `System`.
        figures: dict from a figure's name to its value: scores in percent, counts, perplexities; what is missing is
            left out.
        formulas: training formulas, or None where nothing is trained.
        epochs: epochs trained.
        epochs_wanted: epochs of the config, or None where it is not known.
        minutes: minutes of training.
        devices: what it was trained on.
        seed: seed of the run.
        differences: how the run's config differs from the config file as it is now, a list of strings.
    """

    system: System
    figures: dict = dataclasses.field(default_factory=dict)
    formulas: int | None = None
    epochs: int = 0
    epochs_wanted: int | None = None
    minutes: float | None = None
    devices: str = ""
    seed: int | None = None
    differences: tuple[str, ...] = ()

    @property
    def is_trained(self):
        """Whether training is complete, or there is nothing to train."""
        if not self.system.config:
            return True
        return self.epochs > 0 and self.epochs >= (self.epochs_wanted or 1)

    @property
    def is_scored(self):
        """Whether every figure that an evaluation gives is there."""
        wanted = ("bleu", *(CELLS if self.system.counts_cells else ())) if self.system.is_read else ()
        return all(name in self.figures for name in wanted)


def read_measurement(system, runs, config, results=None):
    """Reads a run's folder: `log.jsonl`, `formulas.json`, `run.json` and `results.json`, those that are there.

    Args:
        system: `System`.
        runs: path of the runs' folders.
        config: dict, the system's config as the file has it now; None where nothing is trained.
        results: path of what an evaluation wrote, where it is not in the folder.

    Returns:
        `Measurement`.

    Raises:
        ValueError: a file is not what it should be.
    """
    folder = runs / system.folder
    figures = read_results(results or folder / "results.json")
    if config is None:
        return Measurement(system, figures)
    log = [json.loads(line) for line in _text(folder / "log.jsonl").splitlines()]
    facts = json.loads(_text(folder / "run.json") or "{}")
    if "held_out_perplexity" not in figures and log and "val_perplexity" in log[0]:
        best = min(log, key=lambda row: row["val_perplexity"])  # which is what the preset is
        figures |= {"perplexity": best["perplexity"], "held_out_perplexity": best["val_perplexity"]}
    formulas = json.loads(_text(folder / "formulas.json") or "{}").get("train")
    wanted = system.formulas or config["formulas"]  # None: all there are
    config = config | {"formulas": wanted}
    trained_with = facts.get("config", {}) | ({"formulas": formulas if wanted else None} if formulas else {})
    return Measurement(
        system,
        figures,
        formulas=formulas,
        epochs=len(log),
        epochs_wanted=1 if system.recipe == "train_n_gram.py" else trained_with.get("epochs", config["epochs"]),
        minutes=_minutes(log),
        devices=_devices(facts),
        seed=trained_with.get("seed", config["seed"]),
        differences=tuple(_differences(trained_with, config)),
    )


def read_results(path):
    """The figures that `recipes/evaluate.py` or `im2latex evaluate` wrote.

    Args:
        path: path of the JSON file.

    Returns:
        Dict of figures; empty where there is no such file, or the pictures are read and not scored.

    Raises:
        ValueError: the file holds no results of either.
    """
    text = _text(path)
    if not text:
        return {}
    results = json.loads(text)
    scores = results["runs"].get("rendered") if "runs" in results else results.get("overall")
    if scores is None:
        raise ValueError(f"{path}: must hold a run 'rendered' or scores 'overall'. Received: {', '.join(results)}")
    return {name: scores[name] for name in (*SCORES, *CELLS) if name in scores}


def _text(path):
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _minutes(log):
    """Minutes of all starts together: each counts from 0 again."""
    if not log:
        return None
    ends = [row["minutes"] for row, after in itertools.pairwise(log) if after["minutes"] < row["minutes"]]
    return sum(ends) + log[-1]["minutes"]


def _devices(facts):
    kinds = {}
    for start in facts.get("starts", []):
        for name in set(start["devices"]):
            kinds[name] = max(kinds.get(name, 0), start["devices"].count(name))
    return ", ".join(name if number == 1 else f"{number} {name}" for name, number in kinds.items())


def _differences(trained_with, config):
    for name, now in config.items():
        before = trained_with.get(name, now)
        if name == "augmentation" and before and now:
            # What a run knew nothing of is an effect that was added since, and off.
            now = {key: value for key, value in now.items() if key in before}
        if before != now and name not in ("seed", "initial_preset"):
            yield f"{name} {json.dumps(before)}, now {json.dumps(now)}"
