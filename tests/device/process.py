"""A sender in a process of its own, and the news it prints."""

import json
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.device.report import CheckFailedError

ROOT = Path(__file__).resolve().parents[2]


class Sender:
    """`tests.device.sender` from entry to exit; ended with SIGTERM, so that it closes what it opened."""

    def __init__(self, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self._command = [sys.executable, "-m", "tests.device.sender", *arguments]
        self._env = None if env is None else dict(env)
        self._news: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def __enter__(self) -> "Sender":
        self._process = subprocess.Popen(
            self._command,
            env=self._env,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._follow, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _follow(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._news.put(json.loads(line))

    def wait(self, timeout_s: float, **wanted: object) -> dict[str, Any]:
        """The next news that says so, with what came before it forgotten; `...` takes any value.

        Raises CheckFailedError after `timeout_s`, or at once where the sender says that it failed.
        """
        deadline_s = time.monotonic() + timeout_s
        before: list[dict[str, Any]] = []
        while True:
            try:
                news = self._news.get(timeout=max(deadline_s - time.monotonic(), 0.01))
            except queue.Empty:
                raise CheckFailedError(
                    f"the sender did not say {wanted} in {timeout_s} s, but {before}"
                ) from None
            if all(key in news and value in (news[key], ...) for key, value in wanted.items()):
                return news
            if "error" in news:
                raise CheckFailedError(f"{news['error']} ({news['hint']})")
            before.append(news)

    def kill(self) -> None:
        """`kill -9`."""
        self._process.kill()
        self._process.wait(10)

    def stop(self) -> None:
        """End it in good order; a second call does nothing."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
