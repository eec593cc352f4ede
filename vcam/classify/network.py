"""The expression network on LiteRT, with the description that was exported beside it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from vcam.classify.align import Template, standardised
from vcam.errors import ModelError
from vcam.types import Label

_HINT = "Install vcam again, or export the network with `python -m model.export`."


class ExpressionNetwork:
    """Reads one aligned face on one thread.

    `template` says how a face has to be cropped for it. Raises ModelError where a file is missing or damaged,
    does not match its checksum, or does not have the shape its description says.
    """

    def __init__(self, model_file: Path, metadata_file: Path) -> None:
        try:
            description = json.loads(metadata_file.read_text(encoding="utf-8"))
            content = model_file.read_bytes()
        except (OSError, ValueError) as error:
            raise ModelError(f"the expression network cannot be read: {error}", hint=_HINT) from error
        try:
            self._describe(description)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"{metadata_file.name} is incomplete: {error!r}", hint=_HINT) from error
        if hashlib.sha256(content).hexdigest() != description.get("sha256"):
            raise ModelError(f"{model_file.name} does not match its checksum", hint=_HINT)
        try:
            self._load(content, int(description["heads"]["ferplus"]))
        except (KeyError, TypeError, ValueError, RuntimeError, IndexError) as error:
            raise ModelError(f"{model_file.name} is damaged: {error}", hint=_HINT) from error

    def _describe(self, description: dict[str, Any]) -> None:
        size_px = int(description["input"]["height_px"])
        alignment = description["alignment"]
        places = np.array(alignment["xy_px"], dtype=np.float64)
        self.template = Template(tuple(int(n) for n in alignment["landmarks"]), places, size_px)
        self.labels = tuple(Label(name) for name in description["labels"])
        if len(set(self.labels)) != len(Label):
            raise ValueError("the labels are not the eight of FER+")
        self._std_floor = float(description["normalisation"]["std_floor"])
        self._temperature = float(description["temperature"]["ferplus"])
        if not self._temperature > 0:
            raise ValueError(f"the temperature is {self._temperature}")

    def _load(self, content: bytes, output: int) -> None:
        self._interpreter = Interpreter(model_content=content, num_threads=1)
        self._interpreter.allocate_tensors()
        entry = self._interpreter.get_input_details()[0]
        leaving = self._interpreter.get_output_details()[output]
        side = self.template.size_px
        if entry["shape"].tolist() != [1, side, side, 1] or entry["dtype"] != np.float32:
            raise ValueError(f"its input is {entry['shape'].tolist()} {entry['dtype'].__name__}")
        if leaving["shape"].tolist() != [1, len(Label)]:
            raise ValueError(f"its output is {leaving['shape'].tolist()}")
        self._input, self._output = int(entry["index"]), int(leaving["index"])

    def probabilities(self, crop: NDArray[np.uint8]) -> NDArray[np.float32] | None:
        """How likely each of `labels` is for an aligned (size, size) uint8 gray crop: (8,) float32, sum 1.

        None where the network answers with something that is not a number.
        """
        self._interpreter.set_tensor(self._input, standardised(crop, self._std_floor)[None, :, :, None])
        self._interpreter.invoke()
        logits = self._interpreter.get_tensor(self._output)[0] / self._temperature
        if not np.isfinite(logits).all():
            return None
        powers = np.exp(logits - logits.max())
        return np.asarray(powers / powers.sum(), dtype=np.float32)
