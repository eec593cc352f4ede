"""Fixtures that several rooms' tests share."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with clips and reference models beside the checkout; skips where there is none."""
    folder = ROOT.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("no ../shared beside the checkout: its clips and reference models are needed here")
    return folder


@pytest.fixture(scope="session")
def clips(shared: Path) -> Path:
    """The folder with clips of real faces; skips where there is none."""
    return shared / "data" / "video"
