"""Comparing the picture of a predicted formula with the picture of the gold one.

Two definitions of "the same picture" live here. The strict one asks for the same pixels after cropping. The
published one (the paper's "Match") compares columns: it forgives misalignments under five pixels, and it also
forgives any number of columns that the prediction has and the gold does not. That second mercy is not in the
paper's text but in its evaluation script; it is kept, so that figures are comparable, and the strict measure
stands beside it.
"""

from typing import NamedTuple

import numpy as np

# A pixel is ink when it is at most this grey.
INK_LEVEL = 128
# Columns that differ in fewer pixels are one symbol; differing runs of fewer gold columns are forgiven.
TOLERANCE = 5
# Columns compared with all others at a time: what fits in a core's cache.
_ROWS = 64


class ImageComparison(NamedTuple):
    """What there is to say about one predicted picture.

    Attributes:
        pixel_identical: bool. The same pixels after cropping both to their ink.
        image_match: bool. The published match.
        image_match_without_whitespace: bool. The published match with all blank columns deleted.
        distance: int. Edit distance between the two sequences of columns.
        reference: int. The larger of the two widths, in pixels: what `distance` is divided by.
    """

    pixel_identical: bool
    image_match: bool
    image_match_without_whitespace: bool
    distance: int
    reference: int


def pixel_identical(gold, predicted):
    """Tells whether two pictures show the same pixels once both are cropped to what is not white.

    Args:
        gold: uint8 array `[height, width]`, 0 is ink and 255 is paper.
        predicted: the same for the prediction, or `None` where there is no picture.

    Returns:
        bool. `False` where the prediction is missing.

    Example:
        >>> page = np.full((10, 10), 255, dtype="uint8")
        >>> page[4:6, 4:6] = 0
        >>> pixel_identical(page, page[3:, 2:])
        True
    """
    gold = _checked(gold, "gold")
    if predicted is None:
        return False
    predicted = _checked(predicted, "predicted")
    return np.array_equal(gold, predicted) or np.array_equal(_cropped(gold), _cropped(predicted))


def image_match(gold, predicted, ignore_whitespace=False):
    """Tells whether two pictures match by the paper's published definition.

    Columns of pixels become symbols: a column takes the symbol of the first earlier column from which it
    differs in fewer than 5 pixels. The two strings of symbols are aligned by edit distance, and the pictures
    match when every differing run covers fewer than 5 columns of the gold picture. Columns that the
    prediction inserts cover none, so they are always forgiven: report `pixel_identical` beside this.

    Args:
        gold: uint8 array `[height, width]`, cropped to its ink; 0 is ink.
        predicted: the same for the prediction, or `None` where there is no picture.
        ignore_whitespace: bool. Deletes all blank columns first ("Match (-ws)"). Defaults to `False`.

    Returns:
        bool. `False` where the prediction is missing.

    Example:
        >>> page = np.full((10, 10), 255, dtype="uint8")
        >>> page[:, 4] = 0
        >>> image_match(page, page[:, 2:])
        True

    Reference:
        - [Deng et al., 2017](https://arxiv.org/abs/1609.04938), footnote 7, and `evaluate_image.py` in
          https://github.com/harvardnlp/im2markup
    """
    gold = _checked(gold, "gold")
    if predicted is None:
        return False
    gold_codes, predicted_codes, distinct = column_symbols(gold, _checked(predicted, "predicted"))
    return _columns_match(gold_codes, predicted_codes, distinct, _close(distinct), ignore_whitespace)


def image_edit_distance(gold, predicted):
    """Counts the columns to insert, delete or replace to turn one picture into the other.

    The published score over many pictures is `1 - sum(distance) / sum(reference)`.

    Args:
        gold: uint8 array `[height, width]`, cropped to its ink; 0 is ink.
        predicted: the same for the prediction, or `None` where there is no picture.

    Returns:
        Tuple `(distance, reference)` of ints, both in columns of pixels. `reference` is the larger width;
        without a predicted picture both are the gold width.

    Example:
        >>> page = np.full((10, 10), 255, dtype="uint8")
        >>> image_edit_distance(page, page[:, 3:])
        (3, 10)
    """
    gold = _checked(gold, "gold")
    if predicted is None:
        return gold.shape[1], gold.shape[1]
    gold_codes, predicted_codes, _ = column_symbols(gold, _checked(predicted, "predicted"))
    return _edit_distance(gold_codes, predicted_codes), max(len(gold_codes), len(predicted_codes))


