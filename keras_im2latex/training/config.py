"""An experiment as data."""

from dataclasses import dataclass, field

from keras_im2latex.images import BUCKETS, Augmentation


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides what a training run gives, beside the formulas.

    Attributes:
        dataset: name of the TensorFlow dataset, with its config: `latex_formulas/prepared`. Or a tuple of names, whose
            training examples are mixed; validation examples come from the first. A name may end with a part, as TFDS
            writes it: `latex_formulas/prepared[:25%]`.
        formulas: the first so many training formulas of each dataset, or None for all.
        respell: whether what draws alike is spelled alike in the formulas, see `keras_im2latex.markup.respell`.
        handwriting: whether the pictures are handwriting, at the size of `crohme/prepared`; the preset then says so.
        initial_preset: name or folder of a preset whose weights the model starts from, where it has the same ones;
            its vocabulary is taken, too, and the formulas' other tokens after it. None for random weights.
        frozen: names of layers of the model that keep the weights they start with.
        system: what is trained: "im2latex", the paper's model; "ctc" or "language_model", what it is compared with.
        model: constructor arguments of the system's model, the vocabulary excepted.
        minimum_count: occurrences a token needs to enter the vocabulary.
        maximum_tokens: the longest formula that is trained on.
        batch_size: formulas in a step over all replicas.
        epochs: passes over the formulas.
        canvases: `(height, width)` of the batches; few, because XLA compiles each.
        validation_canvases: the same for validation.
        length_step: formulas of a batch differ by fewer tokens than this; None for any.
        optimizer: "adam", with linear warm-up and cosine decay, or "sgd", the paper's: a constant rate, halved when
            validation perplexity does not fall.
        learning_rate: highest rate for the batch size above.
        warmup_steps: steps of linear warm-up.
        clip_norm: largest norm of all gradients together, or None.
        weight_average: momentum of the moving average of the weights that is validated and kept, or None.
        monitor: the logged figure that says which epoch's weights are best, such as "val_token_accuracy", or None for
            the system's own, "val_perplexity" of the paper's model.
        keep_epochs: whether the weights of every epoch are kept too, as presets `epoch_1`, … in the run's folder.
        loss_per: "token" or "formula", see `TokenCrossEntropy`.
        label_smoothing: see `TokenCrossEntropy`.
        augmentation: how pictures are varied, or None.
        precision: Keras dtype policy.
        xla: whether steps are compiled by XLA.
        steps_at_once: steps that a device runs before its host looks at what they gave, so that it need not wait for
            the host after each; several hosts look once an epoch. An epoch has a multiple of them, unless it
            has less than ten times as many, which are then run one by one.
        seed: seed of weights, order and augmentation.
    """

    dataset: str | tuple[str, ...] = "latex_formulas/prepared"
    formulas: int | None = None
    respell: bool = False
    handwriting: bool = False
    initial_preset: str | None = None
    frozen: tuple[str, ...] = ()
    system: str = "im2latex"
    model: dict = field(default_factory=dict)
    minimum_count: int = 2
    maximum_tokens: int = 150
    batch_size: int = 128
    epochs: int = 12
    canvases: tuple[tuple[int, int], ...] = BUCKETS
    validation_canvases: tuple[tuple[int, int], ...] = ((160, 480),)
    length_step: int | None = 16
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    warmup_steps: int = 1000
    clip_norm: float | None = 1.0
    weight_average: float | None = 0.999
    monitor: str | None = None
    keep_epochs: bool = False
    loss_per: str = "token"
    label_smoothing: float = 0.0
    augmentation: Augmentation | None = None
    precision: str = "mixed_bfloat16"
    xla: bool = True
    steps_at_once: int = 8
    seed: int = 0

    def __post_init__(self):
        if self.optimizer not in ("adam", "sgd"):
            raise ValueError(f"`optimizer` must be 'adam' or 'sgd'. Received: optimizer={self.optimizer!r}")
        if self.steps_at_once < 1:
            raise ValueError(f"`steps_at_once` must be at least 1. Received: steps_at_once={self.steps_at_once!r}")
