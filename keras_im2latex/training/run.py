"""One training run: data and config in, a preset out, resumable after a kill."""

import contextlib
import dataclasses
import json
import platform
import time
from pathlib import Path

import keras
import tensorflow as tf

from keras_im2latex.markup import Vocabulary
from keras_im2latex.markup.spelling_graph import respell_graph
from keras_im2latex.training.input_pipeline import epochs, formula_batches
from keras_im2latex.training.kept_presets import BestPreset, EpochPresets, best_of
from keras_im2latex.training.optimizers import build_optimizer
from keras_im2latex.training.several_hosts import fit_over_hosts, is_chief, over_several_hosts, split_batches
from keras_im2latex.training.systems import SYSTEMS
from keras_im2latex.training.throughput import Throughput
from keras_im2latex.training.time_limit import TimeLimit
from keras_im2latex.training.training_model import build_training_model

_SHUFFLE_BUFFER = 50_000
_LOG = "log.jsonl"
_FACTS = "run.json"


def train(config, examples, folder, *, strategy=None, minutes=None, description="", verbose="auto", turn=None):
    """Trains a model and keeps the weights that are best on the validation examples.

    Called again with the same folder it goes on after the last complete epoch.

    Args:
        config: a `TrainingConfig`.
        examples: dict with `train` and `validation`, finite `tf.data.Dataset`s of dicts with `image` (the bytes of
            a prepared picture's PNG file, or uint8 `(height, width, 1)`) and `latex`.
        folder: where backups, logs for TensorBoard, `log.jsonl` and the `preset` go; and `run.json`, which holds the
            config and, for every start, the epoch, the devices and the versions. Under several hosts it must be the
            same folder for all of them; only the first one writes there.
        strategy: a `tf.distribute.Strategy`, or None for one device. The config's batch is that of all replicas
            together.
        minutes: stop at the last epoch's end that comes before this many minutes, or None.
        description: what the preset says of itself.
        verbose: as in `fit`.
        turn: context manager around the steps of training, or None: entered once all is compiled, left after the last
            step. How long entering takes is not counted.

    Returns:
        The trained model, with the best weights, which are those of the preset.

    Raises:
        ValueError: the replicas of several hosts can't share the config's batch evenly.

    Example:
        >>> model = train(TrainingConfig(epochs=1), {"train": train, "validation": validation}, "runs/first")
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(config.seed)
    keras.config.set_dtype_policy(config.precision)
    started = time.monotonic()

    system = SYSTEMS[config.system]
    if config.respell:
        examples = {split: _respelled(part) for split, part in examples.items()}
    initial = None if config.initial_preset is None else system.model.from_preset(config.initial_preset)
    chief = is_chief(strategy)
    vocabulary, count = _vocabulary_and_count(folder, examples["train"], config, initial, chief)
    steps = max(count // config.batch_size, 1)
    at_once = config.steps_at_once if steps >= 10 * config.steps_at_once else 1
    steps -= steps % at_once
    log_path = folder / _LOG
    first_epoch = _finished_epochs(log_path)
    if first_epoch < config.epochs and chief:
        _note_start(folder / _FACTS, config, first_epoch, strategy)

    scope = strategy.scope() if strategy is not None else contextlib.nullcontext()
    with scope:
        model = system.model(vocabulary, **config.model)
        model.handwriting = config.handwriting
        if initial is not None:
            _take_weights(model, initial, config.initial_preset)
        for name in config.frozen:
            model.get_layer(name).trainable = False
        training_model = build_training_model(model, config)
        training_model.compile_training(
            optimizer=build_optimizer(config, steps * config.epochs),
            loss=system.loss(config),
            xla=config.xla,
            steps_per_execution=at_once,
            weighted_metrics=system.metrics(),
        )
    names = [tensor.name for tensor in training_model.inputs]
    validation_batch_size = config.batch_size * system.validation_batches
    batches = _batches(config, examples, vocabulary, first_epoch, names, validation_batch_size)
    if config.xla and strategy is None:
        blank = [_blank_batch(config, config.batch_size, canvas, names) for canvas in config.canvases]
        training_model.compile_shapes(blank, batches["train"].element_spec)
        blank = [_blank_batch(config, validation_batch_size, canvas, names) for canvas in config.validation_canvases]
        training_model.try_validation(blank, batches["validation"].element_spec)
    waiting = time.monotonic()
    with turn or contextlib.nullcontext():
        started += time.monotonic() - waiting
        callbacks = _callbacks(config, system, model, folder, minutes, description, started, chief)
        if over_several_hosts(strategy):
            fit_over_hosts(
                training_model,
                strategy,
                split_batches(strategy, batches["train"], config.batch_size),
                split_batches(strategy, batches["validation"], validation_batch_size),
                epochs=config.epochs,
                steps=steps,
                callbacks=callbacks,
                verbose=verbose if chief else 0,
            )
        else:
            training_model.fit(
                batches["train"],
                epochs=config.epochs,
                steps_per_epoch=steps,
                validation_data=batches["validation"],
                callbacks=callbacks,
                verbose=verbose,
            )
    return system.model.from_preset(folder / "preset")


def _respelled(examples):
    return examples.map(lambda example: {**example, "latex": respell_graph(example["latex"])}, tf.data.AUTOTUNE)


def _take_weights(model, initial, name):
    """Copies the weights that both models have, from the preset of a name; what tokens add keeps its values."""
    values = {variable.path: variable for variable in initial.weights}
    sizes = (len(initial.vocabulary), len(model.vocabulary))
    for variable in model.weights:
        if variable.path not in values:
            continue
        value = values[variable.path]
        if any(ours != theirs and (theirs, ours) != sizes for ours, theirs in zip(variable.shape, value.shape)):
            raise ValueError(
                f"`initial_preset` must have weights of the shapes that the config's `model` has, {variable.path} of "
                f"shape {variable.shape}. Received: initial_preset={name!r}, which has it of shape {value.shape}"
            )
        taken = variable.numpy()
        taken[tuple(map(slice, value.shape))] = value.numpy()
        variable.assign(taken)


def _vocabulary_and_count(folder, examples, config, initial, chief):
    """The training formulas' vocabulary and number; read from the folder by a run that goes on."""
    vocabulary_path, count_path = folder / "vocabulary.txt", folder / "formulas.json"
    if count_path.is_file():
        return Vocabulary.load(vocabulary_path), json.loads(count_path.read_text())["train"]
    latex = [text.decode() for text in examples.map(lambda example: example["latex"]).as_numpy_iterator()]
    vocabulary = Vocabulary.from_formulas(map(str.split, latex), config.minimum_count)
    if initial:
        vocabulary = initial.vocabulary.with_tokens(vocabulary.tokens)
    if chief:
        vocabulary.save(vocabulary_path)
        count_path.write_text(json.dumps({"train": len(latex)}))
    return vocabulary, len(latex)


