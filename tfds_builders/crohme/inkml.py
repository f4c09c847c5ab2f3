"""Reads InkML as CROHME's packages of all years have it."""

import math
import xml.etree.ElementTree as ElementTree

import numpy as np

from tfds_builders.crohme.ink import Ink, InkSymbol

_ID = "{http://www.w3.org/XML/1998/namespace}id"
_DEFAULT_CHANNELS = ("X", "Y")


class UnreadableInk(ValueError):
    """A file from which no handwritten formula can be read; the message is the reason."""


def read_inkml(data: bytes) -> Ink:
    """Reads one handwritten formula.

    Elements are known by their names in any namespace or none; strokes by `id` or `xml:id`. Channels beside X and Y
    (time, force) are passed over, and so are strokes of a lifted pen. A file that is not UTF-8 is read as Latin-1,
    whatever it says of itself.

    Args:
        data: the file.

    Returns:
        An `Ink`.

    Raises:
        UnreadableInk: when the file is empty, is no XML, has no strokes, or a stroke that is not numbers.
    """
    if not data.strip():
        raise UnreadableInk("empty file")
    root = _parse(data)
    channels = _channels(root)
    places, strokes = {}, []
    for trace in _all(root, "trace"):
        if trace.get("type") == "penUp":
            continue
        name = trace.get("id") or trace.get(_ID)
        strokes.append(_points(trace.text or "", channels, name))
        places.setdefault(name, len(strokes) - 1)
    if not strokes:
        raise UnreadableInk("no strokes")
    annotations = {}
    for child in root:
        if _name(child) == "annotation":
            annotations.setdefault(child.get("type"), (child.text or "").strip())
    return Ink(
        strokes=tuple(strokes),
        truth=annotations.get("truth", ""),
        mathml=next(_all(root, "math"), None),
        symbols=tuple(_symbols(root, places)),
        writer=annotations.get("writer", ""),
    )


def _parse(data):
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        data = data.decode("latin-1").encode("utf-8")
    try:
        return ElementTree.fromstring(data, ElementTree.XMLParser(encoding="utf-8"))
    except ElementTree.ParseError as error:
        raise UnreadableInk(f"not well-formed XML: {error}") from None


def _channels(root):
    """Places of X and Y among the numbers of a point."""
    declared = tuple(channel.get("name") for channel in _all(root, "channel")) or _DEFAULT_CHANNELS
    try:
        return declared.index("X"), declared.index("Y")
    except ValueError:
        raise UnreadableInk(f"no channels X and Y among {', '.join(map(str, declared))}") from None


def _points(text, channels, name):
    points = []
    try:
        for point in text.split(","):
            values = point.split()
            if values:
                points.append([float(values[channel]) for channel in channels])
    except (ValueError, IndexError):
        raise UnreadableInk(f"stroke {name} holds {point.strip()[:40]!r}, which is no point") from None
    if not points:
        raise UnreadableInk(f"stroke {name} has no points")
    array = np.array(points, np.float32)
    if not math.isfinite(array.sum()):
        raise UnreadableInk(f"stroke {name} has points that are not finite")
    return array


def _symbols(root, places):
    """The groups of strokes that hold strokes themselves, not only groups."""
    for group in _all(root, "traceGroup"):
        views = [child.get("traceDataRef", "").lstrip("#") for child in group if _name(child) == "traceView"]
        labels = [child.text for child in group if _name(child) == "annotation" and child.get("type") == "truth"]
        strokes = tuple(places[view] for view in views if view in places)
        if strokes and len(strokes) == len(views) and labels and labels[0]:
            yield InkSymbol(labels[0].strip(), strokes)


def _all(root, name):
    return (element for element in root.iter() if _name(element) == name)


def _name(element):
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
