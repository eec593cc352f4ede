"""From a picture's name in `pack.toml` to a picture: finds the file, bounds it, checks it, names its kind."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PureWindowsPath

from vcam.animate.art.lottie import clean_lottie
from vcam.animate.art.picture import Picture
from vcam.animate.art.svg import clean_svg
from vcam.errors import PackError


class Kind(StrEnum):
    """How a picture is drawn."""

    RASTER = "raster"
    SVG = "svg"
    LOTTIE = "lottie"
    GLYPH = "glyph"


MAX_CODE_POINTS = 16
"""The longest standard sequence, a family with skin tones, has eleven."""

MAX_BYTES = 16 * 2**20
"""Of any file; vector files have a lower bound of their own."""

SUFFIXES = {
    ".png": Kind.RASTER,
    ".apng": Kind.RASTER,
    ".webp": Kind.RASTER,
    ".gif": Kind.RASTER,
    ".jpg": Kind.RASTER,
    ".jpeg": Kind.RASTER,
    ".svg": Kind.SVG,
    ".json": Kind.LOTTIE,
}
"""The files that can be art, by the end of their name."""


@dataclass(frozen=True, slots=True)
class ArtSource:
    """Art that has been read and checked, but not drawn yet.

    `data` is the file's content (rewritten for vector art), the character itself for a glyph. The canvas and
    the timing are those of vector art.
    """

    kind: Kind
    name: str
    data: bytes
    width: float = 0.0
    height: float = 0.0
    frames: int = 1
    rate_hz: float = 0.0

    @property
    def is_vector(self) -> bool:
        """Whether it goes to the vector renderer, which does not survive every file."""
        return self.kind in (Kind.SVG, Kind.LOTTIE)

    def picture(self, *, trim: bool = True) -> Picture:
        """Decode it; without `trim`, a file's transparent borders count as part of it.

        Raises PackError, without the file's name, where that fails.
        """
        # Imported where they are needed: each drags in a large library, and the camera must start fast.
        if self.kind is Kind.GLYPH:
            from vcam.animate.art.glyph import read_glyph

            return read_glyph(self.data.decode())
        if self.kind is Kind.RASTER:
            from vcam.animate.art.raster import read_raster

            return read_raster(self.data, trim=trim)
        from vcam.animate.art.vector import Vector

        return Vector(self.data, self.width, self.height, self.frames, self.rate_hz, trim=trim)


def is_emoji(text: str) -> bool:
    """Whether the text can be meant as one emoji: short, and neither letters nor a file's name."""
    return 0 < len(text) <= MAX_CODE_POINTS and any(ord(char) > 0xA8 for char in text) and "." not in text


def read_art(name: str, folder: Path) -> ArtSource:
    """The art called `name`: a file in `folder`, or an emoji character.

    Raises PackError, without the file's name, where there is no such file, or it is not what it should be.
    """
    if is_emoji(name):
        return ArtSource(Kind.GLYPH, name, name.encode())
    kind = SUFFIXES.get(Path(name).suffix.lower())
    if kind is None:
        raise PackError(
            "it is neither a picture file nor an emoji",
            hint=f"Use a file ending in {', '.join(SUFFIXES)}, or an emoji character.",
        )
    content = _read(_inside(name, folder))
    if kind is Kind.SVG:
        svg = clean_svg(content)
        return ArtSource(kind, name, svg.data, svg.width, svg.height)
    if kind is Kind.LOTTIE:
        return ArtSource(kind, name, *clean_lottie(content))
    return ArtSource(kind, name, content)


def _inside(name: str, folder: Path) -> Path:
    """The file of that relative name. Raises PackError where it, or a link, leads elsewhere."""
    parts = re.split(r"[/\\]", name)
    if PureWindowsPath(name).drive or any(part in ("", ".", "..") for part in parts):
        raise PackError("it points out of the pack's folder", hint="Copy the file into the pack's folder.")
    file = folder
    for part in parts:
        file /= part
        if file.is_symlink():
            raise PackError("it is a link", hint="Copy the file itself into the pack's folder.")
    return file


def _read(file: Path) -> bytes:
    if not file.is_file():
        raise PackError("there is no such file", hint="Copy it into the pack's folder, or correct its name.")
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise PackError(
            f"it cannot be read ({error.strerror})", hint="Check the file's permissions."
        ) from error
    if len(content) > MAX_BYTES:
        raise PackError(f"it is larger than {MAX_BYTES // 2**20} MB", hint="512 pixels on a side are plenty.")
    return content
