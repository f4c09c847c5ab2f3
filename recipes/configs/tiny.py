"""Over-fits a few formulas in minutes on a CPU: shows that everything is wired, reads nothing useful."""

from keras_im2latex.training import TrainingConfig


def get_config():
    """The config."""
    return TrainingConfig(
        model={
            "filters": (16, 16, 32, 32, 64, 64),
            "encoder_units": 32,
            "decoder_units": 64,
            "embedding_size": 16,
        },
        batch_size=8,
        epochs=3,
        canvases=((64, 320), (160, 480)),
        warmup_steps=20,
        precision="float32",
        xla=False,
    )
