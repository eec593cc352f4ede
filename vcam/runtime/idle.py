"""When the real camera may be off: nobody has looked at the output for a while.

The policy is pure: it is told who looks and what time it is, and says whether the camera should sleep.
"""

from collections.abc import Iterable

from vcam.runtime.pacer import NS_PER_S


class IdlePolicy:
    """Sleep after `after_s` seconds without a reader; wake with the first one.

    An output that cannot know its readers (a file, the preview of an unknown client) counts as watched, so
    the camera is only ever put to sleep on certain knowledge. Raises ValueError where `after_s` is negative.
    """

    def __init__(self, after_s: float = 10.0) -> None:
        if after_s < 0:
            raise ValueError(f"after_s must not be negative, it is {after_s}")
        self._after_ns = round(after_s * NS_PER_S)
        self._alone_since_ns: int | None = None

    def asleep(self, watched: Iterable[bool | None], now_ns: int) -> bool:
        """Whether the camera should be off now; `watched` is what each output says, `None` for unknown.

        To be asked a few times a second; `now_ns` must not go back.
        """
        if any(seen is not False for seen in watched):
            self._alone_since_ns = None
            return False
        if self._alone_since_ns is None:
            self._alone_since_ns = now_ns
        return now_ns - self._alone_since_ns >= self._after_ns
