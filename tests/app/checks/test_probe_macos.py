import plistlib
from pathlib import Path

from vcam.app.checks import probe_macos

LISTING = """1 extension(s)
--- com.apple.system_extension.cmio
enabled\tactive\tteamID\tbundleID (version)\tname\t[state]
\t\t2MMRE5MTB8\tcom.obsproject.obs-studio.mac-camera-extension (31.0/1)\tOBS Virtual Camera\t[terminated waiting to uninstall on reboot]
*\t*\t2MMRE5MTB8\tcom.obsproject.obs-studio.mac-camera-extension (32.0.1/1)\tOBS Virtual Camera\t[activated enabled]
"""  # noqa: E501  as macOS prints it


def test_a_recorded_mac(tmp_path: Path) -> None:
    contents = tmp_path / "Applications/OBS.app/Contents"
    contents.mkdir(parents=True)
    (contents / "Info.plist").write_bytes(plistlib.dumps({"CFBundleShortVersionString": "32.0.1"}))
    state = probe_macos.probe(tmp_path, "15.1", lambda command: LISTING, lambda: 3)
    assert state.release == (15, 1)
    assert state.obs_version == "32.0.1"
    assert state.extension == "activated enabled"
    assert state.camera_consent == 3
    assert not state.dal_plugin


def test_a_bare_mac(tmp_path: Path) -> None:
    state = probe_macos.probe(tmp_path, "13", lambda command: "0 extension(s)\n", lambda: None)
    assert state.release == (13, 0)
    assert state.obs_version is None
    assert state.extension is None


def test_an_extension_that_waits() -> None:
    line = (
        "\t*\tX\tcom.obsproject.obs-studio.mac-camera-extension (30.1/1)\tOBS\t[activated waiting for user]\n"
    )
    assert probe_macos.extension_state(line) == "activated waiting for user"
    assert probe_macos.extension_state(line.replace("obsproject", "other")) is None
