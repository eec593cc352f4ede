"""The virtual camera on Windows: OBS's or Unity Capture's filter, registered and with its file in place."""

from vcam.app.checks.finding import Finding, fail, ok
from vcam.app.checks.state import WindowsState

CHECK = "virtual camera"
OBS_CLSID = "{A3FCE0F5-3493-419F-958A-ABA1250EC20B}"
"""The class id of OBS's DirectShow filter (obs-studio, plugins/win-dshow/virtualcam-module)."""
UNITY_CLSID = "{5C2CD55C-92AD-4999-8666-912BD3E70010}"
"""The class id of the first Unity Capture filter (UnityCapture, Source/UnityCaptureFilter.cpp)."""


def check_virtual_camera(windows: WindowsState) -> list[Finding]:
    """Findings on the two virtual cameras that vcam can feed."""
    cameras = [("OBS Virtual Camera", windows.obs_camera), ("Unity Video Capture", windows.unity_camera)]
    names = [name for name, library in cameras if library]
    if names:
        return [ok(CHECK, " and ".join(names))]
    if any(library == "" for _, library in cameras):
        return [
            fail(
                CHECK,
                "a virtual camera is registered, but its file is gone",
                "Repair OBS by installing it again.",
                "winget install --force OBSProject.OBSStudio",
            )
        ]
    if windows.obs_installed:
        return [
            fail(
                CHECK,
                "OBS is installed, but its virtual camera is not registered",
                "Run this in a terminal with administrator rights, then start vcam again.",
                r'"C:\Program Files\obs-studio\data\obs-plugins\win-dshow\virtualcam-install.bat"',
            )
        ]
    return [
        fail(
            CHECK,
            "no virtual camera is installed",
            "Install OBS, which brings one; OBS need not run afterwards.",
            "winget install OBSProject.OBSStudio",
        )
    ]
