"""The commands that train and evaluate a system."""

import dataclasses
from pathlib import Path

from paper.systems import SYSTEMS


@dataclasses.dataclass(frozen=True)
class Places:
    """Where things are, and how pictures are read.

    Attributes:
        runs: folder of the runs' folders.
        data_dir: folder of TensorFlow datasets.
        formulas: file of the formulas to evaluate on.
        images: folder for rendered pictures, or None.
        beam_size: hypotheses kept.
        read_only: whether to read without scoring, where there is no TeX.
        autotuning: file in which XLA keeps its choice of algorithms from one training to the next, or None.
    """

    runs: Path = Path("runs")
    data_dir: str | None = None
    formulas: str | None = None
    images: str | None = None
    beam_size: int = 5
    read_only: bool = False
    autotuning: str | None = None

    def to_show(self):
        """The same for other people's machines."""
        runs = Path(self.runs.name) if self.runs.is_absolute() else self.runs
        return Places(runs, "DATA", "FORMULAS", beam_size=self.beam_size)


def train_command(system, places, formulas=None):
    """The command that trains a system.

    Args:
        system: `System`.
        places: `Places`.
        formulas: int, training formulas where they are other than the system's, or None.

    Returns:
        List of strings, a recipe and its arguments.
    """
    formulas = formulas or system.formulas
    command = [f"recipes/{system.recipe}", "--config", f"recipes/configs/{system.config}.py"]
    command += ["--data-dir", str(places.data_dir), "--output", str(places.runs / system.folder)]
    if formulas:
        command += ["--formulas", str(formulas)]
    if system.starts_from:
        command += ["--initial-preset", str(places.runs / SYSTEMS[system.starts_from].folder / "preset")]
    if places.autotuning and system.needs_gpu:
        command += ["--autotuning", str(places.autotuning)]
    return command


def evaluate_command(system, places):
    """The command that scores a system, on the formulas or on CROHME; arguments and result as `train_command`'s."""
    folder = places.runs / system.folder
    recipe = "evaluate_handwriting" if system.handwriting else "evaluate"
    command = [f"recipes/{recipe}.py", "--preset", str(folder / "preset")]
    if system.handwriting:
        command += ["--data-dir", str(places.data_dir)]
    else:
        command += ["--formulas", str(places.formulas), "--length-penalty", "0"]
    # The paper's systems search, and no more.
    command += ["--beam-size", str(places.beam_size), "--plain", "--output", str(folder / "results.json")]
    if system.counts_cells:
        command += ["--count-cells"]
    if places.images and not system.handwriting:
        command += ["--images", str(places.images)]
    if places.read_only:
        command += ["--read-only"]
    return command


def shown_commands(system, places, formulas=None):
    """The commands that make a row, as one types them: a list of strings."""
    if not system.config:
        output = places.runs / system.folder
        return [f"im2latex evaluate {places.formulas} --predictions {system.name}.tsv --output {output}"]
    commands = [train_command(system, places, formulas)]
    if system.is_read:
        commands.append(evaluate_command(system, places))
    return [" ".join(["python", *command]) for command in commands]
