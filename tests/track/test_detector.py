import cv2
import flatbuffers
import numpy as np
import pytest

from vcam.track.detector import Detection, Detector, _merge, reading, without_copies
from vcam.types import Box

RANGES = [("face_detection_short_range", 128), ("face_detection_full_range", 192)]


@pytest.fixture(params=RANGES, ids=["near", "far"])
def detector(request, models) -> Detector:
    name, input_px = request.param
    return Detector(models[name], input_px=input_px)


def test_finds_the_face(detector, portrait):
    (face,) = detector.detect(portrait, 0.5)
    right_eye, left_eye, nose, mouth = face.keypoints[:4]
    assert face.score > 0.85
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_eye[1] < nose[1] < mouth[1]
    assert face.box.x0 < right_eye[0] < left_eye[0] < face.box.x1
    assert face.box.y0 < right_eye[1] < mouth[1] < face.box.y1


def test_the_pictures_shape_does_not_matter(detector, portrait):
    (face,) = detector.detect(portrait, 0.5)
    tall = np.zeros((900, 640, 3), np.uint8)
    tall[300:660] = portrait
    (lower,) = detector.detect(tall, 0.5)
    assert lower.box.iou(face.shifted(0, 300).box) > 0.85
    (again,) = detector.detect(portrait, 0.5)
    assert again.box == face.box


def test_a_wide_picture_gives_what_a_square_one_gives(detector, portrait):
    height, width = portrait.shape[:2]
    bar = (width - height) // 2
    square = cv2.copyMakeBorder(portrait, bar, bar, 0, 0, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    (expected,) = detector.detect(square, 0.5)
    (face,) = detector.detect(portrait, 0.5)
    assert face.score == pytest.approx(expected.score, abs=0.05)
    assert face.shifted(0, bar).box.iou(expected.box) > 0.9


def test_a_plain_picture_has_no_face(detector):
    for level in (0, 127, 255):
        assert detector.detect(np.full((48, 64, 3), level, np.uint8), 0.3) == []


def test_the_threshold_is_kept(detector, portrait):
    (face,) = detector.detect(portrait, 0.3)
    assert detector.detect(portrait, face.score + 0.005) == []


@pytest.mark.parametrize("to", [(256, 144), (384, 216), (256, 192)])
@pytest.mark.parametrize("size", [(1280, 720), (1280, 960), (1920, 1080), (640, 480), (640, 432), (768, 432)])
def test_reading_single_pixels_is_as_good_where_it_is_chosen(size, to):
    picture = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), np.uint8)
    chosen = cv2.resize(picture, to, interpolation=reading(size, to))
    np.testing.assert_array_equal(chosen, cv2.resize(picture, to, interpolation=cv2.INTER_LINEAR))


def test_reading_single_pixels_is_chosen_for_the_usual_size():
    assert reading((1280, 720), (256, 144)) == cv2.INTER_NEAREST_EXACT
    assert reading((1280, 720), (384, 216)) == cv2.INTER_LINEAR


def with_normalisation(model: bytes) -> bytes:
    """The model with the metadata that MediaPipe's tasks ask for: pixels become (p - 127.5) / 127.5."""
    from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata
    from mediapipe.tasks.metadata import schema_py_generated as schema

    options = metadata.NormalizationOptionsT()
    options.mean, options.std = [127.5], [127.5]
    unit = metadata.ProcessUnitT()
    unit.optionsType, unit.options = metadata.ProcessUnitOptions.NormalizationOptions, options
    image = metadata.ImagePropertiesT()
    image.colorSpace = metadata.ColorSpaceType.RGB
    content = metadata.ContentT()
    content.contentPropertiesType = metadata.ContentProperties.ImageProperties
    content.contentProperties = image
    tensor = metadata.TensorMetadataT()
    tensor.content, tensor.processUnits = content, [unit]
    graph = metadata.SubGraphMetadataT()
    graph.inputTensorMetadata = [tensor]
    whole = metadata.ModelMetadataT()
    whole.subgraphMetadata = [graph]
    builder = flatbuffers.Builder()
    builder.Finish(whole.Pack(builder), b"M001")
    network = schema.ModelT.InitFromPackedBuf(model, 0)
    buffer, entry = schema.BufferT(), schema.MetadataT()
    buffer.data = list(builder.Output())
    network.buffers.append(buffer)
    entry.name, entry.buffer = "TFLITE_METADATA", len(network.buffers) - 1
    network.metadata = [*(network.metadata or []), entry]
    builder = flatbuffers.Builder()
    builder.Finish(network.Pack(builder), b"TFL3")
    return bytes(builder.Output())


@pytest.mark.parametrize(("name", "input_px"), RANGES, ids=["near", "far"])
@pytest.mark.filterwarnings("ignore")
def test_agrees_with_mediapipes_own_task(name, input_px, models, portrait):
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.FaceDetectorOptions(
        base_options=BaseOptions(model_asset_buffer=with_normalisation(models[name]))
    )
    picture = np.ascontiguousarray(portrait[:, :, ::-1])
    with vision.FaceDetector.create_from_options(options) as task:
        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=picture)
        (theirs,) = task.detect(image).detections
    (ours,) = Detector(models[name], input_px=input_px).detect(portrait, 0.5)
    box = theirs.bounding_box
    expected = box.origin_x, box.origin_y, box.origin_x + box.width, box.origin_y + box.height
    assert ours.box == pytest.approx(expected, abs=0.04 * box.width)
    height, width = portrait.shape[:2]
    for point, keypoint in zip(ours.keypoints, theirs.keypoints, strict=True):
        assert point == pytest.approx((keypoint.x * width, keypoint.y * height), abs=0.05 * box.width)
    assert ours.score == pytest.approx(theirs.categories[0].score, abs=0.03)


def detection(x: float, score: float) -> Detection:
    return Detection(Box(x, 0, x + 10, 10), np.zeros((6, 2), np.float32), score)


def test_candidates_that_overlap_become_their_weighted_mean():
    faces = np.zeros((3, 16), np.float32)
    faces[:, :4] = (20, 20, 10, 10), (70, 20, 10, 10), (22, 20, 12, 10)
    faces[:, 15] = 0, 5, 4
    (one, best), (other, second) = _merge(faces, np.array([0.25, 0.5, 0.75], np.float32))
    assert one[:4] == pytest.approx((21.5, 20, 11.5, 10))
    assert (one[15], best) == pytest.approx((3, 0.75))
    assert (other, second) == (faces[1].tolist(), 0.5)


def test_without_copies_keeps_the_best_of_each():
    found = without_copies([detection(0, 0.5), detection(2, 0.9), detection(30, 0.4)])
    assert [(one.box.x0, one.score) for one in found] == [(2, 0.9), (30, 0.4)]


def test_shifted_moves_box_and_keypoints():
    moved = detection(1, 0.5).shifted(10, -3)
    assert moved.box == Box(11, -3, 21, 7)
    assert moved.keypoints[0].tolist() == [10, -3]
