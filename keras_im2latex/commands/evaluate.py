"""`im2latex evaluate`: scores a preset, or any system's predictions, on a dataset."""

import argparse
import json
import math
import os
import sys

from keras_im2latex import __version__
from keras_im2latex.commands.exit_status import ALL_DONE, EPILOG, SOME_FAILED, UsageError
from keras_im2latex.commands.model_options import LENGTH_PENALTY_OPTION, add_beam_size, load_model
from keras_im2latex.commands.numbers import positive
from keras_im2latex.commands.silent_tensorflow import silent_tensorflow


def add_to(commands):
    """Adds the command to the subparsers of `im2latex`."""
    parser = commands.add_parser(
        "evaluate",
        help="score a preset, or any system's predictions",
        description="Scores a preset, or any system's predictions, against a dataset by text and by picture, over "
        "all, by length and by construct, with 95 % bootstrap intervals. Writes results.json and report.html, and "
        "for a preset predictions.tsv, from which a run that was cut short goes on.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "dataset",
        metavar="DATASET",
        help="a file of normalized formulas, one a line (plain, .gz or .xz); a folder with formulas.tsv (columns image "
        "and normalized) and images/; or a TensorFlow dataset that was built, such as latex_formulas/full_resolution",
    )
    system = parser.add_mutually_exclusive_group(required=True)
    system.add_argument("--preset", metavar="NAME", help="trained model to score: a name, or a folder")
    system.add_argument(
        "--predictions",
        metavar="FILE",
        help="any system's predictions to score: lines of image, tab, LaTeX, where image is the picture's file name "
        "or the formula's number, from 0",
    )
    parser.add_argument(
        "--form",
        choices=("auto", "tokens", "latex"),
        default="auto",
        help="how predictions are written: tokens, between spaces, are compared as they stand; latex is normalized "
        "before its text is compared, and drawn as it stands (default: tokens if all of them are)",
    )
    parser.add_argument(
        "--output", default="evaluation", metavar="DIR", help="folder to write to (default: evaluation)"
    )
    add_beam_size(parser)
    parser.add_argument("--length-penalty", **LENGTH_PENALTY_OPTION)
    parser.add_argument("--batch-size", type=positive, default=32, metavar="N", help="pictures read at once")
    parser.add_argument("--limit", type=positive, metavar="N", help="the first N formulas only")
    parser.add_argument("--split", default="validation", help="of a TensorFlow dataset (default: validation)")
    parser.add_argument("--data-dir", metavar="DIR", help="of a TensorFlow dataset")
    parser.add_argument(
        "--full-resolution",
        action="store_true",
        help="the folder's pictures are at 200 dots an inch, not at 100 as the authors' own",
    )
    parser.add_argument("--workers", type=positive, metavar="N", help="TeX processes at a time")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the bootstrap (default: 0)")
    parser.add_argument(
        "--resamples", type=positive, default=1000, metavar="N", help="of the bootstrap (default: 1000)"
    )
    parser.add_argument(
        "--pictures",
        type=int,
        default=1000,
        metavar="N",
        help="worst formulas shown with pictures in the report (default: 1000)",
    )
    parser.set_defaults(run=_run)


def _run(options):
    if options.pictures < 0 or options.seed < 0:
        raise UsageError(f"--pictures and --seed must be at least 0. Received: {options.pictures} and {options.seed}")
    if os.path.exists(options.output) and not os.path.isdir(options.output):
        raise UsageError(f"--output must be a folder. Received: {options.output}")
    with silent_tensorflow():
        from keras_im2latex.evaluation import EvaluationInputError
        from keras_im2latex.rendering import MissingTeX
    try:
        return _evaluate(options)
    except (EvaluationInputError, MissingTeX) as error:
        reason = error
    raise UsageError(reason)


def _evaluate(options):
    from keras_im2latex.evaluation import COUNTS, evaluate_predictions, score_table

    formula_set = _formula_set(options)
    os.makedirs(options.output, exist_ok=True)
    read = _read if options.preset else _given
    indices, predicted, form, facts, failed = read(options, formula_set)
    evaluation = evaluate_predictions(
        [formula_set.formulas[index] for index in indices],
        predicted,
        indices=indices,
        names=[formula_set.names[index] for index in indices],
        form=form,
        workers=options.workers,
        resamples=options.resamples,
        seed=options.seed,
    )
    settings = {
        "dataset": formula_set.title,
        **facts,
        "limit": options.limit,
        "seed": options.seed,
        "resamples": options.resamples,
        "version": __version__,
    }
    _write(options, formula_set, settings, evaluation)
    counts = {name: label for name, label in COUNTS.items() if name != "undrawable"}
    counts["gold_failures"] = "gold formulas that do not compile (text scores only)"
    print(score_table({"all": evaluation.overall.to_dict()}, counts))
    print(f"By length, by construct and formula by formula: {os.path.join(options.output, 'report.html')}")
    return SOME_FAILED if failed else ALL_DONE


