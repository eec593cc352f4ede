"""SVG from strangers: read with expat, checked against a list of what a drawing needs, and written anew.

The renderer only ever sees the rewritten file: no DOCTYPE, no entity, no script, no reference that leaves
the file, no foreign namespace. What editors add for themselves is dropped; what would change the picture if
it were dropped (text, embedded pictures, animation) is refused with the remedy.
"""

import re
import xml.parsers.expat
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from vcam.errors import PackError


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAX_BYTES = 2 * 2**20
MAX_ELEMENTS = 20_000
MAX_DEPTH = 64
MAX_DRAWN = 50_000
"""Elements drawn after every `use` is followed: a few lines of nested `use` would else draw billions."""
MAX_NUMBER = 1e6
MAX_BLUR = 200.0

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_DRAWN = _words(
    "svg g defs symbol use path rect circle ellipse line polyline polygon linearGradient radialGradient "
    "stop clipPath mask filter feGaussianBlur style"
)
_DROPPED = _words("title desc metadata")
_REFUSED = {
    "script": ("a script", "Remove the script; a picture needs none."),
    "foreignObject": ("foreign content (foreignObject)", "Turn it into shapes."),
    "image": ("an embedded picture", "Use the picture itself as PNG or WebP, or trace it into shapes."),
    "text": ("text", "Turn text into paths in your drawing program (Inkscape: Path > Object to Path)."),
}
_ATTRIBUTES = _words(
    "id class style transform d x y x1 y1 x2 y2 cx cy r rx ry fx fy fr width height points viewBox "
    "preserveAspectRatio fill fill-opacity fill-rule stroke stroke-opacity stroke-width stroke-linecap "
    "stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset opacity color display "
    "visibility clip-path clip-rule clipPathUnits mask mask-type maskUnits maskContentUnits filter "
    "filterUnits primitiveUnits in result stdDeviation edgeMode offset stop-color stop-opacity "
    "gradientUnits gradientTransform spreadMethod href paint-order overflow type isolation mix-blend-mode"
)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_URL = re.compile(r"url\(\s*['\"]?\s*([^)'\"]*)", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(px|pt|pc|mm|cm|in|em|ex)?\s*$")


class CleanSvg(NamedTuple):
    """A rewritten drawing and the size of its canvas in its own units."""

    data: bytes
    width: float
    height: float


@dataclass(slots=True)
class _Element:
    name: str
    attributes: dict[str, str]
    children: list["_Element"] = field(default_factory=list)
    text: str = ""


def clean_svg(content: bytes) -> CleanSvg:
    """Check and rewrite an SVG file. Raises PackError, with line and remedy, for what no emoji needs."""
    if len(content) > MAX_BYTES:
        raise PackError(f"it is larger than {MAX_BYTES // 2**20} MB", hint="Simplify the drawing's paths.")
    root = _Reader().read(content)
    if root.name != "svg":
        raise PackError(
            f"it is not SVG: its first element is <{root.name[:40]}>", hint="Save it as plain SVG."
        )
    _drop_filters(root)
    _check_drawn(root)
    x, y, width, height = _canvas(root)
    root.attributes.update(
        viewBox=f"{x:g} {y:g} {width:g} {height:g}", width=f"{width:g}", height=f"{height:g}"
    )
    head = f'<svg xmlns="{_SVG}" xmlns:xlink="{_XLINK}"'
    return CleanSvg((head + "".join(_write(root))[4:]).encode(), width, height)


class _Reader:
    """Builds the tree of known elements from expat's events."""

    def __init__(self) -> None:
        self._parser = xml.parsers.expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.EntityDeclHandler = self._entity
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._open: list[_Element] = []
        self._root: _Element | None = None
        self._skipping = 0
        self._count = 0

    def read(self, content: bytes) -> _Element:
        try:
            self._parser.Parse(content, True)
        except xml.parsers.expat.ExpatError as error:
            raise PackError(
                f"line {error.lineno}: not well-formed XML ({xml.parsers.expat.ErrorString(error.code)})",
                hint="Save it again from a drawing program, as plain SVG.",
            ) from error
        except (ValueError, LookupError) as error:
            raise PackError("its text encoding is unknown", hint="Save it as UTF-8.") from error
        if self._root is None:
            raise PackError("it is empty", hint="Save it again from a drawing program, as plain SVG.")
        return self._root

    def _fail(self, message: str, hint: str) -> PackError:
        return PackError(f"line {self._parser.CurrentLineNumber}: {message}", hint=hint)

    def _doctype(self, _name: str, _system: str | None, _public: str | None, internal: int) -> None:
        if internal:
            raise self._fail("a DOCTYPE with declarations of its own", "Remove the DOCTYPE.")

    def _entity(self, *_details: object) -> None:
        raise self._fail("an entity declaration", "Remove the DOCTYPE and its entities.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise self._fail(f"more than {MAX_ELEMENTS} elements", "Simplify the drawing.")
        space, _, local = name.rpartition(" ")
        if self._skipping or (space not in ("", _SVG)) or local in _DROPPED:
            self._skipping += 1
            return
        if local in _REFUSED:
            what, hint = _REFUSED[local]
            raise self._fail(f"it holds {what}", hint)
        if local not in _DRAWN and not local.startswith("fe"):
            raise self._fail(f"the element <{local[:40]}> is not supported", "Turn it into plain shapes.")
        if len(self._open) >= MAX_DEPTH:
            raise self._fail(f"elements nested deeper than {MAX_DEPTH}", "Ungroup the drawing.")
        element = _Element(local, self._attributes(attributes))
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _end(self, _name: str) -> None:
        if self._skipping:
            self._skipping -= 1
            return
        element = self._open.pop()
        if element.name == "style":
            self._check_css(element.text)

    def _characters(self, text: str) -> None:
        if self._open and not self._skipping and self._open[-1].name == "style":
            self._open[-1].text += text

    def _attributes(self, attributes: dict[str, str]) -> dict[str, str]:
        kept = {}
        for qualified, value in attributes.items():
            space, _, name = qualified.rpartition(" ")
            if name[:2].lower() == "on" and not space:
                raise self._fail(
                    f"it reacts to events ({name[:40]})", "Remove the script; a picture needs none."
                )
            if space not in ("", _XLINK) or name not in _ATTRIBUTES:
                continue
            if name == "href" and not value.startswith("#"):
                raise self._fail("it refers to another file or address", "Put everything into this one file.")
            self._check_css(value)
            self._check_numbers(name, value)
            kept[name] = value
        return kept

    def _check_css(self, text: str) -> None:
        if any(not url.strip().startswith("#") for url in _URL.findall(text)) or "\\" in text or "@" in text:
            raise self._fail("its style refers to something outside", "Put everything into this one file.")

    def _check_numbers(self, name: str, value: str) -> None:
        if name in ("id", "class", "href"):
            return
        largest = MAX_BLUR if name == "stdDeviation" else MAX_NUMBER
        if any(abs(float(number)) > largest for number in _NUMBER.findall(_without_names(value))):
            raise self._fail(f"a number beyond {largest:g} in {name}", "Draw it at a usual size.")
        if name == "stroke-dasharray" and any(0 < float(n) < 0.01 for n in _NUMBER.findall(value)):
            raise self._fail("dashes too short to see", "Use a plain line.")


def _without_names(value: str) -> str:
    """The value without colours and references, whose digits are no numbers (#1e9999, url(#a1e99))."""
    return re.sub(r"#[\w-]*", "", value)


def _drop_filters(root: _Element) -> None:
    """Take out every filter that is more than a blur: the renderer knows no other, and half of one is wrong.

    They are shadows and highlights mostly, without which a drawing is flatter, but right.
    """
    dropped = set()
    for element in _walk(root):
        for child in element.children:
            if child.name == "filter" and any(part.name != "feGaussianBlur" for part in child.children):
                dropped.add(f"url(#{child.attributes.get('id', '')})")
                child.name, child.attributes, child.children = "g", {}, []
    for element in _walk(root):
        if element.attributes.get("filter", "").replace(" ", "") in dropped:
            del element.attributes["filter"]


def _check_drawn(root: _Element) -> None:
    by_id: dict[str, _Element] = {}
    for element in _walk(root):
        by_id.setdefault(element.attributes.get("id", ""), element)
    sizes: dict[int, int] = {}

    def size(element: _Element, above: frozenset[int]) -> int:
        if id(element) in above or len(above) > 4 * MAX_DEPTH:
            raise PackError("its references go round in a circle", hint="Save it again as plain SVG.")
        if id(element) not in sizes:
            inside = above | {id(element)}
            total = 1 + sum(size(child, inside) for child in element.children)
            for target in _references(element):
                if target in by_id:
                    total += size(by_id[target], inside)
            sizes[id(element)] = min(total, MAX_DRAWN + 1)
        return sizes[id(element)]

    if size(root, frozenset()) > MAX_DRAWN:
        raise PackError(f"it draws more than {MAX_DRAWN} shapes", hint="Simplify the drawing.")


def _references(element: _Element) -> Iterator[str]:
    for name, value in element.attributes.items():
        if name == "href":
            yield value[1:]
        else:
            yield from (url.strip()[1:] for url in _URL.findall(value))


def _walk(element: _Element) -> Iterator[_Element]:
    yield element
    for child in element.children:
        yield from _walk(child)


def _canvas(root: _Element) -> tuple[float, float, float, float]:
    numbers = [float(number) for number in _NUMBER.findall(root.attributes.get("viewBox", ""))]
    if len(numbers) == 4:
        x, y, width, height = numbers
    else:
        x, y = 0.0, 0.0
        width, height = (_length(root.attributes.get(side, "")) for side in ("width", "height"))
    if not (0 < width <= MAX_NUMBER and 0 < height <= MAX_NUMBER) or max(width, height) > 16 * min(
        width, height
    ):
        raise PackError(
            "its canvas has no usable size", hint='Give <svg> a viewBox, as in viewBox="0 0 512 512".'
        )
    return x, y, width, height


def _length(value: str) -> float:
    found = _LENGTH.match(value)
    return float(found[1]) if found else 0.0


def _write(element: _Element) -> Iterator[str]:
    yield f"<{element.name}"
    for name, value in element.attributes.items():
        yield f" {'xlink:href' if name == 'href' else name}={quoteattr(value)}"
    yield ">"
    yield escape(element.text)
    for child in element.children:
        yield from _write(child)
    yield f"</{element.name}>"
