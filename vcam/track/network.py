"""One network on LiteRT: an image in, float arrays out, on one thread."""

from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from vcam.errors import ModelError

Tensor = NDArray[np.float32]


class Network:
    """A `.tflite` network with one square image input, (1, N, N, 3) float32.

    `model` is its file or its content; `output_sizes` are the numbers of values in its outputs, in order.
    Raises ModelError where the model cannot be loaded or has other inputs or outputs.
    """

    def __init__(self, model: Path | bytes, *, output_sizes: tuple[int, ...]) -> None:
        try:
            content = model if isinstance(model, bytes) else model.read_bytes()
            self._interpreter = Interpreter(model_content=content, num_threads=1)
            self._interpreter.allocate_tensors()
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(
                f"a face model cannot be loaded: {error}", hint="Run `vcam models get`."
            ) from error
        (source,) = self._interpreter.get_input_details()
        outputs = self._interpreter.get_output_details()
        sizes = tuple(int(np.prod(output["shape"])) for output in outputs)
        shape = tuple(int(extent) for extent in source["shape"])
        if sizes != output_sizes or shape != (1, shape[1], shape[1], 3) or source["dtype"] != np.float32:
            raise ModelError(
                f"a face model has the wrong shape: {shape} to {sizes} values", hint="Run `vcam models get`."
            )
        self._input: int = source["index"]
        self._outputs: list[int] = [output["index"] for output in outputs]
        self.input_px = shape[1]

    def resize(self, height: int, width: int) -> None:
        """Take images of another size from now on, (1, height, width, 3); the outputs change with it.

        Only for a network of convolutions alone; takes about as long as loading it. The input is undefined
        afterwards.
        """
        self._interpreter.resize_tensor_input(self._input, (1, height, width, 3))
        self._interpreter.allocate_tensors()

    def input(self) -> Tensor:
        """The input itself, (1, N, N, 3) float32 or as resized, to be written in place before `run`.

        What is written stays until it is written over. Let go of the array before `run`, which raises
        RuntimeError while it or a part of it is held: the network may move its memory.
        """
        view: Tensor = self._interpreter.tensor(self._input)()
        return view

    def run(self) -> list[Tensor]:
        """The outputs for what is in the input; they are the caller's own."""
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]
