"""REINFORCE against the exact gradient, got by walking through every way to choose."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from layer_checks import fill_weights, global_policy

from keras_im2latex.layers import Decoder, HardAttention, HierarchicalAttention, PolicyGradient

VOCABULARY, UNITS, CHANNELS, STEPS, COARSE = 6, 4, 3, 3, 2
TOKENS = np.array([[1, 4, 5]], np.int32)
GOLD = np.array([4, 5, 2])


class ForcedAttention(HierarchicalAttention):
    """Looks under the coarse cells it is told to, one after another."""

    choices = (0,) * STEPS

    def call(self, query, memory, training=False, noise=None):
        choice, *self.choices = self.choices
        chosen = tf.one_hot([[choice]], COARSE)
        probabilities = self.coarse_probabilities(query, memory)
        looked = self.look_everywhere(query, memory, chosen)
        return looked._replace(choice_log_probability=tf.math.log(tf.reduce_sum(probabilities * chosen, axis=-1)))


@pytest.fixture
def grids():
    generator = np.random.default_rng(0)
    fine = generator.normal(size=(1, 4, 4 * COARSE, CHANNELS)).astype("float32")
    coarse = generator.normal(size=(1, 1, COARSE, CHANNELS)).astype("float32")
    return [fine, np.ones(fine.shape[:3], bool), coarse, np.ones(coarse.shape[:3], bool)]


def make_decoder(attention, grids, **options):
    policy_gradient = PolicyGradient(**options) if isinstance(attention, HardAttention) else None
    decoder = Decoder(VOCABULARY, attention, embedding_size=3, units=UNITS, policy_gradient=policy_gradient)
    decoder(TOKENS, *grids)
    fill_weights(decoder, scale=1.5)
    return decoder


def exact_gradients(grids):
    """Of the expected negative log-likelihood of a token, over all sequences of choices."""
    decoder = make_decoder(ForcedAttention(), grids)
    with tf.GradientTape() as tape:
        expected = 0.0
        memory = decoder.memorize(*grids)
        for choices in itertools.product(range(COARSE), repeat=STEPS):
            decoder.attention.choices = choices
            state, probability, loss = decoder.initial_state(1), 1.0, 0.0
            for token, gold in zip(TOKENS[0], GOLD, strict=True):
                state, looked = decoder.step(decoder.project_tokens([[token]]), state, memory)
                probability *= tf.exp(looked.choice_log_probability[0, 0])
                loss -= tf.nn.log_softmax(decoder.logits(state.output))[0, 0, gold]
            expected += probability * loss / STEPS
    return tape.gradient(expected, trainable(decoder))


def trainable(decoder):
    return [variable.value for variable in decoder.trainable_variables]


def sampled_gradients(decoder, grids, samples):
    grids = [np.repeat(grid, samples, axis=0) for grid in grids]
    tokens = np.repeat(TOKENS, samples, axis=0)
    with tf.GradientTape() as tape:
        logits = decoder(tokens, *grids, training=True)
        likelihoods = tf.gather(tf.nn.log_softmax(logits), np.repeat(GOLD[None], samples, axis=0), batch_dims=2)
        loss = tf.add_n([*decoder.losses, -tf.reduce_mean(likelihoods)])
    return tape.gradient(loss, trainable(decoder))


def sampler(decoder, grids, samples):
    """Draws samples again at every call, in one traced graph."""
    return tf.function(lambda: sampled_gradients(decoder, grids, samples))


def flat(gradients):
    return np.concatenate([np.ravel(tf.convert_to_tensor(gradient)) for gradient in gradients])


@pytest.mark.parametrize("baseline_rate", [None, 0.01])
def test_sampled_gradients_average_to_the_exact_one(grids, baseline_rate):
    decoder = make_decoder(HardAttention(), grids, discount=1.0, baseline_rate=baseline_rate)
    decoder.seed_generator.state.assign([0, 0])
    exact = flat(exact_gradients(grids))
    sample = sampler(decoder, grids, 2000)
    batches = np.array([flat(sample()) for _ in range(100)])
    error = np.abs(batches.mean(axis=0) - exact)
    deviation = batches.std(axis=0, ddof=1) / np.sqrt(len(batches))
    assert (error <= 5 * deviation + 1e-5).mean() > 0.99
    assert np.linalg.norm(error) < 0.05 * np.linalg.norm(exact)
    names = [variable.path for variable in decoder.trainable_variables]
    by_name = dict(zip(names, exact_gradients(grids), strict=True))
    coarse = next(name for name in names if "coarse_scoring" in name)
    assert np.abs(by_name[coarse]).max() > 1e-3, "the choice must matter in this case"


def test_gradients_are_those_of_the_steps_written_out(grids):
    """The same draws, one step after the other, differentiated by TensorFlow alone."""
    decoder = make_decoder(HardAttention(), grids, baseline_rate=None)
    decoder.seed_generator.state.assign([0, 5])
    received = flat(sampled_gradients(decoder, grids, 50))
    decoder.seed_generator.state.assign([0, 5])
    seed = tf.cast(decoder.seed_generator.next(), tf.int32)
    with tf.GradientTape() as tape:
        memory = decoder.memorize(*[np.repeat(grid, 50, axis=0) for grid in grids])
        noise = decoder.attention.draw_noise(memory, STEPS, seed)
        state, choices, likelihoods = decoder.initial_state(50), [], []
        for number, (token, gold) in enumerate(zip(TOKENS[0], GOLD, strict=True)):
            projected = decoder.project_tokens(np.full((50, 1), token))
            state, looked = decoder.step(projected, state, memory, True, noise[:, number : number + 1])
            choices.append(looked.choice_log_probability)
            likelihoods.append(tf.nn.log_softmax(decoder.logits(state.output))[..., gold])
        choices, likelihoods = tf.concat(choices, axis=1), tf.concat(likelihoods, axis=1)
        rewards = tf.stop_gradient(likelihoods)
        every = np.ones((50, STEPS), bool)
        loss = PolicyGradient(baseline_rate=None)(rewards, choices, every) - tf.reduce_mean(likelihoods)
    np.testing.assert_allclose(received, flat(tape.gradient(loss, trainable(decoder))), rtol=1e-4, atol=1e-5)


def test_baseline_lowers_the_variance(grids):
    variances = []
    for rate in (None, 0.01):
        decoder = make_decoder(HardAttention(), grids, discount=0.5, baseline_rate=rate)
        decoder.seed_generator.state.assign([0, 0])
        if rate:
            decoder.policy_gradient.baseline_rate = 1.0
            settle = sampler(decoder, grids, 500)
            for _ in range(5):  # a few large batches, taken whole, bring the average to where it settles
                settle()
            decoder.policy_gradient.baseline_rate = rate
        sample = sampler(decoder, grids, 20)
        batches = np.array([flat(sample()) for _ in range(60)])
        variances.append(batches.var(axis=0).sum())
    assert variances[1] < 0.8 * variances[0]


def test_returns_and_baseline_by_hand():
    layer = PolicyGradient(discount=0.5, baseline_rate=0.1, maximum_steps=2)
    rewards = tf.constant([[-1.0, -2.0, -4.0], [-8.0, -16.0, -99.0]])
    mask = tf.constant([[True, True, True], [True, True, False]])
    choices = tf.Variable(tf.zeros((2, 3)))
    returns = np.array([[-3.0, -4.0, -4.0], [-16.0, -16.0, 0.0]])
    for expected_baseline in ([0.0, 0.0], [-0.95, -0.8]):
        with tf.GradientTape() as tape:
            loss = layer(rewards, choices, mask)
        baseline = np.array([expected_baseline[0], expected_baseline[1], expected_baseline[1]])
        expected = -(returns - baseline) * mask.numpy() / 5
        np.testing.assert_allclose(tape.gradient(loss, choices), expected, rtol=0, atol=1e-6)
    # The second and later steps share a baseline: -4, -4 and -16 were got there.
    layer = PolicyGradient(discount=0.5, baseline_rate=0.1, maximum_steps=2)
    layer(rewards, choices, mask)
    np.testing.assert_allclose(layer.baseline.numpy(), [-0.95, -0.8], rtol=0, atol=1e-6)


def test_rewards_stay_float32_in_mixed_precision(grids):
    with global_policy("mixed_bfloat16"):
        decoder = Decoder(VOCABULARY, HardAttention(), embedding_size=3, units=UNITS)
        decoder(TOKENS, *grids, training=True)
    assert decoder.compute_dtype == "bfloat16"
    assert [loss.dtype for loss in decoder.losses] == [tf.float32]
    assert decoder.policy_gradient.baseline.dtype == "float32"


def test_config_round_trip():
    layer = PolicyGradient(discount=0.9, baseline_rate=None, maximum_steps=7)
    assert PolicyGradient.from_config(layer.get_config()).get_config() == layer.get_config()
