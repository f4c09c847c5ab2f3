"""A folder of pictures that a killed run leaves usable, and the next one goes on with."""

import collections
import contextlib
import fcntl
import json
import os

_INDEX, _SETTINGS = "formulas.tsv", "settings.json"
_HEADER = b"name\tlatex\terror\n"
_A_FOLDER = 1000
_ROWS_AT_A_TIME = 100


class PictureFolder:
    """Pictures of formulas, named by number, and the list of them.

    `formulas.tsv` has a line for each formula, in order: name of its picture, LaTeX, and where there is no picture the
    reason. A line is written after its picture, so whatever ended a run, what the list holds is there. What was being
    written is written again.

    Args:
        path: path of the folder; made if it is not there.
        settings: dict, of what JSON can hold. What the pictures depend on besides the formulas.
        subfolders: bool. Whether to put each thousand pictures into a folder of its own. A folder that holds pictures
            keeps to what it began with.

    Attributes:
        index: path of the list.
        errors: `collections.Counter`. How many formulas have no picture, by reason.

    Raises:
        ValueError: if the folder holds pictures made with other settings.
        BlockingIOError: if another process is writing to the folder.
        OSError: if the folder can't be written.

    Example:
    ```python
    with PictureFolder("pictures", {"page": repr(Page())}) as folder:
        drawn = folder.compare(formulas)
        for latex, rendering in zip(formulas[drawn:], render(formulas[drawn:])):
            folder.add(latex, rendering)
    ```
    """

    def __init__(self, path, settings, subfolders=False):
        self.path = os.fspath(path)
        self.index = os.path.join(self.path, _INDEX)
        self.errors = collections.Counter()
        self._settings = settings
        self._subfolders = subfolders
        self._count = 0
        self._rows = []
        self._stream = None
        self._made = None

    def __enter__(self):
        os.makedirs(self.path, exist_ok=True)
        self._stream = open(self.index, "a+b", buffering=0)
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._check_settings()
            self._find_end()
        except BaseException:
            self._stream.close()
            raise
        return self

    def __exit__(self, kind, error, trace):
        try:
            with contextlib.suppress(OSError) if kind else contextlib.nullcontext():
                self._write_rows()
        finally:
            self._stream.close()

    def __len__(self):
        return self._count

    def compare(self, formulas):
        """Compares the formulas that the folder holds with the first of some others.

        Args:
            formulas: iterable of str, each on one line. No more are taken than the folder holds.

        Returns:
            How many the folder holds.

        Raises:
            ValueError: if they are not the same, with the number of the first that differs.
        """
        if self._count:
            formulas = iter(formulas)
            with open(self.index, "rb") as lines:
                next(lines)
                for number, line in zip(range(1, self._count + 1), lines):
                    held, received = line.decode("utf-8").split("\t")[1], next(formulas, None)
                    if held != received:
                        raise ValueError(
                            f"{self.index} holds the pictures of other formulas. Its formula {number} is {held!r}. "
                            f"Received: {received!r}"
                        )
        return self._count

    def add(self, latex, rendering):
        """Writes the picture of the next formula.

        Args:
            latex: str. The formula, without tabs and line ends.
            rendering: `Rendering`.

        Raises:
            OSError: if the picture or the list can't be written.
        """
        name = self._name(self._count + 1)
        if rendering.error is None:
            path = os.path.join(self.path, name)
            folder = os.path.dirname(path)
            if folder != self._made:
                os.makedirs(folder, exist_ok=True)
                self._made = folder
            with open(path, "wb") as stream:
                stream.write(rendering.png)
            error = ""
        else:
            name, error = "", " ".join(rendering.error.split())
            self.errors[error] += 1
        row = f"{name}\t{latex}\t{error}\n"
        self._rows.append(row.encode("utf-8", "replace"))
        self._count += 1
        if len(self._rows) >= _ROWS_AT_A_TIME:
            self._write_rows()

    def _name(self, number):
        name = f"{number:07}.png"
        return f"{number // _A_FOLDER:04}/{name}" if self._subfolders else name

    def _write_rows(self):
        data, self._rows = b"".join(self._rows), []
        while data:  # a disk that is nearly full takes a part
            data = data[self._stream.write(data) :]

    def _check_settings(self):
        path = os.path.join(self.path, _SETTINGS)
        begun = os.path.getsize(self.index) > len(_HEADER)
        try:
            with open(path, encoding="utf-8") as stream:
                held = json.load(stream)
            subfolders = held.pop("subfolders")
        except (FileNotFoundError, ValueError, KeyError, AttributeError):
            if begun:
                raise ValueError(f"{path} is lost, so {self.index} can't be gone on with") from None
            held, subfolders = None, self._subfolders
        if begun and held != self._settings:
            raise ValueError(f"{self.path} holds pictures made with {held}. Received: {self._settings}")
        if begun:
            self._subfolders = subfolders
        else:
            with open(f"{path}.part", "w", encoding="utf-8") as stream:
                json.dump({**self._settings, "subfolders": self._subfolders}, stream, indent=2)
            os.replace(f"{path}.part", path)

    def _find_end(self):
        """Cuts the list after its last line that is whole and whose picture is there."""
        end = 0
        with open(self.index, "rb") as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                if end:
                    name, _, error = line.decode("utf-8").rstrip("\n").split("\t")
                    if error:
                        self.errors[error] += 1
                    elif not self._is_there(name):
                        break
                    self._count += 1
                elif line != _HEADER:
                    raise ValueError(f"{self.index} is no list of this program's. Its first line: {line[:80]!r}")
                end += len(line)
        self._stream.truncate(end)
        if not end:
            self._rows.append(_HEADER)
            self._write_rows()

    def _is_there(self, name):
        try:
            return os.path.getsize(os.path.join(self.path, name)) > 0
        except FileNotFoundError:
            return False
