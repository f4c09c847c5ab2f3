import itertools
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
from random_models import END, PADDING, START, VOCABULARY, RandomModel, X, formula

from keras_im2latex.decoding import beam_search, greedy_search
from keras_im2latex.runtime.search import search

LENGTH = 5
FORMULAS = 2**LENGTH + 2**LENGTH - 1  # with two tokens beside the end: those cut, and those that end
SEEDS = (0, 1, 2)


def beams(model, beam_size, maximum_length=LENGTH, **options):
    return beam_search(
        model.step,
        model.state,
        beam_size=beam_size,
        maximum_length=maximum_length,
        **model.options,
        **options,
    )


def greedy(model, maximum_length=LENGTH):
    return greedy_search(model.step, model.state, maximum_length=maximum_length, **model.options)


def found(hypotheses, picture):
    """A picture's formulas and scores."""
    formulas = [formula(tokens) for tokens in hypotheses.tokens[picture].numpy()]
    return formulas, hypotheses.scores[picture].numpy()


def test_greedy_takes_the_most_probable_token_at_every_step():
    model = RandomModel(range(20))
    hypotheses = greedy(model, maximum_length=8)
    assert hypotheses.tokens.shape[:2] == hypotheses.scores.shape == (20, 1)
    lengths = set()
    for picture in range(20):
        expected = []
        while len(expected) < 8 and expected[-1:] != [END]:
            expected.append(int(np.argmax(model.next_tokens(picture, expected))))
        (tokens,), (score,) = found(hypotheses, picture)
        assert tokens == tuple(expected)
        np.testing.assert_allclose(score, model.score(picture, expected), rtol=0, atol=1e-5)
        assert not hypotheses.tokens.numpy()[picture, 0, len(expected) :].any()
        lengths.add(len(expected))
    assert len(lengths) > 3, "the models must end at various lengths to show anything"


@pytest.mark.parametrize("length_penalty", [0.0, 1.0])
def test_a_beam_of_one_is_greedy(length_penalty):
    model = RandomModel(range(20))
    narrow, plain = beams(model, 1, length_penalty=length_penalty), greedy(model)
    np.testing.assert_array_equal(narrow.tokens, plain.tokens)
    np.testing.assert_allclose(narrow.scores, plain.scores, rtol=0, atol=1e-5)


@pytest.mark.parametrize("length_penalty", [0.0, 0.7, 1.0])
def test_a_beam_that_holds_every_formula_finds_them_in_order(length_penalty):
    model = RandomModel(SEEDS)
    hypotheses = beams(model, FORMULAS, length_penalty=length_penalty)
    for picture in range(len(SEEDS)):
        formulas, scores = found(hypotheses, picture)
        expected = model.all_formulas(picture, LENGTH, length_penalty)
        assert len(expected) == FORMULAS
        assert formulas == [tokens for tokens, _ in expected]
        np.testing.assert_allclose(scores, [score for _, score in expected], rtol=0, atol=1e-5)


def test_length_normalization_changes_the_winner():
    model = RandomModel(range(20))
    plain, normalized = (beams(model, FORMULAS, length_penalty=penalty).tokens[:, 0] for penalty in (0.0, 1.0))
    assert (plain.numpy() != normalized.numpy()).any()


@pytest.mark.parametrize("beam_size", [2, 3, 5])
@pytest.mark.parametrize("length_penalty", [0.0, 1.0])
def test_a_narrow_beam_keeps_what_plain_beam_search_keeps(beam_size, length_penalty):
    model = RandomModel(range(10), sharpness=1.0)
    hypotheses = beams(model, beam_size, maximum_length=8, length_penalty=length_penalty)
    for picture in range(10):
        formulas, scores = found(hypotheses, picture)
        expected = model.plain_beam_search(picture, beam_size, 8, length_penalty)
        assert formulas == [tokens for tokens, _ in expected]
        np.testing.assert_allclose(scores, [score for _, score in expected], rtol=0, atol=1e-5)


