"""The tables as Markdown."""

from paper.commands import shown_commands
from paper.order import measured_steps, published_steps
from paper.systems import FIGURE_4, HANDWRITING, ORDER, STRICT, SYSTEMS, TABLE_2, TABLE_3, TABLE_4, WHOLE, WHOLE_MATCH

MISSING = "—"

MATCH = {
    "bleu": ("BLEU", 2),
    "image_match": ("match", 2),
    "image_match_without_whitespace": ("match (-ws)", 2),
}
PERPLEXITIES = {"perplexity": ("perplexity, train", 3), "held_out_perplexity": ("held out", 3)}
TOKENIZED = {"bleu_tokenized": ("BLEU (tok)", None)}
EDIT = {"image_edit_score": ("image edit", 2)}
CELLS = {"coarse_cells": ("#C", 1), "fine_cells": ("#F", 1)}
"""Figures of the paper, with header and the decimals of ours; None where we have none."""

STRICTER = {"pixel_identical": ("pixel-identical", 2), "token_exact_match": ("token exact", 2)}
"""Figures that only we have."""


def document(measurements, places, pictures):
    """Tables 2, 3 and 4, Figure 4, the order of the systems, and how each row is repeated.

    Args:
        measurements: dict of `Measurement` by name, in the order in which further systems shall stand.
        places: `Places`, as shown.
        pictures: dict from `figure_4` and `bars` to where the README finds them.

    Returns:
        A string of many lines.
    """
    further = [name for name in measurements if name not in SYSTEMS]
    standing = ["system", "attention"]
    parts = [
        "#### Table 2: the systems",
        _table(measurements, (*TABLE_2, *further), standing, {**TOKENIZED, **MATCH, **EDIT}, STRICTER)
        + f"\n\n![The paper's match and ours, system by system]({pictures['bars']})",
        "#### Table 2, lower half: handwriting, CROHME 2013",
        _table(measurements, HANDWRITING, standing, {**TOKENIZED, **MATCH}, STRICTER),
        "#### Table 3: ablations",
        _table(measurements, TABLE_3, ["model", "ablation"], {**PERPLEXITIES, "image_match": ("match", 2)}, {}),
        "#### Table 4: the attentions, and the cells that they look at for a token",
        _table(measurements, TABLE_4, standing, {**MATCH, **CELLS}, {"pixel_identical": ("pixel-identical", 2)}),
        _against_standard(measurements),
        "#### Figure 4: match against training formulas",
        _figure_4(measurements) + f"\n\n![Match against training formulas]({pictures['figure_4']})",
        "#### Do they come in the expected order?",
        _order(measurements),
        "#### How each row of ours was made",
        _provenance(measurements),
        _commands(measurements, places),
        _notes(measurements),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(measurements, names, heads, shared, ours_only):
    heads = list(heads)
    for header, decimals in shared.values():
        heads += [f"{header}, paper"] if decimals is None else [f"{header}, paper", "ours"]
    heads += [f"{header}, ours" for header, _ in ours_only.values()]
    rows = []
    for name in names:
        measured = measurements[name]
        row = [measured.system.label, measured.system.variant]
        for figure, (_, decimals) in shared.items():
            row.append(_published(measured.system, figure))
            if decimals is not None:
                row.append(_figure(measured, figure, decimals))
        rows.append(row + [_figure(measured, figure, decimals) for figure, (_, decimals) in ours_only.items()])
    return _lines(heads, rows)


def _lines(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def _published(system, figure):
    value = system.published.get(figure)
    return MISSING if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def _figure(measured, figure, decimals):
    value = measured.figures.get(figure)
    return MISSING if value is None else f"{value:.{decimals}f}"


def _against_standard(measurements):
    """What each attention loses against standard attention, where both are measured."""
    wanted = ("bleu", "pixel_identical", "fine_cells")
    found = {name: measurements[name].figures for name in TABLE_4}
    found = {name: figures for name, figures in found.items() if all(figure in figures for figure in wanted)}
    standard = found.pop("standard", None)
    lines = []
    for name, figures in found.items() if standard else ():
        bleu, pixels = (figures[figure] - standard[figure] for figure in wanted[:2])
        share = figures["fine_cells"] / standard["fine_cells"]
        label = SYSTEMS[name].variant
        lines.append(f"- {label}: BLEU {bleu:+.2f}, pixel-identical {pixels:+.2f}, #F {share:.3f} of standard's")
    return "\n".join(["Against standard attention:", "", *lines]) if lines else ""


def _figure_4(measurements):
    heads = ["training formulas", "match, paper (read off the plot)", "ours", "BLEU, ours", "pixel-identical, ours"]
    rows = []
    for name in FIGURE_4:
        measured = measurements[name]
        formulas = measured.system.formulas or WHOLE
        match = measured.system.published["image_match"] if measured.system.formulas else WHOLE_MATCH
        figures = [_figure(measured, figure, 2) for figure in ("image_match", "bleu", "pixel_identical")]
        rows.append([f"{formulas:,}", f"{match:.1f}", *figures])
    return _lines(heads, rows)


def _order(measurements):
    """The relations one by one, then the sum."""
    chain = SYSTEMS[ORDER[0]].label
    for name, strict in zip(ORDER[1:], STRICT):
        chain += f" {'<' if strict else '≤'} {_called(name)}"
    papers, papers_bleu = published_steps("image_match"), published_steps("bleu")
    columns = {
        "match, paper": papers,
        "match, ours": measured_steps(measurements, "image_match"),
        "pixel-identical, ours": measured_steps(measurements, "pixel_identical"),
        "BLEU, paper": papers_bleu,
        "BLEU, ours": measured_steps(measurements, "bleu"),
    }
    against = {"match, ours": papers, "pixel-identical, ours": papers, "BLEU, ours": papers_bleu}
    rows = []
    for steps in zip(*columns.values()):
        sign = "<" if steps[0].strict else "≤"
        rows.append([f"{_called(steps[0].worse)} {sign} {_called(steps[0].better)}", *map(_verdict, steps)])
    table = _lines(["expected", *columns], rows)
    sums = [f"- {header}: {_sum(steps, against.get(header))}" for header, steps in columns.items()]
    explanation = (
        "Points between the two; ± is 95 % of chance over formulas, as if each system had been given its own. "
        "Of a relation that does not hold and lies within it, these formulas say nothing."
    )
    return "\n".join([f"Expected: {chain}.", "", table, "", *sums, "", explanation])


def _called(name):
    system = SYSTEMS[name]
    return system.label if name in ("ctc", "caption") else system.variant


def _verdict(step):
    if step.holds is None:
        return MISSING
    chance = "" if step.chance is None else f" ± {step.chance:.2f}"
    return f"{'yes' if step.holds else '**no**'}, {step.difference:+.2f}{chance}"


def _sum(steps, papers=None):
    """How many relations hold, and each that does not; `papers` are the same in the paper's figures."""
    known = [step for step in steps if step.holds is not None]
    if not known:
        return "nothing to compare yet."
    reasons = []
    for place, step in enumerate(steps):
        if step.holds is False:
            relation = f"{-step.difference:.2f} below" if step.difference else "equal to"
            reason = f"{_called(step.better)} is {relation} {_called(step.worse)}"
            if step.is_chance:
                reason += ", within chance"
            if papers and papers[place].holds is False:
                reason += ", as in the paper"
            reasons.append(reason)
    missing = f" ({len(steps) - len(known)} not measured)" if len(known) < len(steps) else ""
    held = f"{len(known) - len(reasons)} of {len(known)} relations hold{missing}"
    return "; ".join([held, *reasons]) + "."


def _provenance(measurements):
    heads = ["row", "formulas", "epochs", "minutes", "on", "seed", "evaluated on", "to do"]
    rows = []
    for measured in measurements.values():
        if _is_published_alone(measured):
            continue
        evaluated = measured.figures.get("formulas")
        rows.append(
            [
                measured.system.title,
                MISSING if measured.formulas is None else f"{measured.formulas:,}",
                _epochs(measured),
                MISSING if measured.minutes is None else f"{measured.minutes:.1f}",
                measured.devices or MISSING,
                MISSING if measured.seed is None or not measured.epochs else measured.seed,
                MISSING if evaluated is None else f"{evaluated:,}",
                _to_do(measured),
            ]
        )
    return _lines(heads, rows)


def _is_published_alone(measured):
    """Whether nobody but its authors could say anything of a system."""
    return measured.system.handwriting and not measured.system.config


def _to_do(measured):
    if not measured.is_trained:
        return f"train: `--only {measured.system.name}`"
    if measured.is_scored:
        return ""
    return f"evaluate: `--only {measured.system.name}`" if measured.system.config else "its predictions"


def _commands(measurements, places):
    """What fills a row, and what made those that are there."""
    fill = "python recipes/paper_tables.py --train --data-dir DATA --formulas FORMULAS --only NAME"
    lines = [f"A row with something to do is filled by `{fill}`, all of them by the same without `--only`."]
    given = [
        measured.system
        for measured in measurements.values()
        if not (measured.system.config or _is_published_alone(measured))
    ]
    lines += ["What is not trained here is filled from its predictions, lines of image, tab, LaTeX:", "", "```"]
    lines += [command for system in given for command in shown_commands(system, places)]
    lines += ["```"]
    made = [measured for measured in measurements.values() if measured.epochs]
    if made:
        lines += ["", "<details><summary>The commands that repeat the rows that are there</summary>", "", "```"]
        for measured in made:
            wanted = measured.formulas if measured.system.handwriting else measured.system.formulas or WHOLE
            other = measured.formulas if measured.formulas not in (None, wanted) else None
            lines += [f"# {measured.system.title}", *shown_commands(measured.system, places, other)]
        lines += ["```", "", "</details>"]
    return "\n".join(lines)


def _epochs(measured):
    if not measured.epochs:
        return MISSING
    if not measured.is_trained:
        return f"{measured.epochs} of {measured.epochs_wanted}"
    before = measured.system.starts_from
    return f"{measured.epochs} after {before}'s" if before else str(measured.epochs)


def _notes(measurements):
    notes = [
        "- The paper's figures are on the 10,354 test formulas of IM2LATEX-100K (Deng et al., ICML 2017; image edit "
        "from the first version of the paper), ours on the formulas and from the training formulas that stand above.",
        "- BLEU is against normalized formulas. For BLEU (tok), against tokenized ones, the formulas evaluated on "
        "would have to be at hand as written. Match is the published one, which forgives misalignments under 5 pixels "
        "and whatever is inserted; pixel-identical forgives nothing.",
        "- Figure 4's sizes have 12 epochs each, so that fewer formulas are fewer updates, too: 8,400 at batch 128 "
        "give 780, less than the 800 over which the learning rate rises. The paper's batch of 20 gives six times as "
        "many.",
        "- Perplexities are of tokens, the end of the formula included: ours held out are the lowest over the epochs "
        "on the dataset's validation split; those in training are the mean over that epoch's steps, dropout and "
        "varied pictures included. The n-gram model's are those of what it has counted.",
        "- Handwriting is evaluated on the 671 formulas of CROHME 2013's test, drawn from their ink; the paper's "
        "figures are on the same. The competition's four systems read the ink itself; their figures, which stand in "
        "the paper's column of matches, are shares of formulas that are right as a whole, as token exact is in ours. "
        "MyScript's system was trained on further data of its own.",
    ]
    for measured in measurements.values():
        if measured.differences:
            differences = "; ".join(measured.differences)
            notes.append(f"- {measured.system.title} was not trained as its config says now: {differences}.")
    return "\n".join(notes)
