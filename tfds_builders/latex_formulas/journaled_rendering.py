"""A journal beside a dataset in the making, so that a killed build goes on."""

import contextlib
import logging

from etils import epath

from keras_im2latex.rendering import RenderingJournal, render


class JournaledRendering:
    """Lets a builder, named before TFDS's own class, draw nothing twice.

    TFDS writes a dataset anew after a kill. Drawing is what takes the time, so what was drawn lies in a journal beside
    the dataset's folder, `1.0.0.renderings`, until the dataset is written. Where data_dir is no folder of this machine
    there is no journal.
    """

    def download_and_prepare(self, **kwargs):
        """As every TFDS builder does; then deletes the journal."""
        super().download_and_prepare(**kwargs)
        path = self._journal_path()
        if path is not None:
            RenderingJournal(path).delete()

    @contextlib.contextmanager
    def journaled_render(self):
        """Gives what to call instead of `keras_im2latex.rendering.render`."""
        path = self._journal_path()
        if path is None:
            yield render
            return
        with RenderingJournal(path) as journal:
            held = len(journal)
            yield journal.render
            if held:
                logging.getLogger(__name__).info("%d drawn, %d found in %s", journal.drawn, journal.recalled, path)

    def _journal_path(self):
        # While TFDS writes a dataset its folder has another name, beside the final one.
        folder = epath.Path(self.data_dir).parent
        return None if "://" in str(folder) else folder / f"{self.version}.renderings"
