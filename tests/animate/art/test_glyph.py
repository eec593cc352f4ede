import pytest

from vcam.animate.art import glyph
from vcam.animate.art.glyph import read_glyph
from vcam.errors import PackError


@pytest.fixture
def colour_font() -> None:
    try:
        read_glyph("😀")
    except PackError:
        pytest.skip("no colour emoji font on this system")


@pytest.mark.usefixtures("colour_font")
@pytest.mark.parametrize("text", ["😀", "👩‍🚀", "👍🏽", "❤️", "🦊"])
def test_an_emoji_is_one_coloured_picture(text: str) -> None:
    raster = read_glyph(text)
    drawn = raster.draw(0, 128)
    assert 0.6 < raster.aspect < 1.6
    assert drawn[..., :3].max(axis=(0, 1)).max() > 150


def test_a_character_without_colour_is_refused_with_the_remedy() -> None:
    with pytest.raises(PackError, match="no colour emoji font") as caught:
        read_glyph("\U0010fffd")
    assert caught.value.hint.endswith(".")


def test_the_remedy_names_the_font_on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glyph.sys, "platform", "linux")
    with pytest.raises(PackError) as caught:
        read_glyph("\U0010fffd")
    assert "fonts-noto-color-emoji" in caught.value.hint
