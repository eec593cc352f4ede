"""Damaged and invented files: every reader either takes them or says why not, and raises nothing else."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.animate.sample_art import as_json, encoded, lottie, png, svg
from vcam.animate.art.lottie import clean_lottie
from vcam.animate.art.raster import read_raster
from vcam.animate.art.svg import clean_svg
from vcam.animate.art.vector import Vector
from vcam.animate.pack import FILE_NAME, load_pack
from vcam.animate.pack_archive import import_pack
from vcam.errors import PackError

QUICK = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)

ANIMATED = [Image.new("RGBA", (20, 20), (n * 60, 9, 9, 255)) for n in range(4)]
PICTURES = [png()] + [
    encoded(ANIMATED[0], form, save_all=True, append_images=ANIMATED[1:], duration=50)
    for form in ("GIF", "PNG", "WEBP")
]
DRAWING = svg(
    '<defs><linearGradient id="g"><stop offset="0" stop-color="#f00"/></linearGradient></defs>'
    '<g transform="rotate(5)"><path d="M1 2C3 4 5 6 7 8z" fill="url(#g)" stroke-dasharray="3 1"/></g><use'
    ' href="#g"/>'
)
DESCRIPTION = b"""\
[pack]
title = "T"
[placing]
scale = 1.5
[expressions]
anger = { picture = "a.png", offset = [0, 1] }
"""


@st.composite
def damaged(draw: st.DrawFn, originals: list[bytes]) -> bytes:
    """One of the originals with a few bytes overwritten, cut out, or repeated."""
    content = bytearray(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(0, len(content) - 1)))
        span = draw(st.integers(0, 12))
        match draw(st.sampled_from(["overwrite", "cut", "repeat"])):
            case "overwrite":
                content[place : place + span] = draw(st.binary(min_size=span, max_size=span))
            case "cut":
                del content[place : place + span]
            case _:
                content[place:place] = content[place : place + span] * draw(st.integers(1, 40))
    return bytes(content)


def taken_or_refused(read: Any, *arguments: Any) -> Any:
    try:
        return read(*arguments)
    except PackError as refusal:
        complaint = refusal
    assert str(complaint)
    assert complaint.hint.endswith((".", "?"))
    return None


@QUICK
@given(damaged(PICTURES))
def test_pictures(content: bytes) -> None:
    raster = taken_or_refused(read_raster, content)
    if raster is not None:
        assert raster.draw(raster.frame_at(10**9, 64), 64).any()


@QUICK
@given(st.one_of(damaged([DRAWING]), st.binary(max_size=300)))
def test_drawings(content: bytes) -> None:
    clean = taken_or_refused(clean_svg, content)
    if clean is not None:
        assert clean_svg(clean.data) == clean
        picture = taken_or_refused(Vector, *clean)
        if picture is not None:
            assert picture.draw(0, 32).shape[2] == 4


NAMES = ["ty", "k", "a", "x", "w", "h", "fr", "op", "ks"]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=12,
)


@QUICK
@given(st.sampled_from(["w", "h", "fr", "ip", "op", "assets", "layers", "x"]), values)
def test_animations(key: str, value: object) -> None:
    taken_or_refused(clean_lottie, as_json(lottie(**{key: value})))


@QUICK
@given(st.one_of(damaged([json.dumps(lottie()).encode()]), st.binary(max_size=100)))
def test_damaged_animations(content: bytes) -> None:
    taken_or_refused(clean_lottie, content)


@QUICK
@given(content=damaged([DESCRIPTION]))
def test_descriptions(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "mine"
    folder.mkdir(exist_ok=True)
    (folder / "a.png").write_bytes(png())
    (folder / FILE_NAME).write_bytes(content)
    taken_or_refused(load_pack, folder)


def _archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mine/pack.toml", DESCRIPTION)
        archive.writestr("mine/a.png", png())
    return stream.getvalue()


@QUICK
@given(content=damaged([_archive()]))
def test_archives_stay_in_their_place(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "in").mkdir(exist_ok=True)
    archive = tmp_path / "in" / "mine.zip"
    archive.write_bytes(content)

    def read() -> Any:
        return import_pack(archive, tmp_path / "packs", trial=lambda sources: None, replace=True, name="mine")

    taken_or_refused(read)
    assert {entry.name for entry in tmp_path.iterdir()} <= {"in", "packs", "mine"}
    if (tmp_path / "packs").exists():
        assert {entry.name for entry in (tmp_path / "packs").iterdir()} <= {"mine"}


@pytest.mark.parametrize("count", [100_000])
def test_deep_and_long_descriptions_end_soon(tmp_path: Path, count: int) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for text in ("[" * count, "a." * 30_000 + "b = 1", "x = " + "{a=" * 10_000, "a = '''" + "x" * 60_000):
        (folder / FILE_NAME).write_text(text)
        with pytest.raises(PackError):
            load_pack(folder)
