"""The virtual camera on macOS: OBS's camera extension (macOS 13 and later) or its older DAL plug-in."""

from vcam.app.checks.finding import Finding, fail, ok
from vcam.app.checks.state import MacState

CHECK = "virtual camera"
OLDEST_OBS = 30
"""OBS brought its virtual camera as a system extension with version 30."""


def check_virtual_camera(macos: MacState) -> list[Finding]:
    """Findings on OBS and the approval of its camera."""
    if macos.release < (13, 0):
        return [_check_plugin(macos)]
    if macos.obs_version is None:
        return [
            fail(
                CHECK,
                "OBS, which brings the virtual camera, is not installed",
                "Install OBS, start its virtual camera once, approve it in System Settings, stop it again.",
                "brew install --cask obs",
            )
        ]
    if int(macos.obs_version.split(".")[0] or 0) < OLDEST_OBS:
        return [
            fail(
                CHECK,
                f"OBS {macos.obs_version} is too old for macOS {macos.release[0]}",
                f"Bring OBS to version {OLDEST_OBS} or newer.",
                "brew upgrade --cask obs",
            )
        ]
    if macos.extension == "activated enabled":
        return [ok(CHECK, f"OBS Virtual Camera, OBS {macos.obs_version}")]
    if macos.extension == "activated waiting for user":
        return [
            fail(
                CHECK,
                "OBS's camera extension waits for your approval",
                "Allow it: General, Login Items & Extensions, Camera Extensions (before macOS 15: Privacy).",
                "open 'x-apple.systempreferences:com.apple.LoginItems-Settings.extension'",
            )
        ]
    if macos.extension and "uninstall on reboot" in macos.extension:
        return [
            fail(CHECK, "OBS's camera extension is leaving", "Restart the Mac, then start OBS's camera once.")
        ]
    return [
        fail(
            CHECK,
            f"OBS {macos.obs_version} is there, but its camera has never been started",
            "In OBS choose 'Start Virtual Camera', approve it in System Settings, stop it, close OBS.",
            "open -a OBS",
        )
    ]


def _check_plugin(macos: MacState) -> Finding:
    if macos.dal_plugin:
        return ok(CHECK, "OBS Virtual Camera")
    return fail(
        CHECK,
        "OBS's virtual camera is not installed",
        "Install OBS 28 or newer and choose 'Start Virtual Camera' in it once.",
        "brew install --cask obs",
    )
