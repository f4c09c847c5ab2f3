"""The report's page."""

import base64
import hashlib
import html
import importlib.resources
import json

from keras_im2latex.evaluation.constructs import CONSTRUCTS
from keras_im2latex.evaluation.length_bins import length_bin, length_bins
from keras_im2latex.evaluation.report.pictures import embedded_pictures
from keras_im2latex.evaluation.score_table import MEASURES

_SHORT = {
    "bleu": "BLEU",
    "token_exact_match": "token exact",
    "image_match": "match",
    "image_match_without_whitespace": "match (-ws)",
    "pixel_identical": "identical",
    "image_edit_score": "image edit",
    "token_edit_score": "token edit",
    "character_edit_score": "char. edit",
}


def write_report(
    evaluation, path, *, title, facts=None, inputs_of=None, inputs_downsampled=False, pictures=1000, workers=None
):
    """Writes an evaluation as one HTML file, which loads nothing from anywhere.

    It holds the scores, and every formula, worst first: the worst ones with the input picture, the gold and the
    predicted render and their difference marked, all of them with their tokens.

    Args:
        evaluation: `Evaluation`.
        path: path of the file.
        title: string. What was evaluated, on what.
        facts: dict from string to string of what else to say at the top. Defaults to none.
        inputs_of: function from a list of formulas' indices to the pictures that the system read, or `None` if those
            were the gold renders. Defaults to `None`.
        inputs_downsampled: bool. Those pictures are at 100 dots an inch, not at 200. Defaults to `False`.
        pictures: int. How many of the worst formulas are shown with pictures, some 4 kB each; and as many of those
            that have nothing to compare, some 1 kB each. Defaults to 1000.
        workers: int or `None`. TeX processes at a time; `None` leaves it to the renderer.

    Example:
        >>> evaluation = evaluate_predictions(["x ^ { 2 }", "y"], ["x ^ { 2 }", "z"], progress=False)
        >>> write_report(evaluation, "report.html", title="Ours on two formulas")
    """
    formulas = evaluation.worst_first()
    entries = [_entry(formula) for formula in formulas]
    # Predictions without a picture have a share of their own, or they would take that of all others.
    alone = {"missing", "failed", "undrawable"}
    places = sorted(
        place
        for outcome in (True, False)
        for place in [i for i, entry in enumerate(entries) if (entry["verdict"] in alone) is outcome][:pictures]
    )
    shown = [formulas[place] for place in places]
    inputs = inputs_of([formula.index for formula in shown]) if inputs_of and shown else None
    for place, found in zip(places, embedded_pictures(shown, inputs, workers)):
        entries[place]["pictures"] = found
    bins = [name for name in length_bins() if name in evaluation.by_length]
    data = {
        "constructs": list(CONSTRUCTS),
        "lengths": bins,
        "inputsDownsampled": inputs_downsampled,
        "formulas": entries,
    }
    script, style = _resource("report.js"), _resource("report.css")
    parts = {
        "POLICY": f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; script-src '{_digest(script)}'",
        "TITLE": html.escape(title),
        "STYLE": style,
        "FACTS": "".join(
            f"<div><dt>{html.escape(k)}</dt><dd>{html.escape(v)}</dd></div>" for k, v in (facts or {}).items()
        ),
        "OVERALL": _overall(evaluation.overall),
        "BY_LENGTH": _groups("tokens", evaluation.by_length),
        "BY_CONSTRUCT": _groups("construct", evaluation.by_construct),
        "LEGEND": " ".join(f"<b>{name}</b>: {html.escape(CONSTRUCTS[name])}." for name in evaluation.by_construct),
        # Nothing in the data may end the element it stands in.
        "DATA": json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"),
        "SCRIPT": script,
    }
    page = _resource("report.html")
    pieces = page.split("{{")
    written = pieces[0] + "".join(parts[name] + rest for name, rest in (piece.split("}}", 1) for piece in pieces[1:]))
    with open(path, "w", encoding="utf-8") as file:
        file.write(written)


def _resource(name):
    return importlib.resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(text):
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _entry(formula):
    entry = {
        "name": formula.name,
        "index": formula.index,
        "gold": formula.gold,
        "predicted": formula.predicted,
        "length": length_bin(formula.length),
        "constructs": formula.constructs,
        "verdict": _verdict(formula),
        "tokens": formula.token_distance,
        "exact": formula.token_exact_match,
        "edited": formula.column_distance,
        "columns": formula.columns,
    }
    for name in ("gold_error", "predicted_error"):
        if getattr(formula, name):
            entry[name] = getattr(formula, name)
    return entry


def _verdict(formula):
    if not formula.columns:
        return "undrawable"
    if formula.pixel_identical:
        return "identical"
    if formula.image_match:
        return "match"
    if formula.image_match_without_whitespace:
        return "match-ws"
    if not formula.predicted:
        return "missing"
    return "failed" if formula.predicted_error else "different"


def _overall(group):
    scores = group.scores.to_dict()
    rows = []
    for name, label in MEASURES.items():
        low, high = group.intervals[name]
        rows.append(
            f'<tr><th scope="row">{html.escape(label)}</th><td>{scores[name]:.2f}</td><td>{low:.2f} – {high:.2f}</td>'
            f'<td class="bar"><meter min="0" max="100" value="{scores[name]:.2f}">{scores[name]:.2f}</meter></td></tr>'
        )
    counts = (
        f"{scores['formulas']:,} formulas, {scores['image_formulas']:,} of them drawn and compared as pictures; "
        f"{scores['missing_predictions']:,} predictions missing, {scores['predicted_failures']:,} that do not compile."
    )
    head = "<tr><th scope=col>measure</th><th scope=col>%</th><th scope=col>95 % interval</th><th scope=col></th></tr>"
    return f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table><p>{counts}</p>"


def _groups(kind, groups):
    labels = [f"<th scope=col>{name}</th>" for name in (kind, "formulas", *_SHORT.values())]
    rows = []
    for name, group in groups.items():
        scores = group.scores.to_dict()
        cells = [f'<th scope="row">{html.escape(name)}</th><td>{scores["formulas"]:,}</td>']
        for measure in _SHORT:
            low, high = group.intervals[measure]
            cells.append(f"<td>{scores[measure]:.1f}<small>{low:.1f} – {high:.1f}</small></td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table class=groups><thead><tr>{''.join(labels)}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