def test_pictures_leave_as_they_end_and_the_memory_with_them():
    model = RandomModel(range(40))
    seen = []

    def step(tokens, state, memory):
        tf.debugging.assert_equal(memory["picture"], state["picture"][:, 0])
        seen.append(int(tf.shape(tokens)[0]))
        return model.step(tokens, state)

    hypotheses = greedy_search(step, model.state, ({"picture": tf.range(40)},), maximum_length=30, **model.options)
    plain = greedy(model, maximum_length=30)
    np.testing.assert_array_equal(hypotheses.tokens, plain.tokens)
    assert seen[0] == 40
    assert seen == sorted(seen, reverse=True)
    assert all(after == before or after <= before // 2 for before, after in itertools.pairwise(seen))
    assert seen[-1] <= 10


@pytest.mark.parametrize("n_best", [1, 2])
def test_the_best_do_not_wait_for_the_others(n_best):
    model = RandomModel(range(20), sharpness=1.0)
    steps = []

    def step(tokens, state):
        steps.append(int(tf.shape(tokens)[0]))
        return model.step(tokens, state)

    options = {"beam_size": 5, "maximum_length": 12, **model.options}
    asked = beam_search(step, model.state, n_best=n_best, **options)
    spent = sum(steps)
    steps.clear()
    everything = beam_search(step, model.state, **options)
    assert spent < sum(steps)
    for picture in range(20):
        formulas, scores = found(asked, picture)
        expected_formulas, expected_scores = found(everything, picture)
        assert formulas[:n_best] == expected_formulas[:n_best]
        np.testing.assert_array_equal(scores[:n_best], expected_scores[:n_best])


def sure_of_one_token(picture_count=1):
    """A model that writes X with probability 0.9 and ends with 0.1, whatever it wrote."""
    log_probabilities = np.full(VOCABULARY, -np.inf, np.float32)
    log_probabilities[[X, END]] = np.log([0.9, 0.1])

    def step(tokens, state):
        return tf.tile(tf.constant(log_probabilities)[None, None], [*tf.shape(tokens), 1]), state

    return SimpleNamespace(
        step=step,
        state=tf.zeros((picture_count, 1)),
        options={"start_id": START, "end_id": END, "padding_id": PADDING},
    )


def test_no_token_comes_more_often_in_a_row_than_it_may():
    model = sure_of_one_token(picture_count=2)
    # By mean log-probability the longest is best, and without a bound there is none.
    expected = [(X,) * repeats + (END,) for repeats in (20, 19, 18)]
    hypotheses = beams(model, 3, maximum_length=60, length_penalty=1.0)
    for picture in range(2):
        formulas, scores = found(hypotheses, picture)
        assert formulas == expected
        np.testing.assert_allclose(scores, [len(f[:-1]) * np.log(0.9) + np.log(0.1) for f in expected], rtol=1e-5)
    formulas, _ = found(greedy(model, maximum_length=60), 0)
    assert formulas == expected[:1]


@pytest.mark.parametrize("beam_size", [1, 2, 3])
def test_the_search_without_tensorflow_stops_repeating_alike(beam_size):
    def step(last, state, memory):
        tokens = np.broadcast_to([X, END, START][:beam_size], (*last.shape, beam_size))
        gains = np.broadcast_to(np.log([0.9, 0.1, 1e-30][:beam_size]).astype(np.float32), tokens.shape)
        return tokens, gains, state

    model = sure_of_one_token()
    (hypotheses,) = search(
        step,
        (np.zeros((1, beam_size, 1)),),
        (np.zeros((1, 1)),),
        beam_size=beam_size,
        n_best=beam_size,
        maximum_length=60,
        length_penalty=1.0,
        **model.options,
    )
    ours = [tuple(each.tokens[: each.tokens.index(END) + 1]) for each in hypotheses]
    theirs = greedy(model, 60) if beam_size == 1 else beams(model, beam_size, 60, length_penalty=1.0)
    assert ours == found(theirs, 0)[0] == [(X,) * repeats + (END,) for repeats in (20, 19, 18)[:beam_size]]


def test_finished_beams_are_frozen():
    model = RandomModel(range(10), sharpness=1.0)
    tokens, scores = (part.numpy() for part in beams(model, 5, maximum_length=12))
    early = 0
    for picture, beam in np.ndindex(10, 5):
        kept = formula(tokens[picture, beam])
        assert (tokens[picture, beam, len(kept) :] == PADDING).all()
        assert PADDING not in kept
        np.testing.assert_allclose(scores[picture, beam], model.score(picture, kept), rtol=0, atol=1e-5)
        early += len(kept) < tokens.shape[-1]
    assert early > 10, "hypotheses must end before the others to show anything"


def test_fewer_formulas_than_beams():
    model = RandomModel(SEEDS)
    hypotheses = beams(model, FORMULAS + 9)
    for picture in range(len(SEEDS)):
        formulas, scores = found(hypotheses, picture)
        assert len(set(formulas[:FORMULAS])) == FORMULAS
        assert np.isfinite(scores[:FORMULAS]).all()
        assert (scores[FORMULAS:] == -np.inf).all()


def test_a_certain_end_leaves_one_formula():
    def step(tokens, state):
        return tf.repeat(tf.math.log([[[0.0, 0.0, 1.0, 0.0, 0.0]]]), tf.shape(tokens)[1], axis=1), state

    hypotheses = beam_search(step, tf.zeros((1, 1)), beam_size=3, maximum_length=50, **RandomModel.options)
    assert hypotheses.tokens[0, 0].numpy().tolist()[:1] == [END]
    assert hypotheses.scores.numpy().tolist() == [[0.0, -np.inf, -np.inf]]


@pytest.mark.parametrize("search", [greedy, lambda model: beams(model, 4, length_penalty=0.5)])
def test_pictures_of_a_batch_are_searched_alone(search):
    together = search(RandomModel(range(8)))
    for seed in range(8):
        formulas, scores = found(search(RandomModel([seed])), 0)
        batch_formulas, batch_scores = found(together, seed)
        assert formulas == batch_formulas
        np.testing.assert_array_equal(scores, batch_scores)


@pytest.mark.parametrize("search", [greedy, lambda model: beams(model, 4)])
def test_searches_run_in_a_graph_whose_batch_is_unknown(search):
    model = RandomModel(SEEDS)

    @tf.function(input_signature=[tf.TensorSpec([None, 1], tf.int32)])
    def in_graph(picture):
        state = {"picture": picture, "history": tf.zeros_like(picture)}
        return search(SimpleNamespace(step=model.step, state=state, options=model.options))

    for pictures in ([0], [2, 0, 1]):
        hypotheses = in_graph(tf.constant(pictures)[:, None])
        eager = search(RandomModel(SEEDS[picture] for picture in pictures))
        np.testing.assert_array_equal(hypotheses.tokens, eager.tokens)
        np.testing.assert_allclose(hypotheses.scores, eager.scores, rtol=0, atol=1e-6)


def test_the_state_follows_its_hypothesis():
    """A state of several tensors of various ranks, one of which spells out the history."""

    def step(tokens, state):
        history = tf.concat([state["history"][:, :, 1:], tokens[..., None]], axis=-1)
        codes = tf.reduce_sum(history * tf.constant([125, 25, 5, 1]), axis=-1) % 97
        logits = tf.math.sin(tf.cast(codes, tf.float32)[..., None] * tf.constant([0.3, 1.1, 1.7, 2.3, 2.9]))
        forbidden = tf.constant([-np.inf, -np.inf, -2.0, 0.0, 0.0], tf.float32)
        return tf.nn.log_softmax(3 * logits + forbidden), {"history": history}

    start = {"history": tf.zeros((2, 1, 4), tf.int32)}
    tokens, scores = beam_search(step, start, beam_size=4, maximum_length=6, **RandomModel.options)
    for beam in range(4):
        kept, score, state = formula(tokens[0, beam].numpy()), 0.0, start
        for given, wanted in zip((START, *kept), kept):
            log_probabilities, state = step(tf.fill([2, 1], given), state)
            score += float(log_probabilities[0, 0, wanted])
        np.testing.assert_allclose(scores[0, beam], score, rtol=0, atol=1e-5)
    assert X in tokens.numpy()
    assert tokens.numpy().max() < VOCABULARY
