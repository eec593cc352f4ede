"""Fixtures that several rooms' tests share."""

from pathlib import Path

import pytest

from vcam import assets

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, packs, running instance and tray of whoever runs the tests are left alone."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def models() -> Path:
    """The folder of the face models; skips where they have not been fetched."""
    missing = [name for name, intact in assets.verify().items() if not intact]
    if missing:
        pytest.skip(f"face models missing ({', '.join(missing)}): run `python -m vcam models get`")
    return assets.models_folder()


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
