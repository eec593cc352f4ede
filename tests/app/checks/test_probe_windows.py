from collections.abc import Iterable

from vcam.app.checks import probe_windows
from vcam.app.checks.probe_windows import CONSENT
from vcam.app.checks.windows import OBS_CLSID

ZOOM = r"C:#Users#ada#AppData#Roaming#Zoom#bin#Zoom.exe"
OLD = r"C:#Program Files#Old#Old.exe"
REGISTRY: dict[tuple[str, str, str], object] = {
    ("HKLM", r"SOFTWARE\Microsoft\Windows NT\CurrentVersion", "CurrentBuildNumber"): "22631",
    ("HKLM", rf"SOFTWARE\Classes\CLSID\{OBS_CLSID}\InprocServer32", ""): r"C:\obs\virtualcam64.dll",
    ("HKLM", r"SOFTWARE\OBS Studio", ""): r"C:\obs",
    ("HKCU", CONSENT, "Value"): "Allow",
    ("HKCU", rf"{CONSENT}\NonPackaged", "Value"): "Allow",
    ("HKCU", rf"{CONSENT}\NonPackaged\{ZOOM}", "LastUsedTimeStart"): 133_000_000,
    ("HKCU", rf"{CONSENT}\NonPackaged\{ZOOM}", "LastUsedTimeStop"): 0,
    ("HKCU", rf"{CONSENT}\NonPackaged\{OLD}", "LastUsedTimeStart"): 132_000_000,
    ("HKCU", rf"{CONSENT}\NonPackaged\{OLD}", "LastUsedTimeStop"): 132_500_000,
}


def _read(root: str, path: str, name: str) -> object:
    return REGISTRY.get((root, path, name))


def _subkeys(root: str, path: str) -> Iterable[str]:
    return {CONSENT: ["NonPackaged", "MSTeams_8wekyb3d8bbwe"], rf"{CONSENT}\NonPackaged": [ZOOM, OLD]}[path]


def test_a_recorded_registry() -> None:
    state = probe_windows.probe(_read, _subkeys, lambda path: True)
    assert state.build == 22631
    assert state.obs_camera == r"C:\obs\virtualcam64.dll"
    assert state.unity_camera is None
    assert state.obs_installed
    assert state.camera_consent == state.desktop_consent == "Allow"


def test_only_programs_that_use_the_camera_now() -> None:
    assert probe_windows.probe(_read, _subkeys, lambda path: True).camera_users == ("Zoom.exe",)


def test_a_registered_file_that_is_gone() -> None:
    assert probe_windows.probe(_read, _subkeys, lambda path: False).obs_camera == ""


def test_an_empty_registry() -> None:
    state = probe_windows.probe(lambda *key: None, lambda *key: [], lambda path: False)
    assert state.camera_consent is None
    assert state.obs_camera is None


def test_an_administrator_s_no_outweighs_the_user_s_yes() -> None:
    def read(root: str, path: str, name: str) -> object:
        return "Deny" if (root, path) == ("HKLM", CONSENT) else _read(root, path, name)

    assert probe_windows.probe(read, _subkeys, lambda path: True).camera_consent == "Deny"
