"""vcam: a virtual camera that puts your own emoji over your face."""

__version__ = "0.1.0"
