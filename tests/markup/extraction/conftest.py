import pytest

from keras_im2latex.markup.extraction import Paper, extract_formulas


@pytest.fixture
def found():
    """Extracts from a paper given as text, with other files by name: all that was found, the main file being a.tex."""

    def found(source, **files):
        contents = {"a.tex": source if isinstance(source, bytes) else source.encode()}
        contents.update((name.replace("__", "/").replace("_", "."), text.encode()) for name, text in files.items())
        return list(extract_formulas(Paper("paper", "a.tex", contents=contents)))

    return found


@pytest.fixture
def kept(found):
    """The LaTeX of the formulas kept."""
    return lambda source, **files: [formula.latex for formula in found(source, **files) if formula.dropped is None]


@pytest.fixture
def dropped(found):
    """The reasons of what was not kept."""
    return lambda source, **files: [formula.dropped for formula in found(source, **files) if formula.dropped]
