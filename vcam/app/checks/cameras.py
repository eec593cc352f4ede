"""The webcams: present, permitted, free, and bright enough to read a face."""

from vcam.app.checks.finding import Finding, fail, ok, warn
from vcam.app.checks.state import CameraState, MacState, SystemState, WindowsState

DARK_LUMA = 40.0
"""Below this mean brightness (0 to 255) the face models start to lose faces: an evening room with no lamp."""
SLOW_SHARE = 0.7
"""A camera that gives less than this part of the wished rate is worth a line."""


def check_cameras(state: SystemState) -> list[Finding]:
    """One finding for each webcam, and the system's own objections."""
    objections = _objections(state)
    if state.cameras is None:
        return objections
    if not state.cameras:
        return objections or [_no_camera(state)]
    wished_hz = state.machine.rate_hz
    return objections + [_check_camera(camera, wished_hz, state.running_pid) for camera in state.cameras]


def _objections(state: SystemState) -> list[Finding]:
    if state.windows:
        return _windows_objections(state.windows)
    if state.macos:
        return _mac_objections(state.macos)
    return []


def _windows_objections(windows: WindowsState) -> list[Finding]:
    findings = []
    settings = "start ms-settings:privacy-webcam"
    if windows.camera_consent == "Deny":
        findings.append(
            fail("camera", "Windows keeps all programs from the camera", "Turn on 'Camera access'.", settings)
        )
    elif windows.desktop_consent == "Deny":
        findings.append(
            fail(
                "camera",
                "Windows keeps desktop programs from the camera",
                "Turn on 'Let desktop apps access your camera'.",
                settings,
            )
        )
    return findings


def _mac_objections(macos: MacState) -> list[Finding]:
    pane = "open 'x-apple.systempreferences:com.apple.preference.security?Privacy_Camera'"
    if macos.camera_consent == 2:
        return [
            fail(
                "camera",
                "macOS keeps this program from the camera",
                "Allow the camera for your terminal (or for vcam), then start it again.",
                pane,
            )
        ]
    if macos.camera_consent == 1:
        return [
            fail(
                "camera",
                "a profile of this Mac forbids cameras",
                "Ask who manages this Mac to allow the camera.",
            )
        ]
    if macos.camera_consent == 0:
        return [
            warn(
                "camera",
                "macOS has not been asked for the camera yet",
                "Start vcam once and answer macOS's question with 'OK'.",
                "vcam run",
            )
        ]
    return []


def _no_camera(state: SystemState) -> Finding:
    linux = state.linux
    if linux and linux.wsl:
        hint = "Run vcam on Windows itself: WSL has no cameras of its own."
    elif linux and linux.container:
        hint = "Give the container the camera when it is started, or run vcam outside of it."
        return warn("camera", "no camera in this container", hint, "docker run --device /dev/video0 …")
    else:
        hint = "Plug in a webcam, or open its cover or switch; without one vcam shows its demo."
    return warn("camera", "no camera found", hint)


def _check_camera(camera: CameraState, wished_hz: float, running_pid: int | None) -> Finding:
    if camera.busy and f"({running_pid})" in camera.error:
        return ok("camera", f"{camera.name}, in use by the running vcam")
    if camera.error:
        return (warn if camera.busy else fail)("camera", camera.error, camera.hint)
    rate = f" at {camera.rate_hz:.0f} fps" if camera.rate_hz else ""
    picture = f"{camera.name}, {camera.size}{rate}" if camera.size else camera.name
    if camera.luma is not None and camera.luma < DARK_LUMA:
        return warn(
            "camera",
            f"{picture}, but the picture is dark (mean {camera.luma:.0f} of 255)",
            "Open the camera's cover, or put a lamp in front of you, not behind.",
        )
    if camera.rate_hz and camera.rate_hz < SLOW_SHARE * wished_hz:
        return warn(
            "camera",
            f"{picture}: slower than the {wished_hz:.0f} fps wished for",
            "More light shortens the exposure; a smaller picture or another USB port helps too.",
            "vcam config set size 640x360",
        )
    return ok("camera", picture)
