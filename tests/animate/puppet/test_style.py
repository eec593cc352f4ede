from pathlib import Path

import pytest

from vcam.animate.puppet.style import Character, Glasses, Hair, Hat, Style, read_style, style_of
from vcam.animate.toml_table import parse_toml
from vcam.errors import PackError


def read(text: str) -> Style:
    return read_style(parse_toml(f"[puppet]\n{text}".encode(), Path("pack.toml")).table("puppet"))


def test_an_empty_table_is_the_classic() -> None:
    assert read("") == Style()


def test_everything_can_be_chosen() -> None:
    style = read(
        'character = "person"\nskin = "#8d5a3a"\neye = "#112233"\nhair = "curly"\nhair_colour = "#2A1B14"\n'
        'hat = "crown"\nhat_colour = "#FFC93C"\nglasses = "sun"\nglasses_colour = "#000000"'
    )
    assert (style.character, style.hair, style.hat, style.glasses) == (
        Character.PERSON,
        Hair.CURLY,
        Hat.CROWN,
        Glasses.SUN,
    )
    assert (style.palette.body, style.palette.eye, style.hair_colour) == (0x8D5A3A, 0x112233, 0x2A1B14)
    assert style.palette.line == style_of(Character.PERSON).palette.line


@pytest.mark.parametrize(
    "text",
    [
        'character = "dragon"',
        'body = "red"',
        'body = "#12345"',
        "body = 5",
        'hat = "sombrero"',
        'colour = "#123456"',
        'body = "#123456"\nskin = "#123456"',
    ],
)
def test_mistakes_are_told_with_their_line(text: str) -> None:
    with pytest.raises(PackError, match=r"line [23]") as error:
        read(text)
    assert error.value.hint