def compare_images(gold, predicted):
    """Takes every measure of this module at once, at little more than the cost of one.

    Args:
        gold: uint8 array `[height, width]`, cropped to its ink; 0 is ink.
        predicted: the same for the prediction, or `None` where there is no picture.

    Returns:
        An `ImageComparison`. A missing prediction matches by no measure and is at the full distance.
    """
    gold = _checked(gold, "gold")
    if predicted is None:
        return ImageComparison(False, False, False, gold.shape[1], gold.shape[1])
    predicted = _checked(predicted, "predicted")
    if np.array_equal(gold, predicted):
        return ImageComparison(True, True, True, 0, gold.shape[1])
    gold_codes, predicted_codes, distinct = column_symbols(gold, predicted)
    distance = _edit_distance(gold_codes, predicted_codes)
    close = _close(distinct) if distance else None
    return ImageComparison(
        pixel_identical=pixel_identical(gold, predicted),
        image_match=not distance or _columns_match(gold_codes, predicted_codes, distinct, close, False),
        image_match_without_whitespace=not distance
        or _columns_match(gold_codes, predicted_codes, distinct, close, True),
        distance=distance,
        reference=max(len(gold_codes), len(predicted_codes)),
    )


def column_symbols(gold, predicted):
    """Reads both pictures as sequences of columns, the shorter one padded at the bottom.

    Args:
        gold: uint8 array `[height, width]`, 0 is ink.
        predicted: the same for the prediction.

    Returns:
        `(gold_codes, predicted_codes, distinct)`: the columns of either picture as rows of `distinct`, a bool
        array `[distinct_columns, height]` of ink in the order in which columns appear, the gold ones first.

    Example:
        >>> column_symbols(np.zeros((2, 3), np.uint8), np.zeros((2, 1), np.uint8))[:2]
        (array([0, 0, 0], dtype=int32), array([0], dtype=int32))
    """
    width = gold.shape[1]
    ink = np.zeros((width + predicted.shape[1], max(gold.shape[0], predicted.shape[0])), dtype=bool)
    ink[:width, : gold.shape[0]] = gold.T <= INK_LEVEL
    ink[width:, : predicted.shape[0]] = predicted.T <= INK_LEVEL
    packed = np.packbits(ink, axis=1)
    seen = {}
    keys = packed.view(f"V{packed.shape[1]}").ravel().tolist() if packed.size else [b""] * len(packed)
    codes = np.array([seen.setdefault(key, len(seen)) for key in keys], dtype=np.int32)
    first = np.zeros(len(seen), dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return codes[:width], codes[width:], ink[first]


def edit_operations(gold, predicted):
    """Aligns two sequences of symbols by edit distance.

    Among the many alignments of least cost this picks the one that python-Levenshtein up to 0.12 picked, with
    which the published figures were made: read from the end, go on inserting or deleting if that is what one
    was doing; otherwise keep, replace, insert, delete, in this order of preference. Later versions of that
    package and rapidfuzz choose otherwise, and the verdict of `image_match` can depend on it.

    Args:
        gold: int array `[gold_length]`.
        predicted: int array `[predicted_length]`.

    Returns:
        List of tuples `(tag, gold_start, gold_end, predicted_start, predicted_end)` as `difflib` gives them,
        `tag` being one of `"equal"`, `"replace"`, `"insert"`, `"delete"`.

    Example:
        >>> edit_operations(np.array([1, 2, 3]), np.array([1, 3]))
        [('equal', 0, 1, 0, 1), ('delete', 1, 2, 1, 1), ('equal', 2, 3, 1, 2)]
    """
    prefix, gold_end, predicted_end = _trim(gold, predicted)
    steps = _steps_backwards(gold[prefix:gold_end], predicted[prefix:predicted_end])
    tags = ["equal"] * (len(gold) - gold_end) + steps + ["equal"] * prefix
    operations = []
    i = j = 0
    for tag in reversed(tags):
        next_i, next_j = i + (tag != "insert"), j + (tag != "delete")
        if operations and operations[-1][0] == tag:
            start = operations.pop()
            operations.append((tag, start[1], next_i, start[3], next_j))
        else:
            operations.append((tag, i, next_i, j, next_j))
        i, j = next_i, next_j
    return operations


def _checked(image, name):
    image = np.asarray(image)
    if image.ndim != 2 or image.dtype != np.uint8:
        raise ValueError(
            f"`{name}` must be a uint8 array of shape [height, width]. "
            f"Received: dtype {image.dtype}, shape {image.shape}"
        )
    return image


def _cropped(image):
    marked = image != 255
    rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    if not len(rows):
        return image[:0, :0]
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _close(distinct):
    """Tells which distinct columns differ in fewer pixels than the tolerance: bool `[columns, columns]`."""
    # Bits are counted, not multiplied: a product of floats this small keeps every core of BLAS busy waiting.
    packed = np.packbits(distinct, axis=1)
    words = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8))).view(np.uint64)
    close = np.empty((len(words), len(words)), dtype=bool)
    for start in range(0, len(words), _ROWS):
        rows = slice(start, start + _ROWS)
        differing = np.zeros((len(words[rows]), len(words)), dtype=np.uint16)
        for column in words.T:
            differing += np.bitwise_count(column[rows, None] ^ column)
        close[rows] = differing < TOLERANCE
    return close


