"""The one meeting point of the workers: a slot that holds the newest item only."""

import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestSlot(Generic[T]):
    """Hands the newest item from one thread to another; an item that nobody took in time is replaced.

    A reader that is slower than the writer therefore loses old items, never new ones, and the delay between
    the two stays below one item. Every method may be called from any thread.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._items: list[T] = []  # none or one
        self._closed = False
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many items were replaced before they were taken."""
        return self._dropped

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    def put(self, item: T) -> None:
        """Leave `item` for the reader and return at once; does nothing once the slot is closed."""
        with self._changed:
            if self._closed:
                return
            if self._items:
                self._dropped += 1
                self._items[0] = item
            else:
                self._items.append(item)
            self._changed.notify()

    def take(self, timeout_s: float | None = None) -> T | None:
        """Take the newest item, waiting for it at most `timeout_s` seconds (without end for None).

        Returns None when the time is over, or when the slot is closed and empty.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed, timeout_s)
            return self._items.pop() if self._items else None

    def clear(self) -> None:
        """Throw away what waits in the slot, without counting it as dropped."""
        with self._changed:
            self._items.clear()

    def close(self) -> None:
        """End the exchange: a waiting item can still be taken, then iteration ends."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def __iter__(self) -> Iterator[T]:
        while (item := self.take()) is not None:
            yield item
