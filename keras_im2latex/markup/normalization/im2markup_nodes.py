"""What the parser of the authors' rules makes: nodes of a kind, a text and, for groups, the nodes inside."""

# The kinds of node the rules ask about; all others are OTHER.
GROUP, OPERATOR, INFIX, OTHER = range(4)
EMPTY_GROUP = (GROUP, "{ } ", [])


def named_operator(name, with_limits):
    """Returns the node of an operator written letter by letter."""
    command = "\\operatorname* { " if with_limits else "\\operatorname { "
    return (OPERATOR, command + " ".join(name[1:]) + " } ", name)


def contents(node):
    """Returns what `node` holds, without its braces."""
    return node[1][2:-2] if node[0] == GROUP else node[1]


def array_columns(node):
    """Returns those columns of an array that KaTeX knows."""
    nodes = node[2] if node[0] == GROUP else [node]
    return "".join([column[1] for column in nodes if column[1] in ("l ", "c ", "r ", "| ")])


def resolve_infix(body):
    """Returns `a \\over b` as `\\frac { a } { b }`."""
    place = next(index for index, node in enumerate(body) if node[0] == INFIX)
    parts = []
    for nodes in (body[:place], body[place + 1 :]):
        if len(nodes) == 1 and nodes[0][0] == GROUP:
            parts.append(nodes[0][1])
        else:
            parts.append("{ " + "".join([node[1] for node in nodes]) + "} ")
    return [(OTHER, body[place][1] + parts[0] + parts[1])]
