"""One emoji pack: `pack.toml` and its pictures, read strictly, ready to be drawn at any size and time."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from vcam.animate.art.art import ANCHORS, Art, Placing
from vcam.animate.art.loader import ArtSource, read_art
from vcam.animate.art.picture import Picture, SpriteCache
from vcam.animate.toml_table import TomlTable, listing, read_toml
from vcam.errors import PackError
from vcam.types import Label

if TYPE_CHECKING:
    from vcam.animate.puppet.style import Style

FILE_NAME = "pack.toml"
MAX_PICTURES = 16
"""Pictures of one expression."""
MAX_PIXEL_BYTES = 128 * 2**20
"""Decoded pictures of one pack."""

FALLBACK: Mapping[Label, tuple[Label, ...]] = MappingProxyType(
    {
        Label.NEUTRAL: (Label.HAPPINESS,),
        Label.HAPPINESS: (Label.NEUTRAL,),
        Label.SURPRISE: (Label.FEAR, Label.NEUTRAL),
        Label.SADNESS: (Label.NEUTRAL,),
        Label.ANGER: (Label.NEUTRAL,),
        Label.DISGUST: (Label.ANGER, Label.NEUTRAL),
        Label.FEAR: (Label.SURPRISE, Label.NEUTRAL),
        Label.CONTEMPT: (Label.NEUTRAL,),
    }
)
"""What stands in for an expression that a pack lacks, unless its `[fallback]` says otherwise."""

Trial = Callable[[Sequence[ArtSource]], None]
"""Draws vector art where a crash does no harm; raises PackError for what crashes or takes too long."""


class Choose(StrEnum):
    """Which of several pictures is shown when an expression begins."""

    ROTATE = "rotate"
    RANDOM = "random"


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """A pack as it was read: immutable, so that a running camera can hold it while a new version is read.

    `arts`: the pictures of each expression that the pack has. `puppet`: the checked style of a pack that is
    drawn live and has no pictures; None for any other. `preview`: the picture to show in a list.
    """

    name: str
    title: str
    author: str
    licence: str
    description: str
    choose: Choose
    arts: Mapping[Label, Sequence[Art]]
    fallback: Mapping[Label, Sequence[Label]]
    preview: Art | None
    puppet: "Style | None"

    @property
    def is_puppet(self) -> bool:
        """Whether the pack is drawn live; then it has no pictures and `art` must not be called."""
        return self.puppet is not None

    def art(self, label: Label, pick: int = 0) -> Art:
        """A picture for an expression; `pick` counts how often it began, and chooses among several.

        The same pick gives the same picture. An expression that the pack lacks is stood in for along its
        fallback chain. Raises ValueError for a puppet.
        """
        if not self.arts:
            raise ValueError(f"{self.name} is drawn live and has no pictures")
        chain = (label, *self.fallback.get(label, ()), Label.NEUTRAL, *self.arts)
        found = next(candidate for candidate in chain if candidate in self.arts)
        arts = self.arts[found]
        if self.choose is Choose.RANDOM:
            pick = random.Random(f"{found}:{pick}").randrange(len(arts))  # noqa: S311 - repeatable on purpose
        return arts[pick % len(arts)]

    def prepare(self) -> None:
        """Draw every picture at the size in use, so that a change of expression finds it drawn.

        Does nothing before the first picture was asked for. Takes milliseconds: not for the frame path.
        """
        for arts in self.arts.values():
            for art in arts:
                art.prepare()


def load_pack(folder: Path, *, trial: Trial | None = None) -> Pack:
    """Read and check a pack's folder; its name is the folder's.

    `trial` is given the vector art before this process draws any of it: leave it out for packs that come with
    vcam only. Raises PackError, naming file and line, for anything that is not right.
    """
    check_name(folder.name)
    table = read_toml(folder / FILE_NAME)
    about = table.table("pack")
    reader = _Reader(folder, table.table("placing"), about.flag("trim", True), trial)
    puppet = _puppet(table)
    arts = reader.arts(table.table("expressions"))
    if not arts and puppet is None:
        table.fail(
            "expressions",
            "the pack has no pictures",
            'Add [expressions] and below it happiness = "file.png".',
        )
    pack = Pack(
        name=folder.name,
        title=about.text("title", folder.name),
        author=about.text("author"),
        licence=about.text("licence"),
        description=about.text("description"),
        choose=Choose(about.text("choose", Choose.ROTATE, choices=[choose.value for choose in Choose])),
        arts=MappingProxyType(arts),
        fallback=MappingProxyType(_fallback(table.table("fallback"))),
        preview=reader.preview(about),
        puppet=puppet,
    )
    about.finish()
    table.finish()
    return pack if pack.preview or not arts else replace(pack, preview=pack.art(Label.HAPPINESS))


def check_name(name: str) -> None:
    """Raises PackError for a name that cannot be a pack's folder on every system."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", name) or re.fullmatch(
        r"con|prn|aux|nul|com\d|lpt\d", name
    ):
        raise PackError(
            f'"{name[:60]}" cannot be the name of a pack',
            hint="Use up to 40 small letters, digits, - and _, as in my-cats.",
        )


