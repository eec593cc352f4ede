import pytest

from tests.animate.sample_art import svg
from vcam.animate.art.svg import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, clean_svg
from vcam.errors import PackError


def test_a_drawing_comes_through() -> None:
    clean = clean_svg(
        svg('<g id="a" transform="scale(2)"><path d="M1 2 L3 4Z" fill="#abc"/></g><use href="#a"/>')
    )
    assert (clean.width, clean.height) == (100, 100)
    assert b'<path d="M1 2 L3 4Z" fill="#abc">' in clean.data
    assert b'<use xlink:href="#a">' in clean.data


def test_it_is_stable() -> None:
    once = clean_svg(svg('<defs><style>.a{fill:red}</style></defs><rect class="a" width="5" height="5"/>'))
    assert clean_svg(once.data) == once


def test_what_editors_add_is_dropped() -> None:
    clean = clean_svg(
        b'<?xml version="1.0"?><!-- made by --><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x/y.dtd">'
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="http://editor" i:version="1" viewBox="0 0 9 9">'
        b"<title>T</title><metadata><i:x/><script/></metadata><i:view><i:guide/></i:view>"
        b'<rect width="9" height="9" i:label="L" data-x="1"/></svg>'
    )
    assert b"editor" not in clean.data
    assert b"DOCTYPE" not in clean.data
    assert b"script" not in clean.data
    assert b"label" not in clean.data
    assert b"<rect" in clean.data


def test_width_and_height_stand_in_for_a_view_box() -> None:
    clean = clean_svg(b'<svg xmlns="http://www.w3.org/2000/svg" width="30px" height="20mm"/>')
    assert (clean.width, clean.height) == (30, 20)
    assert b'viewBox="0 0 30 20"' in clean.data


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<script>alert(1)</script>", "script"),
        ('<rect onload="x()"/>', "events"),
        ("<foreignObject/>", "foreign content"),
        ('<image href="data:image/png;base64,AAAA"/>', "embedded picture"),
        ("<text>hi</text>", "text"),
        ('<use href="http://a/b.svg#c"/>', "another file"),
        ('<use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="file:///etc/passwd"/>', "another file"),
        ('<rect fill="url(http://a/b)"/>', "outside"),
        ("<rect style=\"fill:URL( 'file:///x' )\"/>", "outside"),
        ("<style>@import 'http://a/b.css';</style>", "outside"),
        ("<style>rect{fill:url(http://a)}</style>", "outside"),
        ("<style>rect{fill:\\75rl(http://a)}</style>", "outside"),
        ('<animate attributeName="x"/>', "not supported"),
        ('<path d="M0 0 L1e9 5"/>', "beyond"),
        ('<rect width="1e400"/>', "beyond"),
        ('<filter><feGaussianBlur stdDeviation="5000"/></filter>', "beyond"),
        ('<line stroke-dasharray="0.0001 0.0001"/>', "dashes"),
        ('<g id="a"><use href="#a"/></g>', "circle"),
        ('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>', "circle"),
        ('<clipPath id="a" clip-path="url(#a)"><rect/></clipPath>', "circle"),
        ("<g>" * (MAX_DEPTH + 1) + "</g>" * (MAX_DEPTH + 1), "nested"),
        ("<g/>" * MAX_ELEMENTS, "elements"),
    ],
)
def test_what_no_emoji_needs_is_refused(body: str, says: str) -> None:
    with pytest.raises(PackError, match=says) as caught:
        clean_svg(svg(body))
    assert caught.value.hint.endswith(".")


def test_filters_other_than_a_blur_are_left_out() -> None:
    shadow = (
        '<filter id="s"><feFlood result="a"/><feGaussianBlur stdDeviation="9"/><feBlend in="a"/></filter>'
    )
    blur = '<filter id="b"><feGaussianBlur stdDeviation="9"/></filter>'
    rects = '<rect filter="url(#s)" width="5" height="5"/><rect filter="url(#b)" width="5" height="5"/>'
    clean = clean_svg(svg(f"<defs>{shadow}{blur}</defs>{rects}")).data
    assert b"feFlood" not in clean
    assert clean.count(b"feGaussianBlur") == 2  # its start and its end
    assert b"url(#s)" not in clean
    assert b"url(#b)" in clean


def test_laughing_references_are_refused() -> None:
    levels = ""
    for level in range(1, 12):
        again = f'<use href="#a{level - 1}"/>' * 10
        levels += f'<g id="a{level}">{again}</g>'
    with pytest.raises(PackError, match="draws more than"):
        clean_svg(svg(f'<g id="a0"><rect width="1" height="1"/></g>{levels}'))


def test_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE svg [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>'
    with pytest.raises(PackError, match="DOCTYPE"):
        clean_svg(bomb)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg",
        b"hello",
        b"<html/>",
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="klingon"?><svg/>',
        b"<svg/>",
        b'<svg viewBox="0 0 0 0"/>',
        b'<svg viewBox="0 0 1 1000"/>',
        b'<svg viewBox="0 0 nan nan"/>',
        b" " * (MAX_BYTES + 1),
    ],
)
def test_damage_is_refused(content: bytes) -> None:
    with pytest.raises(PackError):
        clean_svg(content)


def test_complaints_name_the_line() -> None:
    with pytest.raises(PackError, match="line 3: it holds a script"):
        clean_svg(svg("\n\n<script/>"))


def test_colours_and_names_are_no_numbers() -> None:
    clean_svg(svg('<g id="x1e9999"><rect fill="#1e9999" clip-path="url(#x1e9999b)" class="c1e999"/></g>'))
