"""Reading TeX's log: what was wrong with which formula."""

import re

_UNDEFINED = "Undefined control sequence"


def read_errors(log):
    """Returns the errors in a log or a part of it, each as one line without TeX's decoration.

    Args:
        log: str. Text of a TeX log whose lines are not folded.

    Returns:
        List of str, in their order, such as `["Undefined control sequence \\foo", "Missing $ inserted"]`.
    """
    lines = log.split("\n")
    errors = []
    for number, line in enumerate(lines):
        if not line.startswith("! "):
            continue
        message = line[2:].strip().rstrip(".")
        if message == _UNDEFINED and number + 1 < len(lines):
            # TeX breaks the next line right after the command it does not know.
            command = re.search(r"\\(?:[A-Za-z@]+|.) ?$", lines[number + 1])
            message += f" {command.group().strip()}" if command else ""
        elif message.startswith("TeX capacity exceeded, sorry "):
            message = message.replace(", sorry", "")
        message = re.sub(r"^(?:LaTeX|Package \w+|Class \w+) Error: ", "", message)
        errors.append(re.sub(r"\s+", " ", message).strip())
    return errors


def read_runs(log, mark):
    """Splits the log of a run over many formulas.

    Args:
        log: str. Text of the log, with the driver's marks.
        mark: str. What the run's marks begin with.

    Returns:
        List of tuples `(number, ended, errors)` in the order of drawing: the formula's number, whether the
        run came past it in good order, and the errors in between.
    """
    runs = []
    marks = list(re.finditer(rf"^\[{mark} (?:(\d+) (begins|ends)|lost)\]$", log, re.MULTILINE))
    for begin, following in zip(marks, [*marks[1:], None]):
        if begin.group(2) != "begins":
            continue
        ended = following is not None and following.group(1, 2) == (begin.group(1), "ends")
        section = log[begin.end() : following.start() if following else None]
        runs.append((int(begin.group(1)), ended, read_errors(section)))
    return runs
