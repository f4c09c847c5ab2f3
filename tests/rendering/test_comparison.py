"""Image comparison against a plain re-derivation of the published measure, and its known cases."""

import numpy as np
import pytest

from keras_im2latex.rendering.comparison import (
    compare_images,
    edit_operations,
    image_edit_distance,
    image_match,
    pixel_identical,
)


def random_picture(generator, height=24, width=80):
    """A cropped picture whose columns all differ from each other in many pixels, with some blank columns."""
    picture = np.where(generator.random((height, width)) < 0.5, 0, 255).astype(np.uint8)
    picture[:, 10:13] = picture[:, 40:44] = 255
    picture[0, 0] = picture[-1, -1] = picture[-1, 0] = picture[0, -1] = 0
    return picture


def levenshtein_table(gold, predicted):
    table = [[i + j if not i * j else 0 for j in range(len(predicted) + 1)] for i in range(len(gold) + 1)]
    for i in range(1, len(gold) + 1):
        for j in range(1, len(predicted) + 1):
            replaced = table[i - 1][j - 1] + (gold[i - 1] != predicted[j - 1])
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, replaced)
    return table


def plain_columns(gold, predicted):
    height = max(gold.shape[0], predicted.shape[0])
    return [
        ["".join("1" if pixel <= 128 else "0" for pixel in column).ljust(height, "0") for column in image.T.tolist()]
        for image in (gold, predicted)
    ]


def plain_clusters(gold, predicted):
    leaders, names = [], {}
    for column in [*gold, *predicted]:
        if column not in names:
            near = [n for n, other in leaders if sum(a != b for a, b in zip(column, other)) < 5]
            names[column] = near[0] if near else len(names)
            if not near:
                leaders.append((names[column], column))
    return [names[column] for column in gold], [names[column] for column in predicted]


@pytest.fixture
def generator():
    return np.random.default_rng(7)


@pytest.fixture
def picture(generator):
    return random_picture(generator)


def test_identical_pictures_match_by_every_measure(picture):
    assert compare_images(picture, picture.copy()) == (True, True, True, 0, 80)


def test_missing_prediction_is_wrong_and_at_full_distance(picture):
    assert compare_images(picture, None) == (False, False, False, 80, 80)
    assert not pixel_identical(picture, None)
    assert not image_match(picture, None)
    assert image_edit_distance(picture, None) == (80, 80)


def test_the_loophole_inserted_columns_are_always_forgiven(picture, generator):
    noise = random_picture(generator, width=40)
    longer = np.concatenate([picture[:, :30], noise, picture[:, 30:]], axis=1)
    assert compare_images(picture, longer) == (False, True, True, 40, 120)
    # Only one way: the same 40 columns missing from the prediction are not forgiven.
    assert compare_images(longer, picture) == (False, False, False, 40, 120)


@pytest.mark.parametrize(("width", "matches"), [(4, True), (5, False), (6, False)])
def test_replaced_columns_are_forgiven_below_five(picture, generator, width, matches):
    changed = picture.copy()
    changed[:, 20 : 20 + width] = 255 - changed[:, 20 : 20 + width]
    comparison = compare_images(picture, changed)
    assert comparison == (False, matches, matches, width, 80)


def test_several_short_runs_are_each_forgiven(picture):
    changed = picture.copy()
    for start in (2, 20, 30, 60):
        changed[:, start : start + 4] = 255 - changed[:, start : start + 4]
    assert image_match(picture, changed)
    assert image_edit_distance(picture, changed) == (16, 80)


def test_extra_dot_of_four_pixels_matches(picture):
    blank = np.full((24, 8), 255, dtype=np.uint8)
    gold = np.concatenate([picture, blank, picture], axis=1)
    dotted = gold.copy()
    dotted[10:12, 83:85] = 0
    comparison = compare_images(gold, dotted)
    assert comparison.image_match
    assert not comparison.pixel_identical
    assert comparison.distance == 2


def test_columns_differing_in_four_pixels_are_one_symbol_in_five_are_two(generator):
    gold = np.full((30, 12), 255, dtype=np.uint8)
    gold[5:25] = 0
    nearly, far = gold.copy(), gold.copy()
    nearly[5:9] = 255
    far[5:10] = 255
    assert image_match(gold, nearly)
    assert not image_match(gold, far)
    assert image_edit_distance(gold, nearly) == (12, 12)


def test_vertical_shift_by_one_pixel_does_not_match(picture):
    assert not image_match(picture, np.roll(picture, 1, axis=0))


def test_shorter_picture_is_padded_at_the_bottom(picture):
    taller = np.concatenate([picture, np.full((9, 80), 255, dtype=np.uint8)])
    assert compare_images(picture, taller) == (True, True, True, 0, 80)
    above = np.concatenate([np.full((9, 80), 255, dtype=np.uint8), picture])
    # Cropping makes them one picture again; the published measure does not align rows.
    assert pixel_identical(picture, above)
    assert not image_match(picture, above)


def test_whitespace_counts_unless_ignored(picture):
    wider = np.insert(picture, [41] * 9, 255, axis=1)
    narrower = compare_images(wider, picture)
    assert not narrower.image_match
    assert narrower.image_match_without_whitespace
    assert image_match(wider, picture, ignore_whitespace=True)


def test_blank_pictures():
    blank, other = (np.full((4, width), 255, dtype=np.uint8) for width in (10, 20))
    inked = other.copy()
    inked[:, 3] = 0
    assert image_match(blank, other, ignore_whitespace=True)
    assert not image_match(other, inked, ignore_whitespace=True)
    assert not image_match(inked, other, ignore_whitespace=True)


