"""The picture that was copied."""

import io

from keras_im2latex.commands.exit_status import UsageError


def clipboard_picture():
    """What the clipboard of Wayland, X11, macOS or Windows holds.

    Returns:
        The bytes of a PNG file, or, where a file was copied instead of a picture, its path; None where the clipboard
        holds neither. Of several files the first.

    Raises:
        UsageError: the clipboard is out of reach.

    Example:
        >>> model.generate(clipboard_picture())
    """
    from PIL import ImageGrab, UnidentifiedImageError

    try:
        found = ImageGrab.grabclipboard()
    except NotImplementedError:
        raise UsageError("--clipboard needs wl-clipboard (Wayland) or xclip (X11); neither is there") from None
    except UnidentifiedImageError:
        return None
    except (OSError, ValueError) as error:  # ChildProcessError is an OSError
        raise UsageError(f"--clipboard: {' '.join(str(error).split())}") from None
    if isinstance(found, list):
        return found[0] if found else None
    if found is None:
        return None
    buffer = io.BytesIO()
    found.save(buffer, "png", compress_level=1)
    return buffer.getvalue()
