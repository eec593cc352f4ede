"""The parts of a Lottie animation, as the renderer expects them: properties, key frames, paths, shapes."""

from collections.abc import Iterator
from typing import Any

from vcam.errors import PackError

MAX_COPIES = 100
MAX_STOPS = 64

_AGAIN = "Export it again, as shapes only."
_PLACE = "a p s r o sk sa rx ry rz or"
_PROPERTIES = {
    "el": "p s",
    "rc": "p s r",
    "sr": "p r pt ir or is os",
    "sh": "ks",
    "fl": "c o",
    "gf": "s e o h a",
    "st": "c o w",
    "gs": "s e o w",
    "tm": "s e o",
    "rp": "c o",
    "rd": "r",
    "tr": _PLACE,
    "pb": "a",
    "zz": "r s pt",
    "op": "a",
    "tw": "a c",
    "gr": "",
    "mm": "",
}
"""By kind of shape: its animated properties."""
_LISTS = frozenset(("it", "d"))
_KEYFRAME = frozenset(("t", "s", "e", "i", "o", "h", "ti", "to", "n"))


def check_layer(layer: dict[str, Any]) -> None:
    """Check a layer's place, masks and tree of shapes. Raises PackError."""
    _check_properties(layer.get("ks", {}), _PLACE)
    for name in ("shapes", "masksProperties"):
        parts = layer.get(name, [])
        if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
            raise PackError(f'"{name}" is no list of tables', hint=_AGAIN)
    for mask in layer.get("masksProperties", []):
        _check_properties(mask, "pt o x")
    waiting = list(layer.get("shapes", []))
    while waiting:
        shape = waiting.pop()
        inside = shape.get("it", [])
        if not isinstance(shape.get("ty"), str) or not isinstance(inside, list):
            raise PackError("a shape without a kind", hint=_AGAIN)
        if not all(isinstance(part, dict) for part in inside):
            raise PackError('"it" is no list of shapes', hint=_AGAIN)
        waiting.extend(inside)


def check_table(value: dict[str, Any]) -> None:
    """Check any table of a document for what it seems to be. Raises PackError."""
    if isinstance(value.get("x"), str) and ("k" in value or "a" in value):
        raise PackError("it holds an expression, which is a program", hint="Bake expressions into keyframes.")
    if "k" in value:
        if not isinstance(value.get("s", False), bool):
            raise PackError("a property that is also something else", hint=_AGAIN)
        _check_property(value["k"])
        if "p" in value:
            _check_gradient(value)
    kind = value.get("ty")
    if isinstance(kind, str):
        if kind not in _PROPERTIES:
            raise PackError(f'a shape of an unknown kind, "{kind[:20]}"', hint=_AGAIN)
        _check_properties(value, _PROPERTIES[kind])
        if any(isinstance(found, list) and key not in _LISTS for key, found in value.items()):
            raise PackError("a list where there should be one number", hint=_AGAIN)
        for key in ("tr", "g"):
            if key in value and not isinstance(value[key], dict):
                raise PackError(f'"{key}" is no table', hint=_AGAIN)
    if value.get("ty") == "rp":
        copies = value.get("c")
        most = max(_numbers(copies.get("k") if isinstance(copies, dict) else copies), default=0.0)
        if most > MAX_COPIES:
            raise PackError(f"a repeater makes more than {MAX_COPIES} copies", hint="Use fewer copies.")


def _check_properties(value: Any, names: str) -> None:
    if not isinstance(value, dict):
        raise PackError("a table is missing", hint=_AGAIN)
    for name in names.split():
        found = value.get(name, {"k": 0})
        if not isinstance(found, dict) or ("k" not in found and found.get("s") is not True):
            raise PackError(f'"{name}" is no property', hint=_AGAIN)


def _check_property(value: Any) -> None:
    """A number, numbers, a path, key frames of those, or (in a gradient) another property."""
    if isinstance(value, dict):
        good = _is_path(value) or "k" in value
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        good = all(_is_keyframe(item) for item in value) and _is_uniform(value)
    else:
        good = _is_numbers(value)
    if not good:
        raise PackError("a property that is neither numbers, a path nor key frames", hint=_AGAIN)


def _is_keyframe(item: Any) -> bool:
    if not isinstance(item, dict) or not _is_number(item.get("t")) or not item.keys() <= _KEYFRAME:
        return False
    values = [item[key] for key in ("s", "e") if key in item]
    eased = [item[key] for key in ("i", "o") if key in item]
    curved = [item[key] for key in ("ti", "to") if key in item]
    return (
        all(_is_numbers(value) or _is_paths(value) for value in values)
        and all(_is_ease(ease) for ease in eased)
        and all(isinstance(tangent, list) and _is_numbers(tangent) for tangent in curved)
        and len(eased) in (0, 2)
        and len(curved) in (0, 2)
        and _is_number(item.get("h", 0))
    )


def _is_ease(ease: Any) -> bool:
    return isinstance(ease, dict) and ease.keys() == {"x", "y"} and all(map(_is_numbers, ease.values()))


def _is_uniform(keyframes: list[dict[str, Any]]) -> bool:
    """Whether every value has as many numbers (for a path: vertices) as the others."""
    values = [item[key] for item in keyframes for key in ("s", "e") if key in item]
    sizes = {
        len(value[0]["v"]) if _is_paths(value) else len(value) if isinstance(value, list) else 0
        for value in values
    }
    return len(sizes) == 1 and len({_is_paths(value) for value in values}) == 1


def _check_gradient(gradient: dict[str, Any]) -> None:
    """As many colours as it says: four numbers for each stop, then two for each stop of opacity."""
    stops = gradient["p"]
    colours = gradient["k"].get("k") if isinstance(gradient["k"], dict) else None
    _check_property(colours)
    frames = (
        colours
        if isinstance(colours, list) and colours and isinstance(colours[0], dict)
        else [{"s": colours}]
    )
    lists = [frame[key] for frame in frames for key in ("s", "e") if key in frame]
    if (
        not isinstance(stops, int)
        or not 1 <= stops <= MAX_STOPS
        or not all(_are_stops(numbers, stops) for numbers in lists)
    ):
        raise PackError("a gradient whose colours are missing or out of range", hint=_AGAIN)


def _are_stops(numbers: Any, stops: int) -> bool:
    """Offsets, colours and opacities, each from 0 to 1 but for what rounding adds."""
    return (
        isinstance(numbers, list)
        and 4 * stops <= len(numbers) <= 8 * MAX_STOPS
        and all(-0.01 <= number <= 1.01 for number in numbers)
    )


def _is_paths(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict) and _is_path(value[0])


def _is_path(value: dict[str, Any]) -> bool:
    lists = [value.get(key) for key in "vio"]
    if not all(isinstance(points, list) for points in lists):
        return False
    vertices, inward, outward = (points or [] for points in lists)
    points = [*vertices, *inward, *outward]
    return (
        len(vertices) == len(inward) == len(outward) > 0
        and all(isinstance(point, list) and len(point) == 2 and _is_numbers(point) for point in points)
        and isinstance(value.get("c", False), bool)
    )


def _is_numbers(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_is_number(item) for item in value)
    return _is_number(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, list):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _numbers(item)
