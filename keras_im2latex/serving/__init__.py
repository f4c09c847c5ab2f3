"""SavedModel export and serving."""

import importlib

# Imported when asked for: the server needs the extra `serve`, the export does not.
_MODULES = {
    "ModelServer": "keras_im2latex.serving.model_server",
    "ServerLimits": "keras_im2latex.serving.server_limits",
    "export_model": "keras_im2latex.serving.export",
    "export_version": "keras_im2latex.serving.version_folder",
}

__all__ = ["ModelServer", "ServerLimits", "export_model", "export_version"]


def __getattr__(name):
    if name in _MODULES:
        return getattr(importlib.import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
