"""Figure 4, and the systems side by side, as pictures."""

import math

from paper.systems import FIGURE_4, SYSTEMS, TABLE_2, WHOLE, WHOLE_MATCH

PAPER, OURS = "#9aa5b1", "#1f6fb2"


def draw_figure_4(measurements, path):
    """Draws match against training formulas, the paper's and ours.

    Args:
        measurements: dict of `Measurement` by name.
        path: path of the PNG file.
    """
    figure, axes = _figure(7.2, 4.2)
    systems = [measurements[name].system for name in FIGURE_4]
    sizes = [system.formulas or WHOLE for system in systems]
    published = [system.published["image_match"] if system.formulas else WHOLE_MATCH for system in systems]
    axes.plot(sizes, published, "s--", color=PAPER, label="paper (read off its plot)")
    for measure, style, label in (
        ("image_match", "o-", "ours, match"),
        ("pixel_identical", "^:", "ours, pixel-identical"),
    ):
        points = [
            (size, figures[measure], _chance(figures, measure))
            for size, figures in zip(sizes, (measurements[name].figures for name in FIGURE_4))
            if measure in figures
        ]
        if points:
            x, y, error = zip(*points)
            axes.errorbar(x, y, yerr=error, fmt=style, color=OURS, capsize=2, label=label)
    axes.set(xlabel="training formulas", ylabel="% of formulas", xlim=(0, 88_000), ylim=(0, 100))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    figure.savefig(path)


def draw_bars(measurements, path):
    """Draws the match of every system of Table 2, and of further ones, the paper's and ours.

    Args:
        measurements: dict of `Measurement` by name.
        path: path of the PNG file.
    """
    names = [*TABLE_2, *(name for name in measurements if name not in SYSTEMS)]
    figure, axes = _figure(7.2, 0.9 + 0.42 * len(names))
    for place, name in enumerate(names):
        measured = measurements[name]
        for value, error, offset, colour in (
            (measured.system.published.get("image_match"), 0, -0.19, PAPER),
            (measured.figures.get("image_match"), _chance(measured.figures, "image_match"), 0.19, OURS),
        ):
            if value is None:
                axes.text(0.6, place + offset, "no figure", va="center", fontsize=7, color=colour)
                continue
            axes.barh(place + offset, value, 0.36, color=colour, xerr=error or None, ecolor="#333333", capsize=2)
            axes.text(value + 1 + error, place + offset, f"{value:.1f}", va="center", fontsize=8)
    axes.set_yticks(range(len(names)), [measurements[name].system.title for name in names])
    axes.invert_yaxis()
    axes.set(xlabel="match, % of formulas", xlim=(0, 105))
    handles = [axes.barh(math.nan, 0, color=colour) for colour in (PAPER, OURS)]
    figure.legend(handles, ["paper", "ours"], loc="outside upper right", ncols=2, frameon=False)
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)
    figure.savefig(path)


def _figure(width, height):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure((width, height), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _chance(figures, measure):
    """Half the 95 % interval of a share of formulas; 0 where their number is not known."""
    if not figures.get("image_formulas"):
        return 0.0
    return 1.96 * math.sqrt(figures[measure] * (100 - figures[measure]) / figures["image_formulas"])
