import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from tests.app.switchboard import Switchboard
from vcam.app import control
from vcam.app.ctl import NOT_CONFIRMED, PATH
from vcam.types import Mode


@pytest.fixture
def board() -> Switchboard:
    return Switchboard(mode=Mode.MASK)


class Page:
    """Requests to the routes, without a socket."""

    def __init__(self, board: Switchboard) -> None:
        self._transport = httpx.ASGITransport(Starlette(routes=control.routes(board)))

    def ask(self, method: str, **content: Any) -> httpx.Response:
        async def request() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, PATH, **content)

        return asyncio.run(request())


@pytest.fixture
def page(board: Switchboard) -> Page:
    return Page(board)


def test_status(page: Page) -> None:
    answer = page.ask("GET")
    assert answer.status_code == 200
    assert answer.json()["mode"] == "mask"


def test_a_command_is_carried_out(page: Page, board: Switchboard) -> None:
    answer = page.ask("POST", json={"command": "standby"})
    assert (answer.status_code, answer.json()) == (200, {"message": "standby on"})
    assert board.told == [("standby", True)]


def test_less_privacy_needs_a_second_word(page: Page, board: Switchboard) -> None:
    request = {"command": "mode", "value": "off"}
    assert page.ask("POST", json=request).status_code == NOT_CONFIRMED
    assert board.told == []
    assert page.ask("POST", json=request | {"confirmed": True}).status_code == 200
    assert board.told == [("mode", Mode.OFF)]


@pytest.mark.parametrize(
    "request_body",
    [
        [],
        {},
        {"command": "explode"},
        {"command": "pack", "value": 7},
        {"command": "mode", "value": "off", "confirmed": "true"},
        {"command": "pack", "value": "broken"},
    ],
)
def test_what_cannot_be_done_is_told_with_a_hint(
    page: Page, board: Switchboard, request_body: object
) -> None:
    answer = page.ask("POST", json=request_body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert answer.json()["hint"]
    assert board.told == []


def test_what_is_not_json_is_told(page: Page) -> None:
    assert page.ask("POST", content=b"{").status_code == 400
