"""Chromium on the camera: a page of our own asks for it with getUserMedia and reports what it shows."""

import http.server
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.device.cards_read import Seen
from tests.device.report import CheckFailedError, SkipError

_PAGE = Path(__file__).with_name("page.html")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-features=Translate,MediaRouter",
    "--mute-audio",
    "--ipc-connection-timeout=120",  # without hardware virtualisation a helper process needs longer than 15 s
    "--window-size=1280,800",
)

News = dict[str, Any]


class Browser:
    """Chromium with the page open, from entry to exit. Entry raises SkipError where it is not installed."""

    def __init__(
        self,
        label: str,
        env: Mapping[str, str] | None = None,
        *,
        headless: bool = True,
        flags: tuple[str, ...] = (),
        query: str = "",
    ) -> None:
        self._query = f"?label={label}{query}"
        self._env = dict(os.environ if env is None else env)
        self._flags = (*(("--headless=new",) if headless else ()), *flags)
        self._news: list[News] = []
        self._arrived = threading.Condition()

    def __enter__(self) -> "Browser":
        if shutil.which("chromium") is None:
            raise SkipError("chromium is not installed")
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._profile = tempfile.TemporaryDirectory(prefix="vcam-chromium-", ignore_cleanup_errors=True)
        url = f"http://localhost:{self._server.server_port}/{self._query}"
        self._process = subprocess.Popen(
            ["chromium", *_FLAGS, *self._flags, f"--user-data-dir={self._profile.name}", url],
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)
        self._server.shutdown()
        self._server.server_close()
        self._profile.cleanup()

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        browser = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *arguments: object) -> None:
                """Keep quiet."""

            def do_GET(self) -> None:
                page = _PAGE.read_bytes() if self.path.startswith("/?") else b""
                self.send_response(200 if page else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def do_POST(self) -> None:
                news = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(204)
                self.end_headers()
                browser._take({**news, "at_s": time.monotonic()})

        return Handler

    def _take(self, news: News) -> None:
        with self._arrived:
            self._news.append(news)
            self._arrived.notify_all()

    def wait(self, kind: str, timeout_s: float, suits: Callable[[News], bool] = lambda news: True) -> News:
        """The next news of this kind that suits; what came before it is forgotten.

        Raises CheckFailedError after `timeout_s`, with the last news instead.
        """
        deadline_s = time.monotonic() + timeout_s
        last: News = {}
        with self._arrived:
            while True:
                while self._news:
                    last = self._news.pop(0)
                    if last["kind"] == kind and suits(last):
                        return last
                if not self._arrived.wait(deadline_s - time.monotonic()) and time.monotonic() > deadline_s:
                    raise CheckFailedError(f"no '{kind}' in {timeout_s:.0f} s; last: {str(last)[:300]}")

    def watch(self, seconds: int, timeout_s: float) -> tuple[list[Seen], News]:
        """What the page saw in so many of its seconds, and the last second's news."""
        seen: list[Seen] = []
        news: News = {}
        clocks_ms = time.time() * 1e3 - time.monotonic() * 1e3
        for _ in range(seconds):
            news = self.wait("second", timeout_s)
            seen += [_seen(at_ms - clocks_ms, bits) for at_ms, bits in news["seen"]]
        return seen, news


def _seen(now_ms: float, bits: str | None) -> Seen:
    if bits is None:
        return Seen(None, 0.0)
    # The layout of a card: 32 bits of number, 48 bits of time in steps of 1024 ns, then a checksum.
    return Seen(int(bits[:32], 2), now_ms - int(bits[32:80], 2) * 1024 / 1e6)
