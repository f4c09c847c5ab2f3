"""Renders one batch of formulas, so that a bad one costs only itself."""

from keras_im2latex.rendering import sandbox
from keras_im2latex.rendering.drawing import draw
from keras_im2latex.rendering.rendered_formula import Rendering
from keras_im2latex.rendering.screening import BLANK, refusal, without_comments
from keras_im2latex.rendering.typesetting import LARGEST_SIDE, typeset

# How long a run over many formulas gets for each of them, in seconds, beyond `timeout`.
_SECONDS_A_FORMULA = 0.02


def render_batch(formulas, page, timeout):
    """Renders formulas with as few runs of TeX as their errors allow.

    Args:
        formulas: list of str.
        page: a `Page`.
        timeout: float, the seconds that a single formula may take.

    Returns:
        A list of `Rendering`, one for each formula.
    """
    results = [None] * len(formulas)
    live = []
    for place, formula in enumerate(formulas):
        reason = refusal(formula)
        if reason:
            results[place] = Rendering(error=reason)
        else:
            live.append((place, without_comments(formula)))
    with sandbox.private_folder() as folder:
        pending = [live]
        while pending:
            group = pending.pop()
            if group:
                pending.extend(_render_group(group, results, page, folder, timeout))
    return results


def _render_group(group, results, page, folder, timeout):
    """Renders a group in place; returns the groups that have to be rendered again."""
    seconds = timeout + _SECONDS_A_FORMULA * (len(group) - 1)
    run = typeset([formula for _, formula in group], page, folder, seconds)
    if run.errors and (run.complete or not run.timed_out):
        for place, reason in run.errors.items():
            results[group[place][0]] = Rendering(error=reason)
        return [[member for place, member in enumerate(group) if place not in run.errors]]
    if not run.complete:
        if len(group) == 1:
            reason = f"timed out after {timeout:g} s" if run.timed_out else "TeX stopped without a message"
            results[group[0][0]] = Rendering(error=reason)
            return []
        first = run.suspect
        return [group[first + 1 :], group[:first], [group[first]]]
    pictures = draw(folder, len(group), page, seconds)
    if pictures is None:
        if len(group) == 1:
            results[group[0][0]] = Rendering(error=f"larger than {LARGEST_SIDE} x {LARGEST_SIDE} pixels")
            return []
        half = len(group) // 2
        return [group[:half], group[half:]]
    for (place, _), picture in zip(group, pictures, strict=True):
        results[place] = Rendering(error=BLANK) if picture is None else Rendering(image=picture)
    return []
