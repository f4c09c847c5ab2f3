"""The author's macros in force at a point of a paper."""


class MacroTable:
    r"""Macros by name, with TeX's groups: what a group defines is forgotten at its end.

    A command's name starts with its backslash; an environment's two halves are `\begin{name}` and `\end{name}`.

    Example:

    >>> table = MacroTable()
    >>> table.open_group("{")
    >>> table.define("\\x", "a macro")
    >>> table.close_group("{")
    >>> print(table.get("\\x"))
    None
    """

    def __init__(self):
        self._macros = {}
        self.get = self._macros.get
        self._groups = []

    def __contains__(self, name):
        return name in self._macros

    def define(self, name, macro, everywhere=False):
        """Gives a name a meaning until the end of the group, or `everywhere`; `None` takes its meaning away."""
        if everywhere:
            for _, saved in self._groups:
                saved.pop(name, None)
        elif self._groups:
            self._groups[-1][1].setdefault(name, self._macros.get(name))
        self._set(name, macro)

    def open_group(self, kind):
        """Starts a group that `close_group` of the same kind ends."""
        if len(self._groups) < 10_000:
            self._groups.append((kind, {}))

    def close_group(self, kind):
        """Ends the innermost group. One of another kind stays open: the paper does not nest."""
        if self._groups and self._groups[-1][0] == kind:
            for name, macro in self._groups.pop()[1].items():
                self._set(name, macro)

    def _set(self, name, macro):
        if macro is None:
            self._macros.pop(name, None)
        else:
            self._macros[name] = macro
