"""The systems of the paper's tables: how each is trained here, and what the paper says of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class System:
    """A row of the tables.

    Attributes:
        name: what its folder is called, after `budget_` unless it reads handwriting.
        label: what the paper calls it.
        variant: its attention, or what it lacks.
        config: the file under `recipes/configs`, without suffix; empty where nothing is trained here.
        recipe: the recipe that trains it.
        is_read: whether it reads pictures, and is evaluated.
        counts_cells: whether the cells it looks at are counted.
        starts_from: name of the system whose weights it starts from, or None.
        handwriting: whether it is trained for handwriting, and evaluated on CROHME.
        formulas: training formulas, or None for the config's.
        published: the paper's figures, by the names that `Measurement.figures` has.
    """

    name: str
    label: str
    variant: str = ""
    config: str = ""
    recipe: str = "train.py"
    is_read: bool = True
    counts_cells: bool = False
    starts_from: str | None = None
    handwriting: bool = False
    formulas: int | None = None
    published: dict = field(default_factory=dict)

    @property
    def needs_gpu(self):
        """Whether it is trained on a GPU; what is not needs no turn there and no algorithms of XLA's."""
        return self.recipe == "train.py"

    @property
    def folder(self):
        """The folder's name among the runs."""
        return f"budget_{self.name}" if self.config and not self.handwriting else self.name

    @property
    def title(self):
        """Label and variant."""
        title = f"{self.label}, {self.variant}" if self.variant else self.label
        return f"{title} (handwriting)" if self.handwriting and self.config else title


def _scores(bleu_tokenized, bleu, match, without_whitespace, **more):
    """Figures of the paper's Table 2; `more` from the other tables."""
    return {
        "bleu_tokenized": bleu_tokenized,
        "bleu": bleu,
        "image_match": match,
        "image_match_without_whitespace": without_whitespace,
        **more,
    }


def _attention(name, label, variant, **options):
    return System(name, label, variant, f"budget_{name}", counts_cells=True, **options)


def _handwritten(name, label, variant, starts_from=None, **options):
    return System(
        f"handwritten_{name}",
        label,
        variant,
        f"handwritten_{name}",
        starts_from=f"handwritten_{starts_from or f'{name}_pretraining'}",
        handwriting=True,
        counts_cells=True,
        **options,
    )


def _pretraining(name, variant, starts_from=None):
    name = f"handwritten_{name}_pretraining"
    return System(
        name,
        "IM2TEX",
        f"{variant}, pretraining",
        name,
        is_read=False,
        starts_from=starts_from and f"handwritten_{starts_from}",
        handwriting=True,
    )


_SYSTEMS = [
    System("infty", "INFTY", published=_scores(51.20, 66.65, 15.60, 26.66, image_edit_score=53.82)),
    System("ctc", "CTC", config="budget_ctc", published=_scores(39.20, 30.36, 7.60, 9.16)),
    System(
        "caption",
        "CAPTION",
        "standard",
        "budget_caption",
        published=_scores(52.53, 75.01, 53.53, 55.72, image_edit_score=61.17),
    ),
    System(
        "tokenized",
        "IM2TEX-TOK",
        "standard",
        "budget_tokenized",
        published=_scores(73.71, 73.97, 74.46, 77.04, image_edit_score=84.26),
    ),
    _attention(
        "standard",
        "IM2TEX",
        "standard",
        published=_scores(
            58.41,
            87.73,
            77.46,
            79.88,
            image_edit_score=87.60,
            coarse_cells=0,
            fine_cells=355,
            perplexity=1.05,
            held_out_perplexity=1.11,
        ),
    ),
    _attention(
        "coarse_only",
        "IM2TEX",
        "coarse-only",
        published=_scores(53.40, 79.53, 44.40, 48.53, coarse_cells=22, fine_cells=0),
    ),
    _attention(
        "hierarchical",
        "IM2TEX",
        "hierarchical",
        published=_scores(60.32, 86.21, 77.39, 79.63, coarse_cells=22, fine_cells=355),
    ),
    _attention(
        "hard",
        "IM2TEX-C2F",
        "hard",
        starts_from="hierarchical",
        published=_scores(
            59.96,
            87.07,
            74.90,
            77.07,
            coarse_cells=22,
            fine_cells=16,
            perplexity=1.05,
            held_out_perplexity=1.15,
        ),
    ),
    _attention(
        "sparsemax",
        "IM2TEX-C2F",
        "sparsemax",
        published=_scores(59.38, 86.97, 76.15, 78.10, coarse_cells=22, fine_cells=74),
    ),
    System(
        "n_gram",
        "NGRAM",
        "5-gram Kneser-Ney",
        "budget_language_model",
        "train_n_gram.py",
        is_read=False,
        published={"perplexity": 5.50, "held_out_perplexity": 8.95},
    ),
    System(
        "language_model",
        "LSTM-LM",
        "-Enc",
        "budget_language_model",
        is_read=False,
        published={"perplexity": 4.13, "held_out_perplexity": 5.22},
    ),
    System(
        "no_row_encoder",
        "IM2TEX",
        "-RowEnc",
        "budget_no_row_encoder",
        published={"perplexity": 1.08, "held_out_perplexity": 1.18, "image_match": 53.53},
    ),
    System(
        "no_positions",
        "IM2TEX",
        "-PosEmbed",
        "budget_no_positions",
        published={"perplexity": 1.03, "held_out_perplexity": 1.12, "image_match": 76.86},
    ),
]

