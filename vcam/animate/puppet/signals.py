"""What a face does, as numbers: the puppet's strings."""

from typing import NamedTuple


class Signals(NamedTuple):
    """How far each part of a face has moved, 0 at rest to 1 at its furthest.

    Left and right are the person's own. The angles are the head's, in radians (see `pose.HeadPose`). `look_x`
    and `look_y` are where the eyes look in the head, -1 right to 1 left and -1 up to 1 down.
    `lips_apart` is a mouth that shows its teeth, jaw down or not.
    """

    jaw_open: float = 0.0
    smile_left: float = 0.0
    smile_right: float = 0.0
    frown_left: float = 0.0
    frown_right: float = 0.0
    pucker: float = 0.0
    brow_inner_up: float = 0.0
    brow_up_left: float = 0.0
    brow_up_right: float = 0.0
    brow_down_left: float = 0.0
    brow_down_right: float = 0.0
    blink_left: float = 0.0
    blink_right: float = 0.0
    wide_left: float = 0.0
    wide_right: float = 0.0
    lips_apart: float = 0.0
    look_x: float = 0.0
    look_y: float = 0.0
    roll: float = 0.0
    pitch: float = 0.0
    yaw: float = 0.0

    @property
    def smile(self) -> float:
        """The mean of both corners."""
        return (self.smile_left + self.smile_right) / 2

    @property
    def frown(self) -> float:
        """The mean of both corners."""
        return (self.frown_left + self.frown_right) / 2


REST = Signals()
"""A face at rest that looks straight ahead."""
