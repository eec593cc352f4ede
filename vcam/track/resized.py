"""A network's file, changed for images of another size.

LiteRT fits a network of convolutions to another size by itself; only where features are enlarged
(RESIZE_BILINEAR), the size that they come to is a number in the file. Those numbers are scaled here. The file
is a flatbuffer (https://flatbuffers.dev/internals), laid out by TensorFlow Lite's `schema.fbs`.
"""

import struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_RESIZE_BILINEAR = 23
_OPERATOR_CODES, _SUBGRAPHS, _BUFFERS = 1, 2, 4  # fields of a Model
_CODE, _LATER_CODE = 0, 3  # of an OperatorCode: as one byte at first, as a whole number later
_TENSORS, _OPERATORS = 0, 3  # of a SubGraph
_CODE_INDEX, _INPUTS = 0, 1  # of an Operator
_BUFFER = 2  # of a Tensor
_DATA = 0  # of a Buffer


def resized(model: bytes, before: tuple[int, int], after: tuple[int, int]) -> bytes:
    """The content of a `.tflite` file for images of `after` (height, width) instead of `before`.

    The file must be one that LiteRT loads. Raises ValueError where a size cannot be scaled to whole pixels.
    """
    content = bytearray(model)
    for size in _sizes(_Table(content, struct.unpack_from("<I", content)[0])):
        scaled = size * after
        if (scaled % before).any():
            raise ValueError(f"{size.tolist()} of {before} cannot be scaled to {after}")
        size[:] = scaled // before
    return bytes(content)


def _sizes(model: "_Table") -> list[NDArray[np.int32]]:
    """The size (height, width), to be written in place, that each enlarging operator comes to."""
    (graph,) = model.tables(_SUBGRAPHS)
    codes, tensors, buffers = model.tables(_OPERATOR_CODES), graph.tables(_TENSORS), model.tables(_BUFFERS)
    enlarging = [
        index
        for index, code in enumerate(codes)
        if _RESIZE_BILINEAR in (code.number("<b", _CODE), code.number("<i", _LATER_CODE))
    ]
    return [
        buffers[tensors[operator.numbers(_INPUTS)[1]].number("<I", _BUFFER)].numbers(_DATA, bytes_each=1)
        for operator in graph.tables(_OPERATORS)
        if operator.number("<I", _CODE_INDEX) in enlarging
    ]


class _Table(NamedTuple):
    """A table of a flatbuffer and where it begins; its fields are numbered from 0."""

    content: bytearray
    start: int

    def number(self, kind: str, field: int) -> int:
        """A field of a `struct` format; absent ones are 0."""
        at = self._place(field)
        value: int = struct.unpack_from(kind, self.content, at)[0] if at else 0
        return value

    def numbers(self, field: int, bytes_each: int = 4) -> NDArray[np.int32]:
        """A vector of 32-bit numbers, to be written in place; its length counts `bytes_each`."""
        at, count = self._vector(field)
        return np.frombuffer(self.content, "<i4", count * bytes_each // 4, at)

    def tables(self, field: int) -> list["_Table"]:
        """A vector of tables."""
        at, count = self._vector(field)
        places = range(at, at + 4 * count, 4)
        return [_Table(self.content, at + struct.unpack_from("<I", self.content, at)[0]) for at in places]

    def _vector(self, field: int) -> tuple[int, int]:
        """Where the vector's first entry is, and how many there are."""
        at = self._place(field)
        if not at:
            return 0, 0
        at += struct.unpack_from("<I", self.content, at)[0]
        return at + 4, struct.unpack_from("<I", self.content, at)[0]

    def _place(self, field: int) -> int:
        """Where a field is, 0 where the table does without it."""
        directory = self.start - struct.unpack_from("<i", self.content, self.start)[0]
        entry = 4 + 2 * field
        if entry >= struct.unpack_from("<H", self.content, directory)[0]:
            return 0
        offset: int = struct.unpack_from("<H", self.content, directory + entry)[0]
        return self.start + offset if offset else 0
