import shutil

import numpy as np
import pytest
import tensorflow_datasets as tfds
from etils import epath

from keras_im2latex import rendering
from keras_im2latex.images import prepare_picture
from keras_im2latex.markup import Habits
from keras_im2latex.rendering import Page
from tfds_builders.foreign_formulas import foreign_formulas_dataset_builder
from tfds_builders.foreign_formulas.foreign_formulas_config import ForeignFormulasConfig

FOLDER = epath.Path(foreign_formulas_dataset_builder.__file__).parent
FORMULAS = FOLDER / "dummy_data" / "formulas.txt"
FONTS = {"mathtext": ("cm", "dejavusans"), "tex": ("bookman",)}

pytestmark = pytest.mark.skipif(not shutil.which("latex"), reason="needs latex and dvipng")

with tfds.core.registered.skip_registration():

    class WithoutBrowser(foreign_formulas_dataset_builder.Builder):
        name = "foreign_formulas"
        pkg_dir_path = FOLDER
        BUILDER_CONFIGS = [ForeignFormulasConfig(name="default", fonts=FONTS, scales=(0.5, 2.0), per_scale=2)]


class ForeignFormulasTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = WithoutBrowser
    EXAMPLE_DIR = FOLDER / "dummy_data"
    SPLITS = {"validation": 8}


@pytest.fixture
def build(tmp_path):
    def build(name="test", **options):
        config = ForeignFormulasConfig(**{"name": name, "formulas": str(FORMULAS), "fonts": FONTS, **options})
        builder = tfds.builder("foreign_formulas", config=config, data_dir=tmp_path / "data")
        builder.download_and_prepare()
        return builder

    return build


def records(builder):
    return list(tfds.as_numpy(builder.as_dataset(split=builder.builder_config.split)))


def test_every_renderer_has_its_pictures_at_every_scale_and_no_formula_is_drawn_twice(build):
    builder = build(scales=(0.5, 2.0), per_scale=2)
    found = records(builder)
    places = [(record["renderer"].decode(), float(record["scale"]), record["font"].decode()) for record in found]
    assert sorted(places) == [
        *(("mathtext", scale, font) for scale in (0.5, 2.0) for font in ("cm", "dejavusans")),
        *(("tex", scale, "bookman") for scale in (0.5, 0.5, 2.0, 2.0)),
    ]
    lines = FORMULAS.read_text().splitlines()
    assert len({record["index"] for record in found}) == 8
    assert all(record["latex"].decode() == lines[record["index"]] for record in found)


def test_plain_pictures_are_the_renderer_s_own_at_the_scale_asked_for(build):
    preamble = r"\usepackage{bookman}\usepackage[italic]{mathastext}"
    ((own,), (bookman,)) = (rendering.render(["x"], page) for page in (Page(), Page(10, preamble=preamble)))
    resolution = round(200 * 2 * own.image.shape[0] / bookman.image.shape[0])
    for record in records(build(fonts={"tex": ("bookman",)}, scales=(2.0,), per_scale=20, plain=1.0)):
        assert record["disturbance"] == b"plain"
        assert (record["image"] == record["image"][..., :1]).all()
        assert record["image"][:2].min() == 255
        latex = record["latex"].decode()
        (drawn,) = rendering.render([latex], Page(10, resolution, preamble=preamble))
        # Heights of an x are whole pixels here, fractions in the builder.
        ratio = (np.array(record["image"].shape[:2]) - 4) / drawn.image.shape
        assert np.abs(ratio - 1).max() < 0.12, latex


def test_what_a_renderer_refuses_is_counted_and_replaced(build, tmp_path):
    lines = ["a _ 1", r"\begin{array} { c } x \end{array}", r"\notacommand", "b _ 2", "z " * 9]
    (tmp_path / "formulas.txt").write_text("\n".join(lines))
    options = {"formulas": str(tmp_path / "formulas.txt"), "scales": (1.0,), "max_tokens": 8}
    builder = build(fonts={"mathtext": ("cm",)}, per_scale=5, **options)
    assert {record["latex"] for record in records(builder)} == {b"a _ 1", b"b _ 2"}
    refused = builder.info.metadata["refused"]
    assert refused["no renderer"] == {"not drawn on our page": 1, "more than 8 tokens": 1}
    assert sum(refused["mathtext"].values()) == 1


def test_the_same_seed_gives_the_same_pictures_another_seed_others(build):
    options = {"fonts": {"mathtext": ("stix", "cm")}, "scales": (0.7, 1.4), "per_scale": 4, "plain": 0.25}
    first, again, other = (
        {record["index"]: record for record in records(build(name, seed=seed, **options))}
        for name, seed in (("first", 0), ("again", 0), ("other", 1))
    )
    assert first.keys() == again.keys()
    assert all((first[index]["image"] == again[index]["image"]).all() for index in first)
    kinds = [[found[index]["disturbance"] for index in sorted(found)] for found in (first, other)]
    assert first.keys() != other.keys() or kinds[0] != kinds[1]


