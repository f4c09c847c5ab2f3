import io
import shutil

import numpy as np
import pytest
import tensorflow_datasets as tfds
from etils import epath
from PIL import Image

import tfds_builders
from tfds_builders.im2latex_100k import im2latex_100k_dataset_builder
from tfds_builders.im2latex_100k.official_files import Entry, crop_page, read_entries, read_formulas

DUMMY_DATA = epath.Path(im2latex_100k_dataset_builder.__file__).parent / "dummy_data"


class Im2Latex100kTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = im2latex_100k_dataset_builder.Builder
    SPLITS = {"train": 3, "validation": 1, "test": 1}
    SKIP_CHECKSUMS = True  # the files come from manual_dir


def build(tmp_path, manual_dir=DUMMY_DATA):
    builder = tfds.builder("im2latex_100k", data_dir=tmp_path / "data")
    builder.download_and_prepare(download_config=tfds.download.DownloadConfig(manual_dir=manual_dir))
    return builder


def records(builder, split):
    return {record["image_name"].decode(): record for record in tfds.as_numpy(builder.as_dataset(split=split))}


def test_the_builder_is_registered_by_importing_the_package():
    assert tfds_builders
    assert "im2latex_100k" in tfds.list_builders(with_community_datasets=False)


def test_records_hold_the_cropped_picture_and_the_formula_of_its_line(tmp_path):
    builder = build(tmp_path)
    train = records(builder, "train")
    assert {name: record["index"] for name, record in train.items()} == {
        "1cbb05a562": 0,
        "2a1b0c99e3": 1,
        "3d5e77aa10": 2,
    }
    # A transparent page with a rectangle of ink, 5 high and 20 wide, and a grey streak in it.
    page = np.zeros((5, 20, 1), np.uint8)
    page[2, 1:10] = 120
    np.testing.assert_array_equal(train["1cbb05a562"]["image"], page)
    assert train["2a1b0c99e3"]["raw"].decode() == "\\int_0^1 x\xa0dx"
    assert train["3d5e77aa10"]["raw"].decode() == "a\x0cb = c"
    assert train["3d5e77aa10"]["latex"] == train["3d5e77aa10"]["raw"]
    assert records(builder, "validation")["4f00deadbe"]["raw"] == b"x_1"


def test_missing_unreadable_and_blank_pictures_are_named(tmp_path):
    builder = build(tmp_path)
    problems = {
        "train": {"0000missing": "missing"},
        "validation": {"60badc0ffe": "unreadable"},
        "test": {"5ab6c7d8e9": "blank"},
    }
    assert dict(builder.info.metadata) == {"problems": problems}
    blank = records(builder, "test")["5ab6c7d8e9"]["image"]
    assert blank.shape == (60, 600, 1)
    assert blank.min() == 255
    reread = tfds.builder("im2latex_100k", data_dir=tmp_path / "data")
    assert reread.info.metadata["problems"] == problems


def test_normalized_formulas_and_an_archive_of_pictures_are_taken_from_manual_dir(tmp_path):
    manual_dir = tmp_path / "manual"
    shutil.copytree(DUMMY_DATA, manual_dir, ignore=shutil.ignore_patterns("formula_images"))
    shutil.make_archive(str(manual_dir / "formula_images"), "gztar", DUMMY_DATA, "formula_images")
    normalized = [
        "E = m c ^ { 2 }",
        "",
        "a b = c",
        "",
        "\\alpha + \\beta",
        "x _ { 1 }",
        "y ^ { 2 }",
        "\\frac",
    ]
    (manual_dir / "formulas.norm.lst").write_text("\n".join(normalized) + "\n")
    train = records(build(tmp_path, manual_dir), "train")
    assert [train[name]["latex"].decode() for name in sorted(train)] == normalized[:3]
    assert train["1cbb05a562"]["raw"] == b"E = m c^2"
    assert train["1cbb05a562"]["image"].shape == (5, 20, 1)


def test_normalized_formulas_must_match_line_for_line(tmp_path):
    shutil.copytree(DUMMY_DATA, tmp_path / "manual")
    (tmp_path / "manual" / "formulas.norm.lst").write_text("x\n")
    with pytest.raises(ValueError, match=r"formulas.norm.lst must have as many lines .*, 8. Received: 1"):
        build(tmp_path, tmp_path / "manual")


def test_a_list_that_names_no_line_of_the_formulas_is_an_error(tmp_path):
    shutil.copytree(DUMMY_DATA, tmp_path / "manual")
    (tmp_path / "manual" / "im2latex_test.lst").write_text("8 5ab6c7d8e9 basic\n")
    with pytest.raises(ValueError, match=r"which has 8. Received: line 8"):
        build(tmp_path, tmp_path / "manual")


def test_a_malformed_list_is_an_error(tmp_path):
    (tmp_path / "im2latex_test.lst").write_text("7 abc basic\nabc 7 basic\n")
    with pytest.raises(ValueError, match=r"Line 2 of im2latex_test.lst .* Received: 'abc 7 basic'"):
        read_entries(tmp_path / "im2latex_test.lst")
    (tmp_path / "im2latex_test.lst").write_text("7 abc basic\n")
    assert read_entries(tmp_path / "im2latex_test.lst") == [Entry(7, "abc")]


def test_only_newlines_end_a_formula(tmp_path):
    file = tmp_path / "formulas.lst"
    file.write_bytes(b"a\x0bb\x0cc\x1cd\x85\xe2\x80\xa8e\r\n\nf\rg\n\xc3\xa9\n\xe9")
    # The first line is no UTF-8, for 0x85 stands alone, so all of it is Latin-1; so is the last.
    assert read_formulas(file) == ["a\x0bb\x0cc\x1cd\x85\xe2\x80\xa8e", "", "f\rg", "é", "é"]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "P", "I;16"])
def test_any_kind_of_page_gives_the_same_crop(mode):
    ink = np.full((40, 60), 255, np.uint8)
    ink[10:17, 20:50] = 0
    if mode in ("LA", "RGBA"):  # black everywhere, the formula is in the opacity
        page = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
        page.putalpha(Image.fromarray(255 - ink))
        page = page.convert(mode)
    elif mode == "I;16":
        page = Image.fromarray(ink.astype(np.uint16) * 257)
    else:
        page = Image.fromarray(ink).convert(mode)
    buffer = io.BytesIO()
    page.save(buffer, "PNG")
    crop, has_ink = crop_page(buffer.getvalue())
    assert has_ink
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(crop))), np.zeros((7, 30), np.uint8))


def test_a_broken_page_is_refused():
    with pytest.raises(ValueError, match="readable picture"):
        crop_page(b"\x89PNG\r\n\x1a\nnothing more")
