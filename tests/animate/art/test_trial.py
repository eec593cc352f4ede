import sys

import pytest

from tests.animate.sample_art import as_json, lottie, svg
from vcam.animate.art import trial
from vcam.animate.art.loader import ArtSource, Kind
from vcam.animate.art.svg import clean_svg
from vcam.animate.art.trial import try_drawing
from vcam.errors import PackError


def drawing(name: str = "a.svg") -> ArtSource:
    return ArtSource(Kind.SVG, name, *clean_svg(svg()))


def test_good_drawings_pass() -> None:
    ball = ArtSource(Kind.LOTTIE, "ball.json", as_json(lottie()), 200, 200, 60, 30)
    try_drawing([drawing(), ball, drawing()])


def test_what_the_renderer_merely_refuses_is_left_to_the_reader() -> None:
    try_drawing([ArtSource(Kind.SVG, "b.svg", b"hello", 100, 100)])


def test_a_crash_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    crash = "import sys, os; sys.stdin.buffer.read(); print(0.1, flush=True); os.abort()"
    monkeypatch.setattr(trial, "_COMMAND", [sys.executable, "-c", crash])
    with pytest.raises(PackError, match=r"b\.svg: the vector renderer crashes"):
        try_drawing([drawing("a.svg"), drawing("b.svg"), drawing("c.svg")])


def test_a_hang_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    hang = "import sys, threading; sys.stdin.buffer.read(); threading.Event().wait()"
    monkeypatch.setattr(trial, "_COMMAND", [sys.executable, "-c", hang])
    with pytest.raises(PackError, match=r"a\.svg: it is not drawn within"):
        try_drawing([drawing("a.svg")], timeout_s=0.5)


def test_slow_drawings_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = "import sys; sys.stdin.buffer.read(); print(0.01); print(9.0)"
    monkeypatch.setattr(trial, "_COMMAND", [sys.executable, "-c", slow])
    with pytest.raises(PackError, match=r"b\.svg: it takes 9\.0 seconds"):
        try_drawing([drawing("a.svg"), drawing("b.svg")])


def test_sources_survive_the_way_to_the_other_process() -> None:
    sources = [drawing("ä.svg"), ArtSource(Kind.LOTTIE, "b.json", b"\x00\nx", 1.5, 2, 3, 4.5)]
    assert trial._unpacked(trial._packed(sources)) == sources