def _batches(config, examples, vocabulary, first_epoch, names, validation_batch_size):
    # One epoch more than is asked for: what batches leave over is missing at the end.
    ordered = epochs(
        examples["train"],
        shuffle_buffer=_SHUFFLE_BUFFER,
        seed=config.seed,
        first=first_epoch,
        last=config.epochs + 1,
    )
    training = formula_batches(
        ordered,
        vocabulary,
        batch_size=config.batch_size,
        canvases=config.canvases,
        maximum_tokens=config.maximum_tokens,
        length_step=config.length_step,
    )
    validation = formula_batches(
        examples["validation"],
        vocabulary,
        batch_size=validation_batch_size,
        canvases=config.validation_canvases,
        maximum_tokens=config.maximum_tokens,
        drop_remainder=False,
    )

    def select(inputs, targets):
        return {name: inputs[name] for name in names}, targets

    return {"train": training.map(select).prefetch(16), "validation": validation.map(select).cache().prefetch(4)}


def _blank_batch(config, batch, canvas, names):
    """A batch of one shape, without ink and with the shortest formulas."""
    tokens = tf.pad(tf.ones((batch, 1), tf.int32), [[0, 0], [0, config.maximum_tokens]])
    inputs = {
        "image": tf.fill((batch, *canvas, 1), tf.constant(255, tf.uint8)),
        "size": tf.tile(tf.constant([canvas], tf.int32), [batch, 1]),
        "tokens": tokens,
    }
    return {name: inputs[name] for name in names}, tokens


def _note_start(path, config, first_epoch, strategy):
    """Adds what this start of the run trains with to those before it."""
    starts = json.loads(path.read_text())["starts"] if path.is_file() else []
    replicas = 1 if strategy is None else strategy.num_replicas_in_sync
    devices = tf.config.list_physical_devices("GPU")[:replicas]
    names = [tf.config.experimental.get_device_details(device).get("device_name", "GPU") for device in devices]
    versions = {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__}
    starts.append({"first_epoch": first_epoch, "devices": names or ["CPU"], "versions": versions})
    text = json.dumps({"config": dataclasses.asdict(config), "starts": starts}, indent=2)
    path.write_text(text + "\n")


def _finished_epochs(log_path):
    if not log_path.is_file():
        return 0
    return len(log_path.read_text().splitlines())


def _callbacks(config, system, model, folder, minutes, description, started, chief):
    log_path, monitor = folder / _LOG, config.monitor or system.monitor
    backup = keras.callbacks.BackupAndRestore if chief else _Restore
    callbacks = [backup(folder / "backup", delete_checkpoint=False)]
    if config.weight_average is not None:
        # After the backup, which keeps the weights that are trained; before the preset, which keeps the average.
        callbacks.append(keras.callbacks.SwapEMAWeights(swap_on_epoch=True))
    if chief:
        callbacks += [
            BestPreset(model, folder / "preset", description, _best(log_path, monitor), monitor),
            Throughput(config.batch_size),
            _EpochLog(log_path, started),
            keras.callbacks.TensorBoard(folder / "tensorboard", write_graph=False),
        ]
        if config.keep_epochs:
            callbacks.append(EpochPresets(model, folder, description))
    callbacks.append(keras.callbacks.TerminateOnNaN())
    if config.optimizer == "sgd":
        plateau = keras.callbacks.ReduceLROnPlateau(system.monitor, factor=0.5, patience=1, min_delta=0.0, min_lr=1e-5)
        callbacks.append(plateau)
    if minutes is not None:
        callbacks.append(TimeLimit(minutes))
    return callbacks


def _best(log_path, monitor):
    if not log_path.is_file():
        return None
    return best_of(monitor, [json.loads(line)[monitor] for line in log_path.read_text().splitlines()])


class _Restore(keras.callbacks.BackupAndRestore):
    """Goes on from another process's backup, and leaves it to that one."""

    def on_epoch_end(self, epoch, logs=None):
        """Writes nothing."""

    def on_train_batch_end(self, batch, logs=None):
        """Writes nothing."""

    def on_train_end(self, logs=None):
        """Writes nothing."""


class _EpochLog(keras.callbacks.Callback):
    """Appends each epoch's figures to a file, one JSON object a line."""

    def __init__(self, path, started):
        super().__init__()
        self._path, self._started = path, started

    def on_epoch_end(self, epoch, logs=None):
        row = {"epoch": epoch, "minutes": round((time.monotonic() - self._started) / 60, 2)}
        row.update({name: float(value) for name, value in (logs or {}).items()})
        with self._path.open("a") as file:
            file.write(json.dumps(row) + "\n")
