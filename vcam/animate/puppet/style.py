"""How a puppet looks: the `[puppet]` table of a pack, read strictly."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from vcam.animate.puppet.brush import Colour
from vcam.animate.puppet.features import Palette
from vcam.animate.toml_table import TomlTable


class Character(StrEnum):
    """Who the puppet is."""

    CLASSIC = "classic"
    PERSON = "person"
    CAT = "cat"
    BEAR = "bear"
    PANDA = "panda"
    ROBOT = "robot"
    GHOST = "ghost"
    ALIEN = "alien"


class Hair(StrEnum):
    """What grows on its head."""

    NONE = "none"
    SHORT = "short"
    LONG = "long"
    CURLY = "curly"
    SPIKY = "spiky"


class Hat(StrEnum):
    """What it wears on its head."""

    NONE = "none"
    BEANIE = "beanie"
    CROWN = "crown"
    PARTY = "party"


class Glasses(StrEnum):
    """What it wears on its nose."""

    NONE = "none"
    ROUND = "round"
    SQUARE = "square"
    SUN = "sun"


_DEFAULTS: dict[Character, Palette] = {
    Character.CLASSIC: Palette(0xFFC93C, 0x5B3214, 0x3B2012, 0xFF6B4A),
    Character.PERSON: Palette(0xF2B98F, 0x4A2A1A, 0x4B2E1E, 0xF0705E),
    Character.CAT: Palette(0xF5A04C, 0x5A2F16, 0x6FBF4B, 0xFF7F6A),
    Character.BEAR: Palette(0xB97A4B, 0x3E2413, 0x24150D, 0xF08060),
    Character.PANDA: Palette(0xF7F5F0, 0x23201F, 0x17110F, 0xFF9D9D),
    Character.ROBOT: Palette(0xB9C6D6, 0x2B3442, 0x5CF0FF, 0x5CF0FF),
    Character.GHOST: Palette(0xF4F6FF, 0x34304A, 0x221F33, 0xFFA9BE),
    Character.ALIEN: Palette(0x8FD65A, 0x24451C, 0x10180F, 0x5FB24A),
}


@dataclass(frozen=True, slots=True)
class Style:
    """One puppet's looks. The colours that are not given are the character's own."""

    character: Character = Character.CLASSIC
    palette: Palette = _DEFAULTS[Character.CLASSIC]
    hair: Hair = Hair.NONE
    hair_colour: Colour = 0x4A2F1D
    hat: Hat = Hat.NONE
    hat_colour: Colour = 0xE2504C
    glasses: Glasses = Glasses.NONE
    glasses_colour: Colour = 0x2B2B33


def style_of(character: Character) -> Style:
    """A character in its own colours."""
    return Style(character, _DEFAULTS[character])


_Choice = TypeVar("_Choice", bound=StrEnum)


def read_style(table: TomlTable) -> Style:
    """Read and check a `[puppet]` table.

    `character`, `hair`, `hat`, `glasses`: one of the names above. `body` (or `skin`, which is the same),
    `line`, `eye`, `cheek`, `hair_colour`, `hat_colour`, `glasses_colour`: "#RRGGBB". Raises PackError with
    file and line for anything else.
    """
    character = _choice(table, "character", Character.CLASSIC)
    default = _DEFAULTS[character]
    plain = Style()
    if "skin" in table and "body" in table:
        table.fail("skin", "skin and body are the same colour", "Keep one of the two.")
    style = Style(
        character,
        Palette(
            _colour(table, "body", _colour(table, "skin", default.body)),
            _colour(table, "line", default.line),
            _colour(table, "eye", default.eye),
            _colour(table, "cheek", default.cheek),
        ),
        _choice(table, "hair", Hair.NONE),
        _colour(table, "hair_colour", plain.hair_colour),
        _choice(table, "hat", Hat.NONE),
        _colour(table, "hat_colour", plain.hat_colour),
        _choice(table, "glasses", Glasses.NONE),
        _colour(table, "glasses_colour", plain.glasses_colour),
    )
    table.finish()
    return style


def _choice(table: TomlTable, key: str, default: _Choice) -> _Choice:
    kind = type(default)
    return kind(table.text(key, default, choices=[choice.value for choice in kind]))


def _colour(table: TomlTable, key: str, default: Colour) -> Colour:
    text = table.text(key, f"#{default:06X}")
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", text):
        table.fail(key, f'{key} = "{text[:20]}" is no colour', f'Write {key} = "#{default:06X}".')
    return int(text[1:], 16)
