r"""Where commands like \over stand, which split a group that TeX has half read by then."""

from keras_im2latex.markup.normalization import tex_tables as tex


def infix_openers(tokens):
    r"""Finds the groups that are split.

    Args:
        tokens: list of strings. A formula.

    Returns:
        A frozenset of ints: the places of the tokens that open a group split by \over or its like; -1 stands
        for the whole formula.
    """
    if tex.INFIXES.keys().isdisjoint(tokens):
        return frozenset()
    openers = set()
    stack = [-1]
    for place, token in enumerate(tokens):
        if token in ("{", "\\left") or token.startswith("\\begin{"):
            stack.append(place)
        elif token in ("}", "\\right") or token.startswith("\\end{"):
            if len(stack) > 1:
                stack.pop()
        elif token == "&" or token[:2] == "\\\\":
            stack[-1] = place
        elif token in tex.INFIXES:
            openers.add(stack[-1])
    return openers