def test_ink_is_128_and_darker():
    paper = np.full((20, 30), 255, dtype=np.uint8)
    grey, ink = paper.copy(), paper.copy()
    grey[:, ::2], ink[:, ::2] = 129, 128
    assert image_edit_distance(paper, grey) == (0, 30)
    assert image_edit_distance(paper, ink) == (15, 30)
    assert not pixel_identical(paper, grey)


def test_strict_measure_sees_one_grey_pixel(picture):
    changed = picture.copy()
    changed[3, 3] = 254 if picture[3, 3] == 255 else 1
    assert not pixel_identical(picture, changed)
    assert image_match(picture, changed)


@pytest.mark.parametrize("seed", range(40))
def test_equals_the_plain_definition(seed):
    generator = np.random.default_rng(seed)
    gold = random_picture(generator, height=10, width=60)
    predicted = gold.copy()
    for _ in range(generator.integers(1, 6)):
        start, width = generator.integers(0, 50), generator.integers(1, 9)
        kind = generator.integers(0, 4)
        if kind == 0:
            predicted = np.delete(predicted, slice(start, start + width), axis=1)
        elif kind == 1:
            predicted = np.insert(predicted, [min(start, predicted.shape[1])] * width, 255, axis=1)
        elif kind == 2:
            predicted[:, start : start + width] = generator.choice([0, 255], predicted[:, :1].shape)
        else:
            predicted = predicted[:: 1 if seed % 2 else -1][: generator.integers(6, 11)]
    gold_columns, predicted_columns = plain_columns(gold, predicted)
    comparison = compare_images(gold, predicted)
    assert comparison.distance == levenshtein_table(gold_columns, predicted_columns)[-1][-1]
    assert comparison.reference == max(gold.shape[1], predicted.shape[1])
    inked = [[column for column in side if "1" in column] for side in (gold_columns, predicted_columns)]
    for columns, verdict in (
        ((gold_columns, predicted_columns), comparison.image_match),
        (inked, comparison.image_match_without_whitespace),
    ):
        operations = edit_operations(*(np.array(names) for names in plain_clusters(*columns)))
        forgiven = all(tag == "equal" or end - start < 5 for tag, start, end, _, _ in operations)
        assert verdict == forgiven
    assert image_match(gold, predicted) == comparison.image_match
    assert image_match(gold, predicted, ignore_whitespace=True) == comparison.image_match_without_whitespace
    assert image_edit_distance(gold, predicted) == (comparison.distance, comparison.reference)


# What python-Levenshtein 0.12.2 gives for these strings; ties that later versions break otherwise included.
PUBLISHED_ALIGNMENTS = [
    ("ABDCCED", "BADEAC", [("d", 0, 1, 0, 0), ("e", 1, 2, 0, 1), ("r", 2, 7, 1, 6)]),
    ("BBBEECEED", "DEEB", [("d", 0, 5, 0, 0), ("r", 5, 6, 0, 1), ("e", 6, 8, 1, 3), ("r", 8, 9, 3, 4)]),
    (
        "BBBBBBABBB",
        "BAAA",
        [("e", 0, 1, 0, 1), ("d", 1, 6, 1, 1), ("e", 6, 7, 1, 2), ("d", 7, 8, 2, 2), ("r", 8, 10, 2, 4)],
    ),
    (
        "DECEADEDECC",
        "AAC",
        [("d", 0, 4, 0, 0), ("e", 4, 5, 0, 1), ("d", 5, 9, 1, 1), ("r", 9, 10, 1, 2), ("e", 10, 11, 2, 3)],
    ),
    ("ABCAB", "CC", [("d", 0, 2, 0, 0), ("e", 2, 3, 0, 1), ("d", 3, 4, 1, 1), ("r", 4, 5, 1, 2)]),
    ("CEAC", "ECEB", [("i", 0, 0, 0, 1), ("e", 0, 2, 1, 3), ("d", 2, 3, 3, 3), ("r", 3, 4, 3, 4)]),
    ("BABAA", "AAAA", [("d", 0, 1, 0, 0), ("e", 1, 2, 0, 1), ("r", 2, 3, 1, 2), ("e", 3, 5, 2, 4)]),
    ("", "DAADCAECBECBBAECCBCDCEBBAEECCEAB", [("i", 0, 0, 0, 32)]),
]


@pytest.mark.parametrize(("gold", "predicted", "expected"), PUBLISHED_ALIGNMENTS)
def test_alignment_breaks_ties_as_the_published_script(gold, predicted, expected):
    operations = edit_operations(*(np.array([ord(letter) for letter in text], int) for text in (gold, predicted)))
    assert [(tag[0], *bounds) for tag, *bounds in operations] == expected


@pytest.mark.parametrize("seed", range(20))
def test_alignment_is_optimal_and_turns_gold_into_predicted(seed):
    generator = np.random.default_rng(seed)
    gold, predicted = (generator.integers(0, 4, generator.integers(0, 30)) for _ in range(2))
    built, cost, end = [], 0, (0, 0)
    for tag, i, next_i, j, next_j in edit_operations(gold, predicted):
        assert (i, j) == end
        end = (next_i, next_j)
        built += list(gold[i:next_i]) if tag == "equal" else list(predicted[j:next_j])
        cost += 0 if tag == "equal" else max(next_i - i, next_j - j)
    assert end == (len(gold), len(predicted))
    assert built == list(predicted)
    assert cost == levenshtein_table(gold.tolist(), predicted.tolist())[-1][-1]


def test_wrong_input_is_named(picture):
    with pytest.raises(ValueError, match=r"`predicted` must be a uint8 array.*float64"):
        image_match(picture, picture / 255.0)
    with pytest.raises(ValueError, match=r"`gold` must be a uint8 array.*\(24, 80, 1\)"):
        compare_images(picture[..., None], picture)
