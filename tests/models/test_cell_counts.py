"""Counts of cells agree with maps of single pictures."""

import numpy as np
import pytest

from keras_im2latex.models import attention_map, count_cells

FORMULAS = (("a", "+", "b", "c"), ("j",), (), ("c", "-", "a"))


@pytest.mark.parametrize("kind", ["standard", "coarse_only", "hierarchical", "sparsemax", "hard"])
def test_counts_are_means_over_the_tokens_of_all_pictures(make_model, pictures, kind):
    model = make_model(attention=kind)
    originals = [picture[..., 0] for picture in pictures[: len(FORMULAS)]]
    maps = [
        attention_map(model, picture, formula, already_downsampled=True)
        for picture, formula in zip(originals, FORMULAS, strict=True)
    ]
    counts = count_cells(model, originals, FORMULAS, batch_size=3, already_downsampled=True)
    assert counts.tokens == sum(len(formula) + 1 for formula in FORMULAS)
    for name in ("coarse_cells", "fine_cells"):
        each = np.concatenate([getattr(looked, name) for looked in maps])
        assert getattr(counts, name) == pytest.approx(each.mean(), rel=1e-6)
    assert float(model.decoder.fine_cells.result()) == 0.0


def test_each_picture_needs_a_formula(make_model, pictures):
    model = make_model()
    with pytest.raises(ValueError, match="Received: 1 pictures, 2 formulas"):
        count_cells(model, [pictures[0][..., 0]], [("a",), ("b",)])
    with pytest.raises(ValueError, match="Received: 0 pictures, 0 formulas"):
        count_cells(model, [], [])
