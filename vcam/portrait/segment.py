"""Which pixels belong to a person: MediaPipe's selfie segmentation, run by LiteRT.

The landscape variant, 144x256: a picture of another shape is fitted into it with a border of its own edge.
"""

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from vcam.errors import ModelError
from vcam.types import BGR, Size

INPUT = Size(256, 144)


class Segmenter:
    """The segmentation network; `model`: the content of the file. Raises ModelError where it is damaged."""

    def __init__(self, model: bytes) -> None:
        try:
            self._interpreter = Interpreter(model_content=model, num_threads=1)
            self._interpreter.allocate_tensors()
            entry = self._interpreter.get_input_details()[0]
            leaving = self._interpreter.get_output_details()[0]
        except (ValueError, RuntimeError, IndexError) as error:
            raise _damaged(str(error)) from error
        if entry["shape"].tolist() != [1, INPUT.height, INPUT.width, 3]:
            raise _damaged(f"its input is {entry['shape'].tolist()}")
        self._input, self._output = int(entry["index"]), int(leaving["index"])

    def person(self, pixels: BGR) -> NDArray[np.float32]:
        """(H, W) float32, 0 to 1: how surely each pixel of `pixels`, (H, W, 3) uint8 BGR, is a person's."""
        height, width = pixels.shape[:2]
        scale = min(INPUT.width / width, INPUT.height / height)
        inner = max(round(width * scale), 1), max(round(height * scale), 1)
        left, top = (INPUT.width - inner[0]) // 2, (INPUT.height - inner[1]) // 2
        small = cv2.copyMakeBorder(
            cv2.resize(pixels, inner, interpolation=cv2.INTER_AREA),
            top,
            INPUT.height - inner[1] - top,
            left,
            INPUT.width - inner[0] - left,
            cv2.BORDER_REPLICATE,
        )
        rgb = cv2.cvtColor(small, cv2.COLOR_BGR2RGB).astype(np.float32) / 255
        self._interpreter.set_tensor(self._input, rgb[np.newaxis])
        self._interpreter.invoke()
        found = self._interpreter.get_tensor(self._output)[0, :, :, 0]
        part = np.ascontiguousarray(found[top : top + inner[1], left : left + inner[0]])
        grown = cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC)
        return np.clip(grown, 0, 1).astype(np.float32)


def _damaged(reason: str) -> ModelError:
    return ModelError(f"the segmentation model is damaged: {reason}", hint="Run `vcam models get`.")
