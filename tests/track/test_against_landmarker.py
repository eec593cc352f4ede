"""Every face that MediaPipe's FaceLandmarker finds in the clips, the tracker finds, in the same place."""

import cv2
import numpy as np
import pytest

from vcam.types import Frame

CLIPS = {  # the frames to compare, and the mean distance allowed in % of that between the eyes' corners
    "carphone_pristine.mp4": (range(40, 54), 3.0),
    "fer_test.mp4": (range(40, 54), 3.0),
    "intel_asl_again.mkv": (range(10, 24), 3.0),
    "intel_asl_help.mkv": (range(5, 19), 3.0),
    "intel_asl_please.mkv": (range(26), 3.0),
    "intel_asl_yes.mkv": (range(10, 24), 3.0),
    # Faces of 35 px between the eyes' corners: the landmarker places small faces up to 0.4 px off, see docs.
    "intel_preview_face-demographics-walking-and-pause.gif": (range(20, 34), 4.0),
    "intel_preview_head-pose-face-detection-female-and-male.gif": (range(20, 34), 4.0),
    "pyfeat_WolfgangLanger_Pexels.mp4": (range(100, 114), 3.0),
    "pyfeat_face_noface.mov": (range(30, 44), 3.0),
    "pyfeat_noface_face.mov": (range(120, 134), 3.0),
    "pyfeat_single_face.mp4": (range(20, 34), 3.0),
}
RIGHT_EYE, LEFT_EYE = 33, 263


@pytest.mark.parametrize("name", CLIPS)
@pytest.mark.filterwarnings("ignore")
def test_no_face_is_missed_and_every_one_is_in_its_place(name, make_tracker, clips, shared):
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    bundle = shared / "data" / "models" / "face_landmarker.task"
    if not bundle.is_file():
        pytest.skip("no face_landmarker.task to compare with")
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(bundle)),
        running_mode=vision.RunningMode.VIDEO,
        num_faces=3 if "preview" in name else 1,
    )
    frames, allowed = CLIPS[name]
    capture = cv2.VideoCapture(str(clips / name))
    rate_hz = capture.get(cv2.CAP_PROP_FPS)
    tracker = make_tracker()
    apart = []
    with vision.FaceLandmarker.create_from_options(options) as landmarker:
        for seq in range(frames.stop):
            ok, pixels = capture.read()
            assert ok
            if seq not in frames:
                continue
            height, width = pixels.shape[:2]
            image = mediapipe.Image(
                image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(pixels[:, :, ::-1])
            )
            theirs = landmarker.detect_for_video(image, round(seq * 1000 / rate_hz)).face_landmarks
            ours = tracker.track(Frame(seq, round(seq * 1e9 / rate_hz), pixels))
            for face in theirs:
                points = np.array([(point.x * width, point.y * height) for point in face[:468]])
                between_eyes = np.linalg.norm(points[RIGHT_EYE] - points[LEFT_EYE])
                distances = [
                    np.linalg.norm(one.landmarks[:, :2] - points, axis=1).mean() / between_eyes
                    for one in ours
                ]
                assert min(distances, default=1.0) < 0.2, f"frame {seq}: a face is missed"
                apart.append(min(distances))
    capture.release()
    assert apart
    assert 100 * np.mean(apart) < allowed