# Deng et al., ICML 2017, Figure 4: match against training formulas, read off the plot.
_FIGURE_4 = {
    8_400: 19.0,
    16_800: 51.0,
    25_200: 64.0,
    33_600: 67.0,
    42_000: 71.0,
    50_400: 74.5,
    58_800: 73.0,
    67_200: 76.0,
    75_600: 78.0,
}
WHOLE = 84_000
WHOLE_MATCH = 77.5
"""The training formulas that all systems share, and the match that Figure 4 shows for them."""

_SIZES = [
    System(
        f"standard_{formulas}",
        "IM2TEX",
        f"{formulas:,} formulas",
        "budget_standard",
        formulas=formulas,
        published={"image_match": match},
    )
    for formulas, match in _FIGURE_4.items()
]

# Deng et al., ICML 2017, Table 2, CROHME 2013. The competition's own are shares of formulas that are right as a whole.
_HANDWRITING = [
    System("crohme_myscript", "MyScript", handwriting=True, published={"image_match": 60.36}),
    System("crohme_valencia", "U Valencia", handwriting=True, published={"image_match": 23.40}),
    System("crohme_tuat", "TUAT", handwriting=True, published={"image_match": 19.97}),
    System("crohme_usp", "USP", handwriting=True, published={"image_match": 9.39}),
    _pretraining("standard", "standard"),
    _pretraining("hierarchical", "hierarchical", "standard_pretraining"),
    _handwritten("standard", "IM2TEX", "standard", published=_scores(44.51, 60.84, 33.53, 34.72)),
    _handwritten("hierarchical", "IM2TEX", "hierarchical", published=_scores(43.65, 59.70, 29.81, 30.85)),
    _handwritten("hard", "IM2TEX-C2F", "hard", "hierarchical", published=_scores(43.09, 57.18, 29.51, 31.00)),
    _handwritten(
        "sparsemax",
        "IM2TEX-C2F",
        "sparsemax",
        "hierarchical_pretraining",
        published=_scores(44.18, 58.13, 28.32, 29.51),
    ),
]

SYSTEMS = {system.name: system for system in (*_SYSTEMS, *_SIZES, *_HANDWRITING)}
"""All systems by name, those that others start from before them."""

TABLE_2 = ("infty", "ctc", "caption", "tokenized", "standard", "coarse_only", "hierarchical", "hard", "sparsemax")
TABLE_3 = ("n_gram", "language_model", "no_row_encoder", "no_positions", "standard", "hard")
TABLE_4 = ("standard", "coarse_only", "hierarchical", "hard", "sparsemax")
HANDWRITING = tuple(system.name for system in _HANDWRITING if system.is_read)
FIGURE_4 = (*(system.name for system in _SIZES), "standard")
"""The names in each table, in the paper's order."""

ORDER = ("ctc", "caption", "coarse_only", "hard", "sparsemax", "hierarchical", "standard")
STRICT = (True, True, True, True, False, False)
"""From the worst to the best, and whether each is to be better than the one before it, or as good at least."""
