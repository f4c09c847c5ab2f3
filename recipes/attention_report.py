"""How the figures of `benchmark_attention.py` are shown: Markdown tables, and a picture."""

import math

ATTENTIONS = ("standard", "coarse_only", "hierarchical", "sparsemax", "hard")
STYLES = {
    "standard": ("#000000", "o", "-"),
    "hierarchical": ("#d55e00", "s", "--"),
    "coarse_only": ("#999999", "^", ":"),
    "sparsemax": ("#0072b2", "D", "-"),
    "hard": ("#009e73", "v", "-"),
}
"""Colour, marker and line of each attention; colours of Okabe and Ito, which colour-blind people tell apart."""


def crossing(cells, standard, other):
    """From how many cells on an attention is faster than the standard one.

    Args:
        cells: list of grid sizes, increasing.
        standard: times of the standard attention.
        other: times of the other one.

    Returns:
        Float, between two sizes by interpolation of the logarithms; 0 where it is faster on every grid, infinity
        where it is not on the largest.
    """
    gains = [math.log(of_standard / of_other) for of_standard, of_other in zip(standard, other, strict=True)]
    if gains[-1] <= 0:
        return math.inf
    slower = [index for index, gain in enumerate(gains) if gain <= 0]
    if not slower:
        return 0.0
    last = slower[-1]
    share = -gains[last] / (gains[last + 1] - gains[last])
    return math.exp(math.log(cells[last]) * (1 - share) + math.log(cells[last + 1]) * share)


def table(results):
    """The times as Markdown, one table a batch size, and what they show."""
    lines = []
    for batch in sorted({row["batch"] for row in results["times"]}):
        rows = [row for row in results["times"] if row["batch"] == batch]
        cells = sorted({row["cells"] for row in rows})
        found = {(row["attention"], row["cells"]): row for row in rows}
        lines += [f"Batch {batch}: milliseconds a step (of which the attention, alone)", ""]
        lines += ["| fine cells | " + " | ".join(ATTENTIONS) + " |", "|---" * (len(ATTENTIONS) + 1) + "|"]
        for number in cells:
            times = [found[name, number] for name in ATTENTIONS]
            texts = [f"{row['step_ms']:.2f} ({row['attention_ms']:.2f})" for row in times]
            lines.append(f"| {number:,} | " + " | ".join(texts) + " |")
        if len(cells) > 1:
            first, last = cells[-2:]
            slopes = [
                1e6 * (found[name, last]["step_ms"] - found[name, first]["step_ms"]) / (last - first)
                for name in ATTENTIONS
            ]
            lines.append("| ns for each further cell | " + " | ".join(f"{slope:,.0f}" for slope in slopes) + " |")
        lines.append("")
        standard = [found["standard", number]["step_ms"] for number in cells]
        for name in ATTENTIONS[1:]:
            times = [found[name, number]["step_ms"] for number in cells]
            at = crossing(cells, standard, times)
            where = {0.0: "on every grid", math.inf: "on none"}.get(at, f"from {at:,.0f} fine cells on")
            ratios = ", ".join(f"{ours / own:.2f}" for ours, own in zip(standard, times))
            lines.append(f"- {name}: faster than standard {where}; times as fast: {ratios}.")
        lines.append("")
    return "\n".join(lines + memory_table(results))


def memory_table(results):
    """The peak memory as the lines of a Markdown table."""
    if not results.get("memory"):
        return []
    found = {(row["attention"], row["cells"]): row["mib"] for row in results["memory"]}
    row = results["memory"][0]
    lines = [f"Training, batch {row['batch']}, {row['tokens']} tokens: MiB at the peak", ""]
    lines += ["| fine cells | " + " | ".join(ATTENTIONS) + " |", "|---" * (len(ATTENTIONS) + 1) + "|"]
    for number in sorted({cells for _, cells in found}):
        lines.append(f"| {number:,} | " + " | ".join(f"{found[name, number]:,.0f}" for name in ATTENTIONS) + " |")
    return [*lines, ""]


def draw_chart(every, path):
    """Draws the results of one or several devices.

    Args:
        every: list of what `benchmark_attention.py` wrote, a row of the picture each.
        path: where to save the picture; its suffix says the format.
    """
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    rows = [_panels(results) for results in every]
    height, width = len(rows), max(map(len, rows))
    figure, axes = plt.subplots(height, width, figsize=(4.4 * width, 4.2 * height), squeeze=False)
    for of_row, panels in zip(axes, rows):
        for axis in of_row[len(panels) :]:
            axis.set_visible(False)
        for axis, (title, label, series, crossings) in zip(of_row, panels):
            _draw_panel(axis, title, label, series, crossings)
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=len(labels), frameon=False)
    figure.tight_layout(rect=(0, 0.35 / (4.2 * height), 1, 1))
    figure.savefig(path, dpi=150)
    plt.close(figure)


def _panels(results):
    panels = []
    for batch in sorted({row["batch"] for row in results["times"]}):
        series = _series([row for row in results["times"] if row["batch"] == batch], "step_ms")
        cells, standard = series["standard"]
        crossings = {
            name: crossing(cells, standard, times) for name, (_, times) in series.items() if name != "standard"
        }
        panels.append((f"{results['device'].upper()}, batch {batch}", "ms a decoding step", series, crossings))
    if results.get("memory"):
        facts = results["memory"][0]
        title = f"{results['device'].upper()}, training, batch {facts['batch']}, {facts['tokens']} tokens"
        panels.append((title, "peak memory, MiB", _series(results["memory"], "mib"), {}))
    return panels


def _series(rows, measure):
    series = {}
    for name in STYLES:
        points = sorted((row["cells"], row[measure]) for row in rows if row["attention"] == name)
        if points:
            series[name] = tuple(zip(*points))
    return series


def _draw_panel(axis, title, label, series, crossings):
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    for name, (cells, values) in series.items():
        colour, marker, line = STYLES[name]
        axis.plot(cells, values, line, color=colour, marker=marker, markersize=5, label=name.replace("_", "-"))
    cells = series["standard"][0]
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    axis.set_xticks(cells, [f"{number:,}" for number in cells])
    axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.yaxis.set_major_formatter(StrMethodFormatter("{x:,.4g}"))
    axis.yaxis.set_minor_formatter(NullFormatter())
    axis.grid(alpha=0.3)
    axis.set(title=title, ylabel=label, xlabel="fine cells of the grid")
    for name, at in crossings.items():
        if 0 < at < math.inf:
            axis.axvline(at, color=STYLES[name][0], linewidth=1, alpha=0.6, linestyle=(0, (1, 2)))
    if crossings:
        words = {0.0: "always", math.inf: "never"}
        notes = [f"{name.replace('_', '-')} {words.get(at, f'from {at:,.0f}')}" for name, at in crossings.items()]
        text = "faster than standard:\n" + ", ".join(notes[:2]) + ",\n" + ", ".join(notes[2:])
        axis.set_xlabel("fine cells of the grid\n\n" + text, fontsize=9)
