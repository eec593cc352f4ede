from pathlib import Path

import pytest

from vcam.animate.toml_table import MAX_BYTES, listing, parse_toml, read_toml
from vcam.errors import PackError

TEXT = """\
title = "A"
size = 2.5

[place]
at = [0.5, 1]
turns = false

[place.deep]
word = "x"
"""


def table(text: str = TEXT):
    return parse_toml(text.encode(), Path("pack.toml"))


def test_values_come_out_typed() -> None:
    whole = table()
    place = whole.table("place")
    assert whole.text("title") == "A"
    assert whole.number("size", 0, 0, 5) == 2.5
    assert place.pair("at", (0, 0), 0, 1) == (0.5, 1.0)
    assert place.flag("turns", True) is False
    assert place.table("deep").text("word", choices=["x", "y"]) == "x"


def test_missing_values_take_their_defaults() -> None:
    empty = table("")
    assert empty.text("a", "b") == "b"
    assert empty.number("a", 3, 0, 5) == 3
    assert empty.pair("a", (1, 2), 0, 5) == (1, 2)
    assert empty.flag("a", True) is True
    assert empty.table("a").names() == []


@pytest.mark.parametrize(
    ("text", "read", "line", "says"),
    [
        ("\na = 1", lambda t: t.text("a"), 2, "must be text"),
        ("a = 'x'", lambda t: t.text("a", choices=["y", "z"]), 1, "not known"),
        ("a = 'x'", lambda t: t.number("a", 0, 0, 1), 1, "must be a number"),
        ("a = true", lambda t: t.number("a", 0, 0, 1), 1, "must be a number"),
        ("a = 2", lambda t: t.number("a", 0, 0, 1), 1, "out of range"),
        ("a = nan", lambda t: t.number("a", 0, 0, 1), 1, "out of range"),
        ("a = 1e400", lambda t: t.number("a", 0, 0, 1), 1, "out of range"),
        ("a = [1]", lambda t: t.pair("a", (0, 0), 0, 1), 1, "two numbers"),
        ("a = [1, 'x']", lambda t: t.pair("a", (0, 0), 0, 1), 1, "a's y must be a number"),
        ("a = 1", lambda t: t.flag("a", True), 1, "true or false"),
        ("a = 1", lambda t: t.table("a"), 1, "must be a table"),
        ("\n\n[b]\na = 1", lambda t: t.table("b").text("a"), 4, "must be text"),
        ("[b]\nc = {a = 1}", lambda t: t.table("b").table("c").text("a"), 2, "must be text"),
        ("b.c.a = 1", lambda t: t.table("b").table("c").text("a"), 1, "must be text"),
        ('["b"]\n"a" = 1', lambda t: t.table("b").text("a"), 2, "must be text"),
        (f"a = '{'x' * 500}'", lambda t: t.text("a"), 1, "500 characters"),
    ],
)
def test_complaints_name_file_line_and_remedy(text, read, line, says) -> None:
    with pytest.raises(PackError, match=says) as caught:
        read(table(text))
    assert str(caught.value).startswith(f"pack.toml, line {line}: ")
    assert caught.value.hint.endswith(".")


def test_an_unread_key_is_an_error_with_a_suggestion() -> None:
    whole = table("titel = 'A'")
    whole.text("title")
    with pytest.raises(PackError, match=r"line 1.*titel") as caught:
        whole.finish()
    assert caught.value.hint == 'Did you mean "title"?'


def test_an_unread_key_without_likeness_lists_what_is_known() -> None:
    whole = table("[b]\nzzz = 1").table("b")
    whole.text("title")
    with pytest.raises(PackError, match=r"line 2.*\[b\]") as caught:
        whole.finish()
    assert '"title"' in caught.value.hint


def test_broken_toml_says_where() -> None:
    with pytest.raises(PackError, match="line 2"):
        table("a = 1\nb = ?\n")


@pytest.mark.parametrize(
    "content", [b"a = " + b"9" * 5000, b"a = " + b"[" * 20000, b"\xff\xfe", b"a = 0b" + b"1" * 60000]
)
def test_absurd_toml_is_refused(content: bytes) -> None:
    with pytest.raises(PackError):
        parse_toml(content, Path("pack.toml")).number("a", 0, 0, 1)


def test_a_large_or_missing_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pack.toml"
    with pytest.raises(PackError, match="cannot be read"):
        read_toml(file)
    file.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(PackError, match="larger than"):
        read_toml(file)


def test_a_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    assert parse_toml("\ufeffa = 'x'\r\n".encode(), Path("p")).text("a") == "x"


def test_listing() -> None:
    assert listing(["a"]) == '"a"'
    assert listing(["a", "b", "c"]) == '"a", "b" or "c"'
