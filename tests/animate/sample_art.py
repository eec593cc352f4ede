"""Small pictures and drawings, made on the spot."""

import io
import json
from collections.abc import Sequence
from typing import Any

from PIL import Image


def png(width: int = 40, height: int = 40, box: Sequence[int] = (10, 10, 30, 30)) -> bytes:
    """A red rectangle on transparent ground."""
    image = Image.new("RGBA", (width, height))
    image.paste((255, 0, 0, 255), tuple(box))
    return encoded(image, "PNG")


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def svg(body: str = '<rect x="20" y="10" width="60" height="80" fill="#f00"/>', head: str = "") -> bytes:
    """A 100 by 100 drawing."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" {head}>{body}</svg>'.encode()


def lottie(**changes: Any) -> dict[str, Any]:
    """An orange disc of 40 that glides from x = 60 to x = 140 on a 200 by 200 canvas, 60 frames at 30 Hz."""
    still = {"a": 0, "k": [0, 0]}
    whole = {"a": 0, "k": [100, 100]}
    ends = [
        {"t": 0, "s": [60, 100], "i": {"x": [1], "y": [1]}, "o": {"x": [0], "y": [0]}},
        {"t": 59, "s": [140, 100]},
    ]
    transform = {"p": still, "a": still, "s": whole, "r": {"a": 0, "k": 0}, "o": {"a": 0, "k": 100}}
    disc = {"ty": "el", "p": still, "s": {"a": 0, "k": [40, 40]}}
    fill = {"ty": "fl", "c": {"a": 0, "k": [1, 0.5, 0, 1]}, "o": {"a": 0, "k": 100}}
    shapes = [{"ty": "gr", "it": [disc, fill, {"ty": "tr", **transform}]}]
    layer = {
        "ty": 4,
        "ind": 1,
        "ip": 0,
        "op": 60,
        "st": 0,
        "ks": transform | {"p": {"a": 1, "k": ends}},
        "shapes": shapes,
    }
    return {
        "v": "5.7.0",
        "fr": 30,
        "ip": 0,
        "op": 60,
        "w": 200,
        "h": 200,
        "assets": [],
        "layers": [layer],
    } | changes


def as_json(document: object) -> bytes:
    return json.dumps(document).encode()