def _formula_set(options):
    from keras_im2latex.evaluation import read_formula_file, read_prepared_dataset, read_sample_folder

    path = options.dataset
    if os.path.isfile(path):
        return read_formula_file(path, options.limit)
    if os.path.isdir(path):
        return read_sample_folder(path, options.limit, already_downsampled=not options.full_resolution)
    with silent_tensorflow():
        import tfds_builders  # noqa: F401 - registers them

        return read_prepared_dataset(path, options.split, options.data_dir, options.limit)


def _given(options, formula_set):
    """Predictions of a file, for all formulas."""
    from keras_im2latex.evaluation import guess_form, read_predictions

    predicted = read_predictions(options.predictions, formula_set, limited=options.limit is not None)
    absent = [name for name, text in zip(formula_set.names, predicted) if text is None]
    if absent:
        print(
            f"im2latex: {options.predictions}: no line for {len(absent)} of {len(predicted)} formulas, which count as "
            f"wrong: {', '.join(absent[:5])}{', …' if len(absent) > 5 else ''}",
            file=sys.stderr,
        )
    predicted = [text or "" for text in predicted]
    form = guess_form(predicted) if options.form == "auto" else options.form
    facts = {"predictions": os.path.basename(options.predictions), "form": form, "without_a_line": len(absent)}
    return list(range(len(predicted))), predicted, form, facts, False


def _read(options, formula_set):
    """What a preset reads in the pictures; formulas without one are left out."""
    from keras_im2latex.evaluation import DrawnFormulas, EvaluationInputError, PredictionLog, read_pictures
    from keras_im2latex.storage import weights_digest

    search = {"beam_size": options.beam_size, "length_penalty": options.length_penalty}
    settings = {"weights": weights_digest(options.preset), **search, "pictures": formula_set.title, "well_formed": True}
    log = PredictionLog(os.path.join(options.output, "predictions.tsv"), settings)
    loaded = []

    def reader():
        if not loaded:
            loaded.append(_SilentReader(load_model(options.preset)))
        return loaded[0]

    drawing = DrawnFormulas(workers=options.workers)

    def drawn(indices):
        return drawing.draw([formula_set.formulas[index] for index in indices])

    *_, errors = read_pictures(
        reader,
        formula_set.formulas,
        formula_set.pictures or drawn,
        log,
        "reading",
        **search,
        batch_size=options.batch_size,
        already_downsampled=formula_set.already_downsampled,
        on_error="keep",
    )
    indices = sorted(log.rows)
    unreadable = [index for index in indices if math.isnan(log.rows[index][2])]
    for index in unreadable:
        reason = errors.get(index, "could not be read by the run before this one")
        print(f"im2latex: {formula_set.names[index]}: {reason}", file=sys.stderr)
    if not indices:
        raise EvaluationInputError(f"{formula_set.title}: must have formulas that can be drawn. Received: none")
    facts = {
        "preset": options.preset,
        **search,
        "well_formed": True,
        "undrawable": len(formula_set.formulas) - len(indices),
        "unreadable": len(unreadable),
    }
    return indices, [log.rows[index][1] for index in indices], "tokens", facts, bool(unreadable)


class _SilentReader:
    """A model, without what TensorFlow writes while its graph runs: the progress bar stays readable."""

    def __init__(self, model):
        self._model = model

    def generate(self, pictures, **options):
        with silent_tensorflow():
            return self._model.generate(pictures, **options)


def _write(options, formula_set, settings, evaluation):
    from keras_im2latex.evaluation import CONSTRUCTS, MEASURES, write_report

    results = {**settings, "measures": MEASURES, "constructs": CONSTRUCTS, **evaluation.to_dict()}
    with open(os.path.join(options.output, "results.json"), "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1, ensure_ascii=False)
        file.write("\n")
    write_report(
        evaluation,
        os.path.join(options.output, "report.html"),
        title=f"{options.preset or settings['predictions']} on {formula_set.title}",
        facts={name.replace("_", " "): str(value) for name, value in settings.items() if value is not None},
        inputs_of=formula_set.pictures,
        inputs_downsampled=formula_set.already_downsampled,
        pictures=options.pictures,
        workers=options.workers,
    )
