import threading
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from vcam.app.web import WebServer
from vcam.errors import SinkError
from vcam.publish.preview import Preview
from vcam.types import Frame, Size

SIZE = Size(64, 48)


@pytest.fixture(scope="module")
def preview() -> Preview:
    sink = Preview(SIZE, 30)
    sink.open()
    return sink


@pytest.fixture(scope="module")
def server(preview: Preview) -> Iterator[WebServer]:
    def extra(request: Request) -> JSONResponse:
        return JSONResponse({"method": request.method})

    made = WebServer(preview, lambda: {"state": "live"}, routes=[Route("/extra", extra, methods=["POST"])])
    made.start()
    yield made
    made.stop()


@pytest.fixture
def client(server: WebServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", trust_env=False, timeout=20) as made:
        yield made


@pytest.fixture
def bearer(server: WebServer) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.token}"}


def test_the_address_signs_a_browser_in_and_leaves_the_address_bar(
    server: WebServer, client: httpx.Client
) -> None:
    assert server.url.startswith(f"http://127.0.0.1:{server.port}/?token=")
    answer = client.get(server.url)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    page = client.get("/")
    assert page.status_code == 200
    assert 'src="/stream"' in page.text
    assert server.token not in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert client.get("/status").json() == {"state": "live"}


def test_programs_show_the_token_in_a_header(client: httpx.Client, bearer: dict[str, str]) -> None:
    assert client.get("/status", headers=bearer).json() == {"state": "live"}
    assert client.post("/extra", headers=bearer).json() == {"method": "POST"}
    assert client.get("/nothing", headers=bearer).status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/stream", "/status", "/extra", "/nothing", "/?token=wrong", "/?token="]
)
def test_without_the_token_there_is_nothing(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert client.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get(path, headers={"Cookie": f"vcam-{client.base_url.port}=wrong"}).status_code == 401


def test_the_token_in_an_address_opens_the_page_only(server: WebServer, client: httpx.Client) -> None:
    assert client.get(f"/status?token={server.token}").status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:80", ""])
def test_another_host_name_is_refused(client: httpx.Client, bearer: dict[str, str], host: str) -> None:
    assert client.get("/status", headers={**bearer, "Host": host}).status_code in (400, 421)


def test_localhost_is_a_good_name(server: WebServer, client: httpx.Client, bearer: dict[str, str]) -> None:
    answer = client.get("/status", headers={**bearer, "Host": f"localhost:{server.port}"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_sites_are_refused(
    client: httpx.Client, bearer: dict[str, str], header: dict[str, str]
) -> None:
    assert client.post("/extra", headers={**bearer, **header}).status_code == 403


def test_the_own_page_may_post(server: WebServer, client: httpx.Client, bearer: dict[str, str]) -> None:
    own = {"Origin": f"http://127.0.0.1:{server.port}", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/extra", headers={**bearer, **own}).status_code == 200


def test_the_stream_shows_frames_while_it_is_watched(
    client: httpx.Client, bearer: dict[str, str], preview: Preview
) -> None:
    over = threading.Event()

    def feed() -> None:
        seq = 0
        while not over.wait(0.005):
            preview.send(Frame(seq, 0, np.full((48, 64, 3), 90, np.uint8)))
            seq += 1

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        with client.stream("GET", "/stream", headers=bearer) as answer:
            assert answer.headers["content-type"] == "multipart/x-mixed-replace; boundary=vcam-frame"
            received = b""
            for part in answer.iter_bytes():
                received += part
                if received.count(b"--vcam-frame\r\n") >= 4:
                    break
            assert preview.watched()
        head, _, rest = received.partition(b"\r\n\r\n")
        assert b"Content-Type: image/jpeg" in head
        length = int(head.rsplit(b"Content-Length: ", 1)[1])
        assert rest[:2] == b"\xff\xd8"
        assert rest[length - 2 : length] == b"\xff\xd9"
        for _ in range(2000):
            if not preview.watched():
                break
            over.wait(0.005)
        assert not preview.watched(), "nobody watches once the page is closed"
    finally:
        over.set()
        feeder.join(20)


def test_stop_ends_open_streams_and_frees_the_port(preview: Preview) -> None:
    server = WebServer(preview, dict)
    server.start()
    client = httpx.Client(trust_env=False, timeout=20)
    with (
        client,
        client.stream(
            "GET",
            f"http://127.0.0.1:{server.port}/stream",
            headers={"Authorization": f"Bearer {server.token}"},
        ) as answer,
    ):
        assert answer.status_code == 200
        port = server.port
        server.stop()
        server.stop()
    again = WebServer(preview, dict, port=port)
    again.start()
    assert again.port == port
    again.stop()


def test_a_port_that_is_taken(server: WebServer, preview: Preview) -> None:
    with pytest.raises(SinkError, match=f"port {server.port}") as caught:
        WebServer(preview, dict, port=server.port).start()
    assert "preview_port" in caught.value.hint


def test_two_servers_have_different_tokens(preview: Preview) -> None:
    assert WebServer(preview, dict).token != WebServer(preview, dict).token
