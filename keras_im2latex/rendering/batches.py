"""Renders one batch of formulas with as few runs of TeX as its errors allow."""

from keras_im2latex.rendering import sandbox
from keras_im2latex.rendering.drawing import BLANK, draw
from keras_im2latex.rendering.rendered_formula import Rendering
from keras_im2latex.rendering.screening import screen
from keras_im2latex.rendering.typesetting import typeset

# The seconds that a run over many formulas may take: at most so many, and so many more for each formula. A run that
# takes longer condemns no formula: the one that it was lost in is drawn alone, with all of its own time.
_SECONDS_A_RUN = 3.0
_SECONDS_A_FORMULA = 0.02


def render_batch(formulas, page, timeout, stop=None):
    """Renders formulas so that a bad one costs only itself.

    Args:
        formulas: list of str.
        page: a `Page`.
        timeout: float, the seconds that TeX may take for a single formula, and dvipng again.
        stop: `threading.Event` or `None`. Once it is set, rendering ends.

    Returns:
        A list of `Rendering`, one for each formula.

    Raises:
        ValueError: LaTeX can't read the page's preamble.
        Stopped: `stop` was set.
    """
    results = [None] * len(formulas)
    together, groups = [], []
    for place, formula in enumerate(formulas):
        screened = screen(formula)
        if screened.refusal:
            results[place] = Rendering(error=screened.refusal)
        elif not screened.text.strip():
            results[place] = Rendering(error=BLANK)
        elif screened.alone:
            groups.append([(place, screened.text)])
        else:
            together.append((place, screened.text))
    groups.append(together)
    while groups:
        if group := groups.pop():
            done, again = _render_group(group, page, timeout, stop)
            for place, rendering in done.items():
                results[place] = rendering
            groups.extend(again)
    return results


def _render_group(group, page, timeout, stop):
    """The renderings that a run over the group settles, by place, and the groups that need another run."""
    single = len(group) == 1
    seconds = timeout if single else min(timeout, _SECONDS_A_RUN) + _SECONDS_A_FORMULA * len(group)
    with sandbox.private_folder() as folder:
        run = typeset([text for _, text in group], page, folder, seconds, stop)
        if run.errors:
            failed = {group[position][0]: Rendering(error=reason) for position, reason in run.errors.items()}
            # An error may leave its traces in the pages behind it: all others are set again without it.
            return failed, [[member for member in group if member[0] not in failed]]
        if not run.complete and not single:
            return {}, [group[run.suspect + 1 :], group[: run.suspect], [group[run.suspect]]]
        place = group[0][0]
        if not run.complete:
            reason = f"timed out after {timeout:g} s" if run.timed_out else "TeX stopped without a message"
            return {place: Rendering(error=reason)}, []
        pictures = draw(folder, len(group), page, seconds, stop)
    if pictures is None and single:
        return {place: Rendering(error="dvipng could not draw it")}, []
    if pictures is None:
        half = len(group) // 2
        return {}, [group[half:], group[:half]]
    return {
        place: Rendering(error=picture) if isinstance(picture, str) else Rendering(image=picture)
        for (place, _), picture in zip(group, pictures, strict=True)
    }, []