def test_a_split_takes_its_own_formulas_of_a_file_that_names_them_and_all_of_another(build, tmp_path):
    (tmp_path / "formulas.tsv").write_text("split\tnorm\ntrain\ta _ 1\nvalidation\tb _ 2\ntrain\tc _ 3\n")
    (tmp_path / "more.txt").write_text("d _ 4\n")
    options = {"formulas": str(tmp_path), "fonts": {"mathtext": ("cm",)}, "scales": (1.0,), "per_scale": 9}
    found = {split: build(split, split=split, **options) for split in ("train", "validation")}
    assert all(list(builder.info.splits) == [split] for split, builder in found.items())
    latex = {split: sorted(record["latex"].decode() for record in records(found[split])) for split in found}
    assert latex == {"train": ["a _ 1", "c _ 3", "d _ 4"], "validation": ["b _ 2", "d _ 4"]}


def test_prepared_pictures_are_what_the_model_takes_of_the_pictures_as_they_were_taken(build):
    options = {"fonts": {"mathtext": ("cm", "stix")}, "scales": (0.75, 1.0, 1.35), "per_scale": 3, "plain": 0.34}
    taken = {record["index"]: record for record in records(build("taken", **options))}
    prepared = records(build("prepared", prepared=True, **options))
    assert len(prepared) == len(taken) == 9
    for record in prepared:
        other = taken[record["index"]]
        assert all(record[name] == other[name] for name in ("latex", "renderer", "font", "scale", "disturbance"))
        grey = (other["image"] == other["image"][..., :1]).all()
        expected = np.rint(prepare_picture(other["image"]) / 17)
        assert np.abs(record["image"] / 17 - expected).max() <= (0 if grey else 1)  # colours are rounded to grey first


def test_prepared_pictures_may_be_larger_than_on_the_model_s_page(build):
    options = {"fonts": {"mathtext": ("cm",)}, "scales": (1.0,), "per_scale": 4, "plain": 1.0}
    taken = {record["index"]: record for record in records(build("taken", **options))}
    for record in records(build("larger", prepared=True, magnification=1.5, **options)):
        expected = np.rint(prepare_picture(taken[record["index"]]["image"], magnification=1.5) / 17)
        np.testing.assert_array_equal(record["image"] / 17, expected)


def test_prepared_pictures_over_the_limits_are_dropped_and_counted(build, tmp_path):
    points = ". " * 20  # mathtext leaves a space after each
    (tmp_path / "formulas.txt").write_text(f"x\n{points}\n")
    (own,) = rendering.render([points], Page())
    width = (own.image.shape[1] + 16) // 2
    options = {"formulas": str(tmp_path / "formulas.txt"), "fonts": {"mathtext": ("cm",)}, "plain": 1.0}
    builder = build(scales=(1.0,), per_scale=2, prepared=True, max_width=width, **options)
    assert [record["latex"] for record in records(builder)] == [b"x"]
    assert builder.info.metadata["refused"]["mathtext"] == {f"prepared: wider than {width} pixels": 1}


def test_habits_rewrite_what_is_drawn(build, tmp_path):
    formulas = [f"a = {letter} , c ." for letter in "abcdefghij"]
    (tmp_path / "formulas.txt").write_text("".join(f"{formula}\n" for formula in formulas))
    options = {"fonts": {"mathtext": ("cm",)}, "scales": (1.0,), "per_scale": 10, "plain": 1.0}
    options["formulas"] = str(tmp_path / "formulas.txt")
    habits = {"before_punctuation": 0.5, "after_commas": 1.0}
    as_they_stand, rewritten = records(build("plain", **options)), records(build("habits", habits=habits, **options))
    assert {record["latex"].decode() for record in as_they_stand} == set(formulas)
    assert len(rewritten) > 5  # mathtext does not draw every space
    widths = {record["index"]: record["image"].shape[1] for record in rewritten}
    for record in as_they_stand:
        assert widths.get(record["index"], 0) != record["image"].shape[1]
    for record in rewritten:
        formula = formulas[record["index"]]
        assert record["latex"].decode() == Habits(**habits).rewrite(formula, seed=formula)


def test_the_training_configs_leave_tex_s_fonts_unseen():
    configs = {config.name: config for config in foreign_formulas_dataset_builder.Builder.BUILDER_CONFIGS}
    for name in ("training", "training_habits", "training_habits_more"):
        assert set(configs["default"].fonts) - set(configs[name].fonts) == {"tex"}
    assert set(configs["training_mathtext"].fonts) == {"mathtext"}
    of_training = [config for name, config in configs.items() if name.startswith("training")]
    assert all((config.split, config.prepared) == ("train", True) for config in of_training)
    assert len({config.seed for config in of_training}) == len(of_training)  # each deals other formulas


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"split": "test"}, r"`split` must be one of .*Received: split='test'"),
        ({"fonts": {"word": ("cambria",)}}, "`fonts` must name renderers and fonts"),
        ({"fonts": {"mathtext": ()}}, "`fonts` must name renderers and fonts"),
        ({"scales": (9.0,)}, r"`scales` must be from 0.25 to 4.*Received: scales=\(9.0,\)"),
        ({"per_scale": 0}, "`per_scale` must be at least 1"),
    ],
)
def test_a_config_of_no_use_says_why(options, message):
    with pytest.raises(ValueError, match=message):
        ForeignFormulasConfig(name="test", **options)
