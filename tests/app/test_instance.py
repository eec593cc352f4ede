import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from vcam.app import instance
from vcam.app.instance import Address, Instance
from vcam.errors import VcamError

HOLDER = """
import sys, time
from pathlib import Path
from vcam.app.instance import Instance
with Instance(Path(sys.argv[1])) as held:
    held.announce(4711, "secret")
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_address_is_found_while_it_runs(tmp_path: Path) -> None:
    assert instance.find(tmp_path) is None
    with Instance(tmp_path) as held:
        held.announce(4711, "secret")
        assert instance.find(tmp_path) == Address(4711, "secret", os.getpid())
    assert instance.find(tmp_path) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows guards the user's folder by its access list")
def test_nobody_else_can_read_the_secret(tmp_path: Path) -> None:
    with Instance(tmp_path / "vcam") as held:
        held.announce(4711, "secret")
        assert stat.S_IMODE((tmp_path / "vcam").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / "vcam/instance.json").stat().st_mode) == 0o600


def test_announcing_needs_the_claim(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="claim"):
        Instance(tmp_path).announce(1, "x")


def test_a_second_one_is_told_about_the_first_and_a_killed_one_is_forgotten(tmp_path: Path) -> None:
    first = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(VcamError, match=f"already running \\(process {first.pid}\\)") as caught:
            Instance(tmp_path).__enter__()
        assert "vcam ctl" in caught.value.hint
    finally:
        first.kill()
        first.communicate()
    assert (tmp_path / "instance.json").exists()
    assert instance.find(tmp_path) is None
    assert not (tmp_path / "instance.json").exists()
    with Instance(tmp_path):
        pass


@pytest.mark.parametrize("content", ["", "{}", '{"port": "x", "token": 1, "pid": 1}', "[1]"])
def test_a_damaged_file_is_no_address(tmp_path: Path, content: str) -> None:
    (tmp_path / "instance.json").write_text(content)
    assert instance.find(tmp_path) is None


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VcamError, match="cannot be written"):
        Instance(tmp_path / "file" / "vcam").__enter__()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a runtime folder for each session")
def test_the_folder_is_the_session_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert instance.folder() == tmp_path / "vcam"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "gone"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert instance.folder() == tmp_path / "state" / "vcam"
