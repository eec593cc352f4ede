"""Emoji characters, drawn from the system's colour emoji font by Skia, which knows every such format.

The fonts: Apple Color Emoji, Segoe UI Emoji, and on Linux whatever fontconfig has (Noto Color Emoji mostly).
"""

import sys

import numpy as np
import skia

from vcam.animate.art.raster import Raster
from vcam.errors import PackError
from vcam.types import BGRA

_FONT_PX = 320
_CANVAS_PX = 640


def read_glyph(text: str) -> Raster:
    """The emoji as a picture. Raises PackError where no colour emoji font has it."""
    pixels = _draw(text)
    if not pixels[..., 3].any() or not pixels[..., :3].any():
        raise PackError(f"no colour emoji font here has {text}", hint=_hint())
    return Raster([pixels], [0])


def _draw(text: str) -> BGRA:
    pixels = np.zeros((_CANVAS_PX, _CANVAS_PX, 4), np.uint8)
    surface = skia.Surface.MakeRasterDirect(
        skia.ImageInfo.Make(_CANVAS_PX, _CANVAS_PX, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType), pixels
    )
    fonts = skia.textlayout.FontCollection()
    fonts.setDefaultFontManager(skia.FontMgr())
    style = skia.textlayout.ParagraphStyle()
    letters = skia.textlayout.TextStyle()
    letters.setFontSize(_FONT_PX)
    letters.setFontFamilies(["Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji"])
    letters.setColor(skia.ColorBLACK)
    style.setTextStyle(letters)
    builder = skia.textlayout.ParagraphBuilder(style, fonts, skia.Unicodes.ICU.Make())
    builder.addText(text)
    paragraph = builder.Build()
    paragraph.layout(_CANVAS_PX)
    paragraph.paint(surface.getCanvas(), 20, 60)
    surface.flushAndSubmit()
    return pixels


def _hint() -> str:
    if sys.platform == "linux":
        return (
            "Install one (Debian, Ubuntu: `sudo apt install fonts-noto-color-emoji`), or use a picture file."
        )
    return "Choose another emoji, or use a picture file."
