"""Lottie animations from strangers: what must hold before the renderer may see them.

The renderer's parser takes the shape of its input for granted: a key frame with an empty easing, or a path
whose three lists differ in length, crashes it. So the shape of everything animated is checked here, and the
renderer sees the document as it was written anew: no key twice, no odd number, no odd encoding.

Property names are those of the Lottie specification (lottie.github.io/lottie-spec): `w`, `h` canvas, `fr`
frames a second, `ip` and `op` first and last frame, `ty` kind, `x` on a property its expression.
"""

import json
from typing import Any, NamedTuple

from vcam.animate.art.lottie_parts import check_layer, check_table
from vcam.errors import PackError

MAX_BYTES = 4 * 2**20
MAX_DEPTH = 48
MAX_VALUES = 400_000
MAX_NUMBER = 65536.0
MAX_SIDE = 4096
MAX_FRAMES = 3600
MAX_RATE_HZ = 120.0
MAX_LAYERS = 1000
"""Layers drawn after every precomposition is followed."""

_AGAIN = "Export it again, as shapes only."
_KEPT = ("v", "fr", "ip", "op", "w", "h", "ddd", "assets", "layers")
"""What of a document is drawn; the rest is its editor's."""
_IMAGE_LAYER, _TEXT_LAYER = 2, 5
_LAYER_KINDS = (0, 1, 3, 4)


class CleanLottie(NamedTuple):
    """A rewritten animation: canvas size in its own units, number of frames, frames a second."""

    data: bytes
    width: float
    height: float
    frames: int
    rate_hz: float


def clean_lottie(content: bytes) -> CleanLottie:
    """Check and rewrite a Lottie file. Raises PackError, with the remedy, for what no emoji needs."""
    if len(content) > MAX_BYTES:
        raise PackError(f"it is larger than {MAX_BYTES // 2**20} MB", hint="Simplify the animation.")
    try:
        document = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise PackError(
            "it is not JSON", hint="Use a Lottie file, as exported by Bodymovin or LottieFiles."
        ) from error
    if not isinstance(document, dict) or not isinstance(document.get("layers"), list):
        raise PackError("it is JSON, but no Lottie animation", hint="Use a Lottie file with layers.")
    document = {key: document[key] for key in _KEPT if key in document}
    _check_values(document)
    assets = _assets(document)
    _check_layers(document["layers"], assets, above=())
    first, last = (
        _number(document, "ip", 0, -MAX_FRAMES, MAX_FRAMES),
        _number(document, "op", None, 1, 2 * MAX_FRAMES),
    )
    if not 1 <= last - first <= MAX_FRAMES:
        raise PackError(
            f"it has {last - first:g} frames",
            hint=f"Use an animation of 1 to {MAX_FRAMES} frames; a loop needs few.",
        )
    return CleanLottie(
        data=json.dumps(document, separators=(",", ":"), allow_nan=False).encode(),
        width=_number(document, "w", None, 1, MAX_SIDE),
        height=_number(document, "h", None, 1, MAX_SIDE),
        frames=int(last - first),
        rate_hz=_number(document, "fr", None, 1, MAX_RATE_HZ),
    )


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _number(table: dict[str, Any], key: str, default: float | None, low: float, high: float) -> float:
    found = table.get(key, default)
    if isinstance(found, bool) or not isinstance(found, int | float) or not low <= found <= high:
        raise PackError(f'its "{key}" is not a number from {low:g} to {high:g}', hint=_AGAIN)
    return float(found)


def _check_values(document: Any) -> None:
    count = 0
    waiting: list[tuple[Any, int]] = [(document, 0)]
    while waiting:
        value, depth = waiting.pop()
        count += 1
        if count > MAX_VALUES:
            raise PackError(f"it holds more than {MAX_VALUES} values", hint="Simplify the animation.")
        if depth > MAX_DEPTH:
            raise PackError(f"it is nested deeper than {MAX_DEPTH} levels", hint=_AGAIN)
        if isinstance(value, dict):
            check_table(value)
            waiting.extend((item, depth + 1) for item in value.values())
        elif isinstance(value, list):
            waiting.extend((item, depth + 1) for item in value)
        elif value is None:
            raise PackError("a value is missing (null)", hint=_AGAIN)
        elif isinstance(value, float | int) and abs(value) > MAX_NUMBER:
            raise PackError(f"a number beyond {MAX_NUMBER:g}", hint=_AGAIN)


def _assets(document: dict[str, Any]) -> dict[str, list[Any]]:
    found = document.get("assets", [])
    if not isinstance(found, list) or not all(isinstance(asset, dict) for asset in found):
        raise PackError('its "assets" is not a list of tables', hint=_AGAIN)
    for asset in found:
        if "p" in asset or "u" in asset:
            raise PackError("it uses pictures or sounds", hint="Export it with vector shapes only.")
        if not isinstance(asset.get("layers"), list):
            raise PackError("an asset has no layers", hint=_AGAIN)
    return {str(asset.get("id")): asset["layers"] for asset in found}


def _check_layers(layers: list[Any], assets: dict[str, list[Any]], above: tuple[str, ...]) -> int:
    count = 0
    indices: dict[int, Any] = {}
    for layer in layers:
        if not isinstance(layer, dict) or layer.get("ty") not in (*_LAYER_KINDS, _IMAGE_LAYER, _TEXT_LAYER):
            raise PackError("a layer of an unknown kind", hint="Export it with vector shapes only.")
        if layer["ty"] == _IMAGE_LAYER:
            raise PackError("it uses pictures", hint="Export it with vector shapes only.")
        if layer["ty"] == _TEXT_LAYER:
            raise PackError("it holds text", hint="Turn text into shapes before the export.")
        if layer["ty"] != 4 and "shapes" in layer:
            raise PackError("shapes in a layer that is no shape layer", hint=_AGAIN)
        check_layer(layer)
        count += 1
        if layer["ty"] == 0:
            name = str(layer.get("refId"))
            if name not in assets or name in above:
                raise PackError("a composition that is missing or contains itself", hint=_AGAIN)
            count += _check_layers(assets[name], assets, (*above, name))
        if count > MAX_LAYERS:
            raise PackError(f"it draws more than {MAX_LAYERS} layers", hint="Simplify the animation.")
        if isinstance(layer.get("ind"), int):
            indices[layer["ind"]] = layer.get("parent")
    _check_parents(indices)
    return count


def _check_parents(parents: dict[int, Any]) -> None:
    for start in parents:
        seen, here = set(), start
        while here in parents and parents[here] is not None:
            if here in seen or not isinstance(parents[here], int):
                raise PackError("a layer that is its own parent", hint=_AGAIN)
            seen.add(here)
            here = parents[here]
