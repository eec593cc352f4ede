"""Packs made on the spot."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.animate.sample_art import png

MakePack = Callable[..., Path]


@pytest.fixture
def make_pack(tmp_path: Path) -> MakePack:
    """Makes a pack's folder from a description and files; without a description, one happy picture."""

    def make(
        toml: str = '[expressions]\nhappiness = "a.png"\n',
        *,
        name: str = "mine",
        files: dict[str, bytes] | None = None,
        parent: Path = tmp_path,
    ) -> Path:
        folder = parent / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pack.toml").write_text(toml, encoding="utf-8")
        for file, content in ({"a.png": png()} if files is None else files).items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
        return folder

    return make
