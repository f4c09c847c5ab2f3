"""Where `im2latex predict --attention-picture` draws what the model looked at."""

from pathlib import Path

from keras_im2latex.commands.exit_status import UsageError

FILES = (".png", ".gif")


class AttentionPictures:
    """The file, or the folder of files, that attention pictures are written to.

    Args:
        target: path that ends with `.png` or `.gif`, for one picture; any other is a folder, made if missing, where
            each picture gets a sheet of its own, named for it.
        several: whether more than one picture may come.

    Raises:
        UsageError: one file for several pictures, or a place that can't be written to.
    """

    def __init__(self, target, several):
        self.target = Path(target)
        self.single = self.target.suffix.lower() in FILES
        self._taken = set()
        if self.single and several:
            raise UsageError(f"--attention-picture must be a folder for several pictures. Received: {target}")
        folder = self.target.parent if self.single else self.target
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"--attention-picture: {folder}: {error.strerror}") from None

    def check(self, model):
        """Raises `UsageError` where the model has no attention."""
        from keras_im2latex.models import Im2Latex

        if not isinstance(model, Im2Latex):
            raise UsageError(f"--attention-picture: a {type(model).__name__} has no attention to draw")

    def draw(self, model, name, picture, reading, already_downsampled):
        """Draws one picture's attention while its reading was written; nothing for one that could not be read.

        Args:
            model: an `Im2Latex`.
            name: path of the picture, or `-`.
            picture: the picture: its path, or the bytes of its file.
            reading: its `Reading`.
            already_downsampled: whether the picture is at 100 dots an inch.
        """
        from keras_im2latex.models import attention_map, save_attention_picture

        if reading.error is not None:
            return
        path = self.target if self.single else self._path(name)
        looked = attention_map(model, picture, reading.tokens, already_downsampled=already_downsampled)
        try:
            save_attention_picture(looked, path)
        except OSError as error:
            raise UsageError(f"--attention-picture: {path}: {error.strerror or error}") from None

    def _path(self, name):
        """A file named for the picture, numbered where several of one command have the same name."""
        stem = "standard-input" if name == "-" else Path(name).stem
        path, number = self.target / f"{stem}.png", 1
        while path in self._taken:
            number += 1
            path = self.target / f"{stem}-{number}.png"
        self._taken.add(path)
        return path
