"""Guides somebody through the expressions in front of the camera: what to show, and for how long yet."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from vcam.portrait.choose import Best
from vcam.types import BGR, Expression, Face, Frame, Label

ASKED: Mapping[Label, str] = {
    Label.NEUTRAL: "Relax your face and look here",
    Label.HAPPINESS: "Smile, as broadly as you can",
    Label.SURPRISE: "Eyes and mouth wide open",
    Label.SADNESS: "Corners of the mouth down, brows up in the middle",
    Label.ANGER: "Brows together, lips tight",
    Label.DISGUST: "Wrinkle your nose, lift your upper lip",
    Label.FEAR: "Brows up, eyes wide, mouth drawn back",
    Label.CONTEMPT: "Lift one corner of your mouth",
}
"""What to do for each expression, in the order in which they are asked for."""
PATIENCE_S = 10.0
"""After so long without a usable picture an expression is left out."""
ENOUGH_S = 2.0
"""So long after the first usable picture better ones are looked for."""
_NS = 1e9


class Guide:
    """Takes one frame after another until every expression was asked for; `best` holds what was found."""

    def __init__(self, *, patience_s: float = PATIENCE_S, enough_s: float = ENOUGH_S) -> None:
        self.best = Best()
        self._left = list(ASKED)
        self._patience_ns = round(patience_s * _NS)
        self._enough_ns = round(enough_s * _NS)
        self._since_ns: int | None = None
        self._found_ns: int | None = None

    @property
    def asked(self) -> Label | None:
        """The expression asked for now; None when all is done."""
        return self._left[0] if self._left else None

    def skip(self) -> None:
        """Go on with the next expression."""
        self._left = self._left[1:]
        self._since_ns = self._found_ns = None

    def take(self, frame: Frame, faces: Sequence[Face], expressions: Sequence[Expression]) -> None:
        """Look at one frame; the largest face counts."""
        asked = self.asked
        if asked is None:
            return
        now_ns = frame.captured_ns
        self._since_ns = now_ns if self._since_ns is None else self._since_ns
        pairs = list(zip(faces, expressions, strict=True))
        if pairs:
            face, expression = max(pairs, key=lambda pair: pair[0].box.area)
            if self.best.offer(frame, face, expression, wanted=asked) and self._found_ns is None:
                self._found_ns = now_ns
        enough = self._found_ns is not None and now_ns - self._found_ns >= self._enough_ns
        if enough or now_ns - self._since_ns >= self._patience_ns:
            self.skip()

    def picture(self, frame: Frame) -> BGR:
        """(H, W, 3) uint8: the frame as in a mirror, with what is asked for and how much time is left."""
        shown = np.ascontiguousarray(frame.pixels[:, ::-1])
        height, width = shown.shape[:2]
        band = round(0.16 * height)
        shown[-band:] = shown[-band:] // 3
        asked = self.asked
        text = "Done" if asked is None else ASKED[asked]
        position = f"{len(ASKED) - len(self._left) + 1}/{len(ASKED)}  " if asked else ""
        face = cv2.FontFace("sans")
        size = max(round(band * 0.34), 8)
        place = (round(0.04 * width), height - round(band * 0.38))
        cv2.putText(shown, position + text, place, (250, 246, 244), face, size, 600)
        done = 0.0
        if self._since_ns is not None:
            done = min((frame.captured_ns - self._since_ns) / self._patience_ns, 1.0)
        colour = (90, 200, 90) if self._found_ns is not None else (60, 190, 250)
        cv2.rectangle(shown, (0, height - round(0.02 * height)), (round(done * width), height), colour, -1)
        return shown