def _puppet(table: TomlTable) -> "Style | None":
    if "puppet" not in table:
        return None
    if "expressions" in table:
        table.fail(
            "puppet", "a pack is either drawn live or has pictures", "Remove [puppet] or [expressions]."
        )
    # Imported where it is needed: it drags in the drawing library, and the camera must start fast.
    from vcam.animate.puppet.style import read_style

    return read_style(table.table("puppet"))


def _fallback(table: TomlTable) -> dict[Label, Sequence[Label]]:
    chains: dict[Label, Sequence[Label]] = dict(FALLBACK)
    for key in table.names():
        names = table.value(key)
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            table.fail(
                key, f"{key} must be a list of expressions", f'Write {key} = ["happiness", "neutral"].'
            )
        chains[_label(table, key, key)] = tuple(_label(table, key, name) for name in names)
    return chains


def _label(table: TomlTable, key: str, name: str) -> Label:
    try:
        return Label(name)
    except ValueError:
        table.fail(
            key, f'"{name[:40]}" is no expression', f"Write {listing([label.value for label in Label])}."
        )


class _Reader:
    """Reads the pictures of one pack, each file once."""

    def __init__(self, folder: Path, placing: TomlTable, trim: bool, trial: Trial | None) -> None:
        self._folder = folder
        self._default = _placing(placing, Placing())
        placing.finish()
        self._trim = trim
        self._trial = trial
        self._cache = SpriteCache()
        self._sources: dict[str, tuple[ArtSource, TomlTable, str]] = {}
        self._pictures: dict[str, Picture] = {}

    def arts(self, table: TomlTable) -> dict[Label, Sequence[Art]]:
        wanted: dict[Label, list[tuple[str, Placing]]] = {}
        for key in table.names():
            label = _label(table, key, key)
            wanted[label] = [self._entry(table, key, item) for item in _items(table, key)]
        if self._trial is not None:
            self._try(self._trial)
        return {
            label: tuple(self._art(label, *entry) for entry in entries) for label, entries in wanted.items()
        }

    def preview(self, about: TomlTable) -> Art | None:
        if "preview" not in about:
            return None
        name = about.text("preview")
        if name not in self._sources:
            self._read(about, "preview", name)
            if self._trial is not None:
                self._try(self._trial)
        return self._art("preview", name, Placing())

    def _entry(self, table: TomlTable, key: str, item: object) -> tuple[str, Placing]:
        if isinstance(item, dict):
            inline = table.within(key, item)
            if "picture" not in inline:
                table.fail(key, f"{key} names no picture", 'Write picture = "file.png" in its braces.')
            name, placing = inline.text("picture"), _placing(inline, self._default)
            inline.finish()
        else:
            name, placing = str(item), self._default
        if name not in self._sources:
            self._read(table, key, name)
        return name, placing

    def _read(self, table: TomlTable, key: str, name: str) -> None:
        try:
            self._sources[name] = read_art(name, self._folder), table, key
        except PackError as error:
            table.fail(key, f"{name[:80]}: {error}", error.hint)

    def _try(self, trial: Trial) -> None:
        untried = [source for source, _, _ in self._sources.values() if source.is_vector]
        if untried:
            trial(untried)

    def _art(self, label: str, name: str, placing: Placing) -> Art:
        if name not in self._pictures:
            source, table, key = self._sources[name]
            try:
                self._pictures[name] = source.picture(trim=self._trim)
            except PackError as error:
                table.fail(key, f"{name[:80]}: {error}", error.hint)
            kept = sum(picture.nbytes for picture in self._pictures.values())
            if kept > MAX_PIXEL_BYTES:
                table.fail(
                    key, "the pack's pictures are too much together", "Use fewer or shorter animations."
                )
        return Art(f"{self._folder.name}/{label}/{name}", self._pictures[name], placing, self._cache)


def _items(table: TomlTable, key: str) -> list[object]:
    value = table.value(key)
    items = value if isinstance(value, list) else [value]
    if not 1 <= len(items) <= MAX_PICTURES or not all(isinstance(item, str | dict) for item in items):
        table.fail(
            key,
            f"{key} must be a picture, or a list of up to {MAX_PICTURES}",
            f'Write {key} = "file.png" or ["a.png", "b.png"].',
        )
    return items


def _placing(table: TomlTable, default: Placing) -> Placing:
    if isinstance(table.peek("anchor"), str):
        anchor = ANCHORS[table.text("anchor", choices=list(ANCHORS))]
    else:
        anchor = table.pair("anchor", default.anchor, -1, 2)
    return Placing(
        anchor=anchor,
        scale=table.number("scale", default.scale, 0.1, 5),
        offset=table.pair("offset", default.offset, -3, 3),
        turns=table.flag("turns", default.turns),
    )
