"""The errors that vcam raises on purpose.

    VcamError            anything a user can be told in one sentence; carries a `hint`
    ├── CameraError      the picture's source: missing, busy, unplugged, not permitted, unreadable clip
    ├── SinkError        the picture's destination: no virtual camera, busy device, unwritable file
    ├── ModelError       a model file: missing, damaged, of the wrong shape
    ├── PackError        an emoji pack or its art: broken, hostile, incomplete
    └── ConfigError      a setting: unknown key, wrong type, impossible value

A class exists only where a caller reacts differently. Programming mistakes raise ValueError or TypeError.
"""


class VcamError(Exception):
    """An error for the user: what happened, and in `hint` what to do about it, one sentence each."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class CameraError(VcamError):
    """The source of the picture cannot be opened, or was lost."""


class SinkError(VcamError):
    """The destination of the picture cannot be opened, or was lost."""


class ModelError(VcamError):
    """A model file is missing, damaged or not what its description says."""


class PackError(VcamError):
    """An emoji pack cannot be used as it is."""


class ConfigError(VcamError):
    """A setting cannot be used as it is."""
