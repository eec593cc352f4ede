"""The permission to use a camera on macOS: vcam asks for it, since OpenCV cannot outside the main thread."""

import importlib
import platform
import threading
from collections.abc import Generator

from vcam.errors import CameraError

LOOK_UP_S = 0.25

# AVAuthorizationStatus in Apple's AVFoundation headers.
_NOT_DETERMINED, _AUTHORIZED = 0, 3


def wait_for_permission() -> Generator[None]:
    """Ask for the camera where the system wants that; yields None while the user thinks about it.

    Ends at once on systems without the question, and where it was answered before. Raises CameraError where
    the answer is no.
    """
    if platform.system() != "Darwin":
        return
    av_foundation = importlib.import_module("AVFoundation")  # pyobjc, which cv2-enumerate-cameras brings
    video = av_foundation.AVMediaTypeVideo
    device = av_foundation.AVCaptureDevice
    if device.authorizationStatusForMediaType_(video) == _NOT_DETERMINED:
        answered = threading.Event()
        device.requestAccessForMediaType_completionHandler_(video, lambda _granted: answered.set())
        while not answered.wait(LOOK_UP_S):
            yield None
    if device.authorizationStatusForMediaType_(video) != _AUTHORIZED:
        raise CameraError(
            "macOS does not let this program see the camera",
            hint="Allow it in System Settings > Privacy & Security > Camera, then start vcam again.",
        )
