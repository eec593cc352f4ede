"""A clock that moves only when something sleeps on it, so that paced code runs at once and repeatably."""

from collections.abc import Callable

MS = 1_000_000


class ManualClock:
    """`now` and `sleep` to inject; `oversleep_ns` is added to the next sleep, each calls `on_sleep`."""

    def __init__(self) -> None:
        self.ns = 1_000 * MS
        self.oversleep_ns = 0
        self.on_sleep: Callable[[], None] = lambda: None

    def now(self) -> int:
        return self.ns

    def sleep(self, seconds: float) -> None:
        self.ns += max(round(seconds * 1e9), 1) + self.oversleep_ns
        self.oversleep_ns = 0
        self.on_sleep()
