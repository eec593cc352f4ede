"""The local web server: the preview page, the live picture, the status; for this user on this machine only.

It listens on 127.0.0.1. Every request must name that host (a page on the web that points its own name at
127.0.0.1 does not), must not come from another site, and must show the secret token: in the address of the
first page, from then on in a cookie, or in a header for programs.
"""

import logging
import os
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import parse_qs

import uvicorn
from anyio import to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vcam.errors import SinkError
from vcam.publish.preview import Preview

log = logging.getLogger(__name__)

PAGE = Path(__file__).with_name("preview.html")
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_BOUNDARY = "vcam-frame"


class WebServer:
    """Serves `/` (page), `/stream` (MJPEG), `/status` (JSON) and `routes` from a thread of its own.

    `status` is called for every status request and returns plain JSON types. `port` 0 takes a free one.
    `routes` are behind the same checks as everything else; handlers that block belong in plain functions,
    which Starlette runs in a thread.
    """

    def __init__(
        self,
        preview: Preview,
        status: Callable[[], Mapping[str, object]],
        *,
        port: int = 0,
        routes: Sequence[BaseRoute] = (),
        page: Path = PAGE,
    ) -> None:
        self.token = secrets.token_urlsafe(24)
        self._preview = preview
        self._status = status
        self._wished_port = port
        self._routes = tuple(routes)
        self._page = page
        self._port = 0
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port in use; 0 before `start`."""
        return self._port

    @property
    def url(self) -> str:
        """The page's address with the token: whoever has it sees the picture."""
        return f"http://127.0.0.1:{self._port}/?token={self.token}"

    def start(self) -> None:
        """Begin to serve; returns when requests are taken. Raises SinkError where the port is taken."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # on Windows the option would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", self._wished_port))
            listener.listen()
        except OSError as error:
            listener.close()
            raise SinkError(
                f"port {self._wished_port} on 127.0.0.1 cannot be used: {error.strerror}",
                hint="Choose another one with `vcam config set preview_port`; 0 takes a free one.",
            ) from error
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            self.app(),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            loop="asyncio",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="web", daemon=True
        )
        # The socket listens already: a request that comes before the server's loop runs waits in its queue.
        self._thread.start()

    def stop(self) -> None:
        """End every stream and close the port; a second call does nothing."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(5.0)
        if self._thread.is_alive():
            log.error("the web server did not end within 5 s")
        self._server = self._thread = None

    def app(self) -> ASGIApp:
        """The ASGI application with its checks, as served."""
        own = (
            Route("/", self._show_page),
            Route("/stream", self._stream),
            Route("/status", self._show_status),
        )
        return Gate(Starlette(routes=[*own, *self._routes]), self.token, lambda: self._port)

    def _show_page(self, _request: Request) -> Response:
        return HTMLResponse(self._page.read_text(encoding="utf-8"))

    def _show_status(self, _request: Request) -> Response:
        return JSONResponse(dict(self._status()))

    async def _stream(self, _request: Request) -> Response:
        kind = f"multipart/x-mixed-replace; boundary={_BOUNDARY}"
        return StreamingResponse(self._pictures(), media_type=kind)

    async def _pictures(self) -> AsyncIterator[bytes]:
        seq = -1
        with self._preview.watching():
            while not (self._server and self._server.should_exit):
                picture = await to_thread.run_sync(self._preview.picture, seq, 0.5)
                if picture is None:
                    continue
                seq = picture.seq
                head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture.jpeg)}"
                yield head.encode() + b"\r\n\r\n" + picture.jpeg + b"\r\n"


class Gate:
    """Lets a request through to `app` only if host, origin and token are right; adds security headers."""

    def __init__(self, app: ASGIApp, token: str, port: Callable[[], int]) -> None:
        self._app = app
        self._token = token
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self._answer(Request(scope))(scope, receive, send_guarded)

    def _answer(self, request: Request) -> ASGIApp:
        own = {f"127.0.0.1:{self._port()}", f"localhost:{self._port()}"}
        if request.headers.get("host") not in own:
            return PlainTextResponse("unknown host", 421)
        origin = request.headers.get("origin")
        if origin is not None and origin not in {f"http://{host}" for host in own}:
            return PlainTextResponse("requests from other sites are refused", 403)
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return PlainTextResponse("requests from other sites are refused", 403)
        offered = parse_qs(request.url.query).get("token", [""])[0]
        if request.method == "GET" and request.url.path == "/" and self._matches(offered):
            # The token leaves the address bar, and with it the history and what is copied from there.
            answer = RedirectResponse("/", 303)
            answer.set_cookie(self._cookie, self._token, httponly=True, samesite="strict")
            return answer
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        cookie = SimpleCookie(request.headers.get("cookie", "")).get(self._cookie)
        if self._matches(bearer) or (cookie is not None and self._matches(cookie.value)):
            return self._app
        return PlainTextResponse("open the address that vcam printed, with its token", 401)

    @property
    def _cookie(self) -> str:
        return f"vcam-{self._port()}"  # browsers share cookies between the ports of a host

    def _matches(self, offered: str) -> bool:
        return secrets.compare_digest(offered.encode(), self._token.encode())
