"""LaTeX's environments, as far as finding formulas goes by them."""

# Displays, and how one of several rows is written so that it compiles inside another display.
DISPLAYS = {
    "equation": None,
    "displaymath": None,
    "dmath": None,
    "align": "aligned",
    "flalign": "aligned",
    "xalignat": "aligned",
    "xxalignat": "aligned",
    "alignat": "alignedat",
    "gather": "gathered",
    "multline": "gathered",
    "dgroup": "gathered",
    "eqnarray": "aligned",
    "IEEEeqnarray": "aligned",
}
DISPLAYS.update({f"{name}*": inner for name, inner in list(DISPLAYS.items()) if name != "displaymath"})

# Displays whose \begin is followed by an argument that says how many columns there are, or of what kind.
DISPLAYS_WITH_ARGUMENT = frozenset(
    name for name in DISPLAYS if name.rstrip("*") in ("alignat", "xalignat", "xxalignat", "IEEEeqnarray")
)
# Displays of three columns, of which the middle one holds the relation.
THREE_COLUMNS = frozenset(name for name in DISPLAYS if name.rstrip("*") in ("eqnarray", "IEEEeqnarray"))

# Environments inside a display that make rows of all of it.
ROWS_INSIDE = {"split": "aligned", "aligned": "aligned", "gathered": "gathered", "alignedat": "alignedat"}

# Environments whose text is no LaTeX, or is not set, or whose dollars hold no formulas.
SKIPPED = frozenset(
    """
    verbatim verbatim* Verbatim Verbatim* BVerbatim LVerbatim alltt lstlisting minted comment filecontents
    filecontents* CCSXML tikzpicture pspicture pgfpicture
    """.split()  # noqa: SIM905
)

# Environments of text, whose dollars begin and end formulas of their own.
TEXT_ENVIRONMENTS = frozenset(("tabular", "tabular*", "tabularx", "minipage", "varwidth", "itemize", "enumerate"))
