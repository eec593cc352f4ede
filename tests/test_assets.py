import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from vcam import assets
from vcam.errors import ModelError

FILES = {"eyes": b"eye network", "LICENSE": b"terms"}

FAKE_PIP = """
import pathlib, shutil, sys, tempfile
arguments = sys.argv[1:]
assert "--no-deps" in arguments and arguments[-1] == "mediapipe==0.10.21"
dest = pathlib.Path(arguments[arguments.index("--dest") + 1])
assert pathlib.Path(tempfile.gettempdir()) == dest
{action}
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user cache of its own, and two small models to fetch."""
    models = {
        name: assets.ModelFile(f"{name}.bin", f"inside/{name}", hashlib.sha256(content).hexdigest())
        for name, content in FILES.items()
    }
    monkeypatch.setattr(assets, "MODELS", models)
    folder = tmp_path / "cache" / "models"
    monkeypatch.setattr(assets, "models_folder", lambda: folder)
    return folder


@pytest.fixture
def pip_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Put a pip in place that runs the given Python lines; `dest` is its target folder."""

    def install(action: str) -> None:
        script = tmp_path / "fake_pip.py"
        script.write_text(FAKE_PIP.format(action=action))
        monkeypatch.setattr(assets, "_pip", lambda: [sys.executable, str(script)])

    return install


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    file = tmp_path / "source.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in FILES.items():
            archive.writestr(f"inside/{name}", content)
        archive.writestr("inside/unwanted", b"x")
    return file


def only_the_wheel(wheel: Path) -> str:
    return f"shutil.copy({str(wheel)!r}, dest / 'mediapipe.whl')"


def leftovers(cache: Path) -> list[Path]:
    return [path for path in cache.parent.rglob("*") if path != cache and path.parent != cache]


def test_get_fetches_and_verifies_only_what_is_named(cache, pip_that, wheel):
    pip_that(only_the_wheel(wheel))
    steps = []
    assert assets.get(lambda done, total: steps.append((done, total))) == cache
    assert {path.name: path.read_bytes() for path in cache.iterdir()} == {
        f"{name}.bin": content for name, content in FILES.items()
    }
    assert leftovers(cache) == []
    assert steps[-1] == (assets.WHEEL_BYTES, assets.WHEEL_BYTES)
    assert assets.verify() == {"eyes": True, "LICENSE": True}
    assert assets.load("eyes") == b"eye network"


def test_get_does_nothing_when_all_is_there(cache, pip_that, wheel):
    pip_that(only_the_wheel(wheel))
    assets.get()
    pip_that("sys.exit('must not run')")
    assert assets.get() == cache


def test_get_repairs_a_damaged_file_and_leaves_the_others(cache, pip_that, wheel):
    pip_that(only_the_wheel(wheel))
    assets.get()
    (cache / "eyes.bin").write_bytes(b"damaged")
    untouched = (cache / "LICENSE.bin").stat().st_mtime_ns
    assert assets.verify() == {"eyes": False, "LICENSE": True}
    with pytest.raises(ModelError, match="damaged"):
        assets.load("eyes")
    assets.get()
    assert assets.load("eyes") == b"eye network"
    assert (cache / "LICENSE.bin").stat().st_mtime_ns == untouched


@pytest.mark.parametrize(
    ("action", "message", "hint"),
    [
        ("print('ERROR: no route to host'); sys.exit(1)", "no route to host", "network"),
        ("print('OSError: [Errno 28] No space left on device'); sys.exit(1)", "full", "Free"),
        (
            "(dest / 'mediapipe.whl').write_bytes(b'<html>log in first</html>')",
            "not the expected file",
            "index",
        ),
        ("pass", "could not download", "network"),
    ],
)
def test_get_says_what_went_wrong_and_leaves_nothing(cache, pip_that, action, message, hint):
    pip_that(action)
    with pytest.raises(ModelError, match=message) as caught:
        assets.get()
    assert hint in caught.value.hint
    assert not cache.exists()
    assert leftovers(cache) == []


def test_get_refuses_a_file_that_is_not_the_pinned_one(cache, pip_that, tmp_path):
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("inside/eyes", b"somebody else's network")
        archive.writestr("inside/LICENSE", FILES["LICENSE"])
    pip_that(only_the_wheel(other))
    with pytest.raises(ModelError, match="checksum"):
        assets.get()
    assert not cache.exists()


def test_get_stops_pip_when_interrupted(cache, pip_that):
    pip_that("import time; (dest / 'part.whl').write_bytes(b'x' * 9); time.sleep(60)")

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assets.get(interrupt)
    assert leftovers(cache) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder that cannot be written")
def test_get_without_permission(cache, pip_that, wheel):
    pip_that(only_the_wheel(wheel))
    cache.parent.mkdir()
    cache.parent.chmod(0o500)
    with pytest.raises(ModelError, match="cannot be written"):
        assets.get()


def test_get_without_pip(cache, monkeypatch):
    def no_pip(command, **_):
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(subprocess, "run", no_pip)
    with pytest.raises(ModelError, match="pip") as caught:
        assets.get()
    assert "ensurepip" in caught.value.hint


def test_get_on_a_full_disk(cache, pip_that, wheel, monkeypatch):
    pip_that(only_the_wheel(wheel))

    def full(self, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ModelError, match="full"):
        assets.get()
    monkeypatch.undo()
    assert not cache.exists()
    assert leftovers(cache) == []


def test_a_missing_model_names_the_command(cache):
    for find in (assets.path, assets.load):
        with pytest.raises(ModelError, match="missing") as caught:
            find("eyes")
        assert "vcam models get" in caught.value.hint
    with pytest.raises(ValueError, match="unknown model"):
        assets.path("ears")


def test_the_packaged_models_come_first(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "package_data", lambda: tmp_path)
    assert assets.models_folder() != tmp_path / "models"
    (tmp_path / "models").mkdir()
    assert assets.models_folder() == tmp_path / "models"


def test_shipped_files_are_the_checkouts_or_the_wheels(root, tmp_path, monkeypatch):
    assert assets.shipped_packs() == root / "overlays"
    monkeypatch.setattr(assets, "checkout", lambda: None)
    monkeypatch.setattr(assets, "package_data", lambda: tmp_path)
    assert assets.shipped_packs() == tmp_path / "overlays"
    with pytest.raises(ModelError, match=r"expression\.tflite"):
        assets.expression_network()
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "expression.tflite").touch()
    (tmp_path / "model" / "expression.json").touch()
    assert assets.expression_network()[1] == tmp_path / "model" / "expression.json"
    with pytest.raises(ModelError, match=r"puppet_signals\.npz"):
        assets.puppet_signals()
    (tmp_path / "model" / "puppet_signals.npz").touch()
    assert assets.puppet_signals() == tmp_path / "model" / "puppet_signals.npz"
    assert assets.user_packs().name == "packs"


def test_importing_needs_no_numpy(root):
    check = (
        "import sys; from vcam import assets; sys.exit(bool({'numpy', 'platformdirs'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", check], cwd=root, check=False).returncode == 0
