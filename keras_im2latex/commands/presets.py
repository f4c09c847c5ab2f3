"""`im2latex presets`: the trained models, and what each can and can't read."""

from keras_im2latex.commands.exit_status import ALL_DONE, UsageError

_SCORES = {"bleu": " BLEU", "image_match": " % image match"}


def add_to(commands):
    """Adds the command to the subparsers of `im2latex`."""
    parser = commands.add_parser(
        "presets",
        help="list the trained models",
        description="Lists the trained models, or prints the model card of one: what it was trained on, its scores, "
        "and what it can't read.",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="the preset whose model card is printed")
    parser.set_defaults(run=_run)


def _run(options):
    from keras_im2latex.storage import CARD, FOLDER, PRESETS

    if options.name is not None:
        if options.name not in PRESETS:
            raise UsageError(f"NAME must be one of {', '.join(PRESETS)}. Received: {options.name}")
        print((FOLDER / options.name / CARD).read_text(encoding="utf-8").rstrip("\n"))
        return ALL_DONE
    for name, facts in PRESETS.items():
        scores = facts.get("scores", {})
        shown = [f"{scores[key]:.1f}{label}" for key, label in _SCORES.items() if key in scores]
        print("\t".join([name, f"{facts['parameters']:,} parameters", *shown, facts["description"]]))
    return ALL_DONE
