import pytest

from vcam import assets
from vcam.app import cli
from vcam.capture import names


def test_cameras_are_listed_with_their_index(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [names.Camera("C920", 0, 200, "/dev/video0", False)]
    monkeypatch.setattr(names, "cameras", lambda: found)
    assert cli.main(["cameras"]) == 0
    assert capsys.readouterr().out == "0  C920\n"
    found.clear()
    assert cli.main(["cameras"]) == 0
    assert "--source demo" in capsys.readouterr().out


def test_a_damaged_model_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(
        assets, "verify", lambda: dict.fromkeys(assets.MODELS, True) | {"face_landmark": False}
    )
    assert cli.main(["models", "verify"]) == 1
    shown = capsys.readouterr()
    assert "missing or damaged  face_landmark.tflite" in shown.out
    assert "vcam models get" in shown.err


def test_get_fetches_once_and_says_where(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def get(progress: assets.Progress) -> object:
        progress(5, 10)
        progress(10, 10)
        return "the-folder"

    monkeypatch.setattr(assets, "get", get)
    assert cli.main(["models", "get"]) == 0
    assert "the-folder" in capsys.readouterr().out


def test_path_is_the_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models", "path"]) == 0
    assert capsys.readouterr().out.strip() == str(assets.models_folder())
