import dataclasses
import stat
import sys
from pathlib import Path

import pytest

from vcam import config
from vcam.config import NoFace, Settings
from vcam.errors import ConfigError
from vcam.types import Mode, Size


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "settings.toml"


def test_defaults_without_a_file(path: Path) -> None:
    assert config.load(path) == Settings()


def test_what_is_saved_is_loaded(path: Path) -> None:
    settings = Settings(
        source="Integrated Camera",
        mode=Mode.BESIDE,
        size=Size(640, 480),
        fps=24,
        mirror=True,
        no_face=NoFace.SHOW,
    )
    config.save(path, settings)
    assert config.load(path) == settings


def test_only_what_differs_is_written(path: Path) -> None:
    config.save(path, Settings(fps=15))
    assert path.read_text() == "fps = 15\n"
    config.save(path, Settings())
    assert path.read_text() == ""


def test_comments_survive_a_change(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("# my camera\nfps = 15\n")
    config.save(path, dataclasses.replace(config.load(path), mirror=True))
    assert "# my camera" in path.read_text()
    assert config.load(path) == Settings(fps=15, mirror=True)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("fsp = 30", "line 3.*no setting called fsp"),
        ('fps = "30"', "line 3.*fps = '30' has the wrong type"),
        ("fps = 30.5", "line 3.*wrong type"),
        ("mirror = 1", "line 3.*wrong type"),
        ('mode = "hidden"', "line 3.*mode cannot be 'hidden'"),
        ('size = "wide"', "line 3.*size cannot be 'wide'"),
        ("fps = 100000", "line 3.*fps = 100000 is out of range"),
        ('size = "641x480"', "line 3.*odd side"),
        ("[fps]", "line 3.*wrong type"),
        ("[camera]", "line 3.*no setting called camera"),
        ("fps = = 3", "line 3"),
    ],
)
def test_an_error_names_file_line_and_key(path: Path, line: str, message: str) -> None:
    path.parent.mkdir()
    path.write_text(f"# settings\nmax_faces = 2\n{line}\n")
    with pytest.raises(ConfigError, match=f"settings.toml.*{message}") as caught:
        config.load(path)
    assert caught.value.hint


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(ConfigError) as caught:
        config.parse("miror", "on")
    assert "Did you mean mirror?" in caught.value.hint


def test_a_binary_file_is_an_error_with_a_hint(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(path)


@pytest.mark.parametrize(("written", "value"), [("on", True), ("No", False), ("TRUE", True)])
def test_switches_from_the_command_line(written: str, value: bool) -> None:
    assert config.parse("mirror", written) is value


def test_text_is_what_parse_takes() -> None:
    settings = Settings()
    for name in Settings.helps():
        assert config.parse(name, config.text(getattr(settings, name))) == getattr(settings, name)


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no write bit on Windows")
def test_a_failed_write_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.save(path, Settings(fps=15))

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(ConfigError, match="No space left"):
        config.save(path, Settings(fps=20))
    assert config.load(path).fps == 15
    assert [file.name for file in path.parent.iterdir()] == ["settings.toml"]
    assert stat.S_ISREG(path.stat().st_mode)
