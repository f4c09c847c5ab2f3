"""`im2latex presets`: lists the trained models."""

from keras_im2latex.commands.exit_status import ALL_DONE

_SCORES = {"bleu": " BLEU", "image_match": " % image match"}


def add_to(commands):
    """Adds the command to the subparsers of `im2latex`."""
    parser = commands.add_parser("presets", help="list the trained models", description="Lists the trained models.")
    parser.set_defaults(run=_run)


def _run(options):
    from keras_im2latex.storage import PRESETS

    for name, facts in PRESETS.items():
        scores = facts.get("scores", {})
        shown = [f"{scores[key]:.1f}{label}" for key, label in _SCORES.items() if key in scores]
        print("\t".join([name, f"{facts['parameters']:,} parameters", *shown, facts["description"]]))
    return ALL_DONE
