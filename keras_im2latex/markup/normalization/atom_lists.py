"""Lists of atoms: which braces and spaces in them draw anything."""

from keras_im2latex.markup.normalization.tex_tables import (
    ALPHABETS,
    BINARY,
    BOX,
    BRACES,
    CHARACTER,
    CLOSING,
    DECLARATION,
    GROUP,
    INNER,
    OPAQUE,
    OPENING,
    OPERATOR,
    ORDINARY,
    RELATION,
    SCRIPTED,
    SIZES,
    SPACE,
    SPACE_ORDER,
    UNKNOWN,
)

_TIDIED = frozenset([BRACES, SPACE])
_OPENS = ORDINARY | {OPENING}
_CLOSES = ORDINARY | {CLOSING}
_SCOPED = frozenset([DECLARATION, UNKNOWN])
_SETTLED = frozenset([SCRIPTED, GROUP, BOX, BRACES, INNER])
_OPERANDS = ORDINARY | {OPENING, OPERATOR, INNER}
_SHRINKING = frozenset(["\\ ", "\\: "])
_WIDE_SPACES = frozenset(["\\qquad ", "\\quad ", "\\enspace ", "\\ ", "\\; ", "\\: "])
_KERNED_AFTER_D = frozenset("YZjf")


def tidy(nodes, whole=False, before=None, spaced=True, followed=False, stiff=False, roman=False):
    """Takes away the braces that draw nothing and brings runs of spaces to one order.

    A node is a tuple of its class, its text and, for braces, the nodes inside. Braces draw nothing where
    the atoms inside meet their neighbours exactly as the braced atom does: the first and the last are
    ordinary (or a bracket) and no kern comes about.

    Args:
        nodes: list of nodes.
        whole: bool. Whether the list is a whole argument, with no neighbours at all. Defaults to `False`.
        before: int. The class of the atom before the list, if there is one. Defaults to `None`.
        spaced: bool. Whether relations and binary operators are set with space around them, as they are not
            in scripts. Defaults to `True`.
        followed: bool. Whether a delimiter follows the list in the same box. Defaults to `False`.
        stiff: bool. Whether TeX may shrink the spaces of the list, as it does on a line too long for the
            page, so that those in braces must stay there. Defaults to `False`.
        roman: bool. Whether a font command is in force: a last letter in braces has an italic correction
            then, and without them perhaps not. Defaults to `False`.

    Returns:
        A list of nodes.
    """
    for node in nodes:
        if node[0] in _TIDIED:
            break
    else:
        return nodes
    if whole and len(nodes) == 1 and nodes[0][0] == BRACES:
        inside = nodes[0][2]
        if not (stiff and _shrinks(inside)) and not any(node[1][:-1] in SIZES for node in inside):
            return inside
    dissolved = True
    while dissolved:
        nodes, dissolved = _dissolve(nodes, before, spaced, followed, stiff, roman)
    return _order_spaces(nodes)


def _dissolve(nodes, before, spaced, followed, stiff, roman):
    """Goes over the list once; the second value says whether another time may find more."""
    tidied = []
    again = False
    for place, node in enumerate(nodes):
        if node[0] != BRACES:
            tidied.append(node)
            continue
        if not node[2] and nodes[place + 1 : place + 2] and nodes[place + 1][0] == BRACES and not nodes[place + 1][2]:
            continue
        left = _last_atom(tidied)
        after = nodes[place + 1 :]
        held = (stiff and _shrinks(node[2])) or (roman and bool(node[2]) and node[2][-1][0] == CHARACTER)
        if not held and _dissolves(node, left, tidied, after, before, spaced, followed):
            tidied += node[2]
            again = True
        else:
            tidied.append(node)
    return tidied, again and any(node[0] == BRACES for node in tidied)


def _shrinks(nodes):
    """Whether there are spaces among the atoms that TeX may shrink."""
    return any(node[0] == BINARY or node[1] in _SHRINKING for node in nodes)


def _last_atom(nodes):
    return next((node for node in reversed(nodes) if node[0] != SPACE), None)


def _dissolves(node, left, before_it, after_it, before, spaced, followed):
    inside = node[2]
    left_class = left[0] if left else before
    if left_class in (UNKNOWN, OPAQUE) or any(inner[0] in _SCOPED for inner in inside):
        return False
    first = next((inner for inner in inside if inner[0] != SPACE), None)
    right = next((after for after in after_it if after[0] != SPACE), None)
    if first is None:
        return _empties(left_class, right, inside, before_it, after_it)
    last = _last_atom(inside)
    if first[0] not in _OPENS or last[0] not in _CLOSES:
        return False
    if first[0] == OPENING and left_class == OPERATOR:
        return False
    settling = next((inner for inner in reversed(inside) if inner[1][:6] != "\\mkern"), last)
    if not _settles(settling, after_it, spaced, followed):
        return False
    if before_it and before_it[-1][0] != SPACE and inside[0][0] != SPACE and _kern(before_it[-1], inside[0]):
        return False
    return not (after_it and after_it[0][0] != SPACE and inside[-1][0] != SPACE and _kern(inside[-1], after_it[0]))


def _settles(last, after_it, spaced, followed):
    """Whether the output driver's rounding ends with the group: a box, a wide space or nothing follows.

    Drivers place a character after a character by adding widths rounded to pixels, and go back to the exact
    place after a box or a wide space. Without the braces a character could move by one pixel.
    """
    if last[0] in _SETTLED or last[1] in _WIDE_SPACES:
        return True
    if not after_it:
        return not followed
    after = after_it[0]
    if after[0] == SPACE:
        return after[1] in _WIDE_SPACES
    if not spaced:
        return False
    if after[0] == BINARY:
        return len(after_it) > 1 and after_it[1][0] in _OPERANDS
    return after[0] == RELATION


def _empties(left_class, right, inside, before_it, after_it):
    """Whether an atom without ink can go."""
    if right is None:
        return False
    if left_class not in ORDINARY and right[0] not in ORDINARY:
        return False
    if right[0] in (UNKNOWN, OPAQUE):
        return False
    if inside or not before_it or not after_it or before_it[-1][0] == SPACE:
        return True
    return not _kern(before_it[-1], after_it[0])


def _kern(left, right):
    """Whether the last character of `left` and the first of `right` might be kerned."""
    after = right[1].split(" ", 1)[0]
    if after in (".", ",", "/"):
        return True
    before = left[1][:-1].rsplit(" ", 1)[-1]
    if before == "/" or (before == "d" and after in _KERNED_AFTER_D):
        return True
    return after in ALPHABETS and left[0] == CHARACTER and right[0] == CHARACTER and left[1].startswith(after)


def _order_spaces(nodes):
    ordered = []
    run = []
    for node in nodes:
        if node[0] == SPACE:
            run.append(node[1])
            continue
        if run:
            ordered += _spaces(run)
            run = []
        ordered.append(node)
    return ordered + _spaces(run)


def _spaces(run):
    if len(run) == 1:
        return [(SPACE, run[0])]
    run = [token for text in run for token in text.split()]
    for _ in range(min(run.count("\\,"), run.count("\\!"))):
        run.remove("\\,")
        run.remove("\\!")
    for _ in range(run.count("\\quad") // 2):
        run.remove("\\quad")
        run.remove("\\quad")
        run.append("\\qquad")
    run.sort(key=lambda token: SPACE_ORDER.get(token, len(SPACE_ORDER)))
    return [(SPACE, token + " ") for token in run]
