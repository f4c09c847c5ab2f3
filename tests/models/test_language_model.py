import numpy as np

from keras_im2latex.models import LanguageModel


def test_a_logit_depends_on_all_earlier_tokens_and_no_later_one(tmp_path):
    model = LanguageModel([*"abcd"], embedding_size=5, units=7)
    tokens = np.array([[1, 4, 5, 6, 7]], np.int32)
    before = model({"tokens": tokens}).numpy()
    assert before.shape == (1, 5, 8)
    for position in range(5):
        changed = tokens.copy()
        changed[0, position] = 3
        difference = np.abs(model({"tokens": changed}).numpy() - before)[0].max(axis=-1)
        assert (difference[:position] == 0).all()
        assert (difference[position:] > 0).all()
    model.save_to_preset(tmp_path / "preset", "Text alone.")
    loaded = LanguageModel.from_preset(tmp_path / "preset")
    assert loaded.vocabulary == model.vocabulary
    np.testing.assert_allclose(loaded({"tokens": tokens}), before, rtol=0, atol=2e-3)