def _clusters(close, member):
    """Joins each member to the first earlier one that itself joined none and that it is close to."""
    cluster = np.where(member, -1, len(member))
    for column in np.flatnonzero(member):
        if cluster[column] < 0:
            cluster[close[column] & (cluster < 0)] = column
    return cluster


def _columns_match(gold_codes, predicted_codes, distinct, close, ignore_whitespace):
    member = distinct.any(axis=1) if ignore_whitespace else np.ones(len(distinct), dtype=bool)
    gold_codes, predicted_codes = gold_codes[member[gold_codes]], predicted_codes[member[predicted_codes]]
    if np.array_equal(gold_codes, predicted_codes):
        return True
    if ignore_whitespace and not (len(gold_codes) and len(predicted_codes)):
        return False
    cluster = _clusters(close, member)
    operations = edit_operations(cluster[gold_codes], cluster[predicted_codes])
    return all(tag == "equal" or end - start < TOLERANCE for tag, start, end, _, _ in operations)


def _trim(gold, predicted):
    """Finds the stretch in which two sequences differ: its common start, and its end in either."""
    shorter = min(len(gold), len(predicted))
    unequal = np.flatnonzero(gold[:shorter] != predicted[:shorter])
    prefix = int(unequal[0]) if len(unequal) else shorter
    rest = shorter - prefix
    unequal = np.flatnonzero(gold[len(gold) - rest :][::-1] != predicted[len(predicted) - rest :][::-1])
    suffix = int(unequal[0]) if len(unequal) else rest
    return prefix, len(gold) - suffix, len(predicted) - suffix


def _edit_distance(gold, predicted):
    prefix, gold_end, predicted_end = _trim(gold, predicted)
    rows = _levenshtein_rows(gold[prefix:gold_end], predicted[prefix:predicted_end])
    _, right_up, right_down, _, _ = rows[-1]
    return gold_end - prefix + right_up.bit_count() - right_down.bit_count()


def _levenshtein_rows(gold, predicted):
    """Fills Levenshtein's table a row at a time, by the steps between neighbouring cells, held as bits.

    Python's integers are the bit vectors: bit `j` of a row speaks of predicted symbol `j`. A row of a
    thousand cells then takes some twenty operations, about two microseconds.

    Returns:
        A list of `gold_length + 1` tuples `(symbol, right_up, right_down, below_up, diagonal_free)`, whose
        bits tell whether a cell costs one more than the cell to its left, one less than that, one more than
        the cell above it, and no more than the cell above and to the left.

    Reference:
        - Hyyrö, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances", 2003
    """
    full = (1 << len(predicted)) - 1
    places = {}
    for j, symbol in enumerate(predicted.tolist()):
        places[symbol] = places.get(symbol, 0) | 1 << j
    right_up, right_down = full, 0
    rows = [(None, right_up, right_down, 0, 0)]
    for symbol in gold.tolist():
        same = places.get(symbol, 0) | right_down
        diagonal_free = (((same & right_up) + right_up) ^ right_up) | same
        below_up = (right_down | ~(diagonal_free | right_up)) & full
        below_down = right_up & diagonal_free
        above_right_up = below_up << 1 | 1
        right_down = above_right_up & diagonal_free & full
        right_up = (below_down << 1 | ~(above_right_up | diagonal_free)) & full
        rows.append((symbol, right_up, right_down, below_up, diagonal_free))
    return rows


def _steps_backwards(gold, predicted):
    rows = _levenshtein_rows(gold, predicted)
    predicted = predicted.tolist()
    i, j = len(gold), len(predicted)
    steps = []
    step = None
    while i and j:
        symbol, right_up, _, below_up, diagonal_free = rows[i]
        here = 1 << (j - 1)
        if (step == "insert" and right_up & here) or (step == "delete" and below_up & here):
            pass  # go on as before
        elif symbol == predicted[j - 1]:
            step = "equal"
        elif not diagonal_free & here:
            step = "replace"
        elif right_up & here:
            step = "insert"
        else:
            step = "delete"
        steps.append(step)
        i -= step != "insert"
        j -= step != "delete"
    return steps + ["delete"] * i + ["insert"] * j
