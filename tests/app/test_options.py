import argparse
from pathlib import Path

import pytest

from vcam import config
from vcam.app import options
from vcam.config import Settings
from vcam.types import Mode, Size


@pytest.fixture
def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    options.add(parser, "mode", "size", "fps", "mirror", "no_face")
    return parser


def test_command_line_over_file_over_defaults(
    parser: argparse.ArgumentParser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.toml"
    monkeypatch.setattr(config, "default_path", lambda: path)
    path.write_text('fps = 15\nmode = "beside"\nmirror = true\n')
    settings = options.settings(parser.parse_args(["--mode", "avatar", "--size", "640x480", "--no-mirror"]))
    assert settings == Settings(fps=15, mode=Mode.AVATAR, size=Size(640, 480), mirror=False)


@pytest.mark.parametrize(
    "arguments", [["--mode", "hidden"], ["--size", "640"], ["--size", "641x480"], ["--fps", "0"]]
)
def test_a_wrong_value_is_a_mistake_in_usage(
    parser: argparse.ArgumentParser, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parser.parse_args(arguments)
    assert caught.value.code == 2
    assert arguments[0] in capsys.readouterr().err
