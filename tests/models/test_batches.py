"""Batches against all ways of cutting a sorted row of pictures."""

import itertools

import numpy as np
import pytest

from keras_im2latex.models import batches
from keras_im2latex.models.batches import batches_of_similar_size


def pixels(sizes, batch):
    height, width = np.ceil(np.array([sizes[key] for key in batch]) / 8).max(axis=0) * 8
    return height * width * len(batch)


def random_sizes(number, seed):
    random = np.random.default_rng(seed)
    return {f"picture {n}": (int(random.integers(9, 150)), int(random.integers(9, 600))) for n in range(number)}


@pytest.mark.parametrize("seed", range(4))
def test_no_other_cut_of_the_same_order_costs_less(seed, monkeypatch):
    monkeypatch.setattr(batches, "_COST_OF_A_BATCH", 30_000)
    sizes = random_sizes(9, seed)
    chosen = batches_of_similar_size(sizes, 4)
    order = list(itertools.chain.from_iterable(chosen))
    costs = []
    for number in range(9):
        for cuts in itertools.combinations(range(1, 9), number):
            parts = [order[a:b] for a, b in itertools.pairwise((0, *cuts, 9))]
            if max(map(len, parts)) <= 4:
                costs.append(sum(pixels(sizes, part) + 30_000 for part in parts))
    assert sum(pixels(sizes, part) + 30_000 for part in chosen) == min(costs)
    assert 2 < len(chosen) < 9


def test_every_picture_is_in_one_batch_of_at_most_the_size_asked_for():
    sizes = random_sizes(300, 0)
    chosen = batches_of_similar_size(sizes, 16)
    assert sorted(itertools.chain.from_iterable(chosen)) == sorted(sizes)
    assert max(map(len, chosen)) == 16
    padded = sum(pixels(sizes, batch) for batch in chosen) / sum(pixels(sizes, [key]) for key in sizes)
    assert padded < 1.6
    assert len(chosen) < 30


def test_a_picture_too_large_for_company_is_alone():
    sizes = {"large": (3000, 4000), "small": (40, 100), "other": (40, 100)}
    assert batches_of_similar_size(sizes, 8) == [["small", "other"], ["large"]]
    assert batches_of_similar_size({}, 8) == []
