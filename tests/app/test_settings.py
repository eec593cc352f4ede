from pathlib import Path

import pytest

from vcam import config
from vcam.app import cli


@pytest.fixture(autouse=True)
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "settings.toml"
    monkeypatch.setattr(config, "default_path", lambda: path)
    return path


def test_set_get_reset(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config", "set", "mirror", "yes"]) == 0
    assert cli.main(["config", "get", "mirror"]) == 0
    assert capsys.readouterr().out.splitlines() == ["mirror = true", "true"]
    assert cli.main(["config", "reset"]) == 0
    assert cli.main(["config", "get", "mirror"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "false"
    assert settings_file.with_suffix(".toml.old").read_text() == "mirror = true\n"


def test_listing_shows_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config"]) == 0
    shown = capsys.readouterr().out
    assert all(f"{name} = " in shown for name in config.Settings.helps())


def test_a_broken_file_can_be_reset(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings_file.write_text("fps = \n")
    assert cli.main(["config"]) == 1
    assert "line 1" in capsys.readouterr().err
    assert cli.main(["config", "reset"]) == 0
    assert cli.main(["config"]) == 0


@pytest.mark.parametrize("arguments", [["get", "nope"], ["set", "nope", "1"], ["set", "fps", "many"]])
def test_wrong_names_and_values(
    arguments: list[str], settings_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["config", *arguments]) == 1
    assert capsys.readouterr().err.count("\n") == 2
    assert not settings_file.exists()
