"""The routes of the local page that answer `vcam ctl`.

GET /control tells the status; POST /control with `{"command", "value", "confirmed"}` carries out one command.
Who may ask is the page's matter: loopback, token, Host, Origin.
"""

import json
from typing import TYPE_CHECKING

from vcam.app.commands import Command, Controls, NotConfirmedError, apply
from vcam.app.ctl import NOT_CONFIRMED, PATH
from vcam.errors import ConfigError, VcamError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route


def routes(controls: Controls) -> "list[Route]":
    """The routes that answer `vcam ctl`, for the local page's application."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def status(_: "Request") -> "JSONResponse":
        return JSONResponse((await run_in_threadpool(controls.status)).as_dict())

    async def command(request: "Request") -> "JSONResponse":
        try:
            code, answer = await run_in_threadpool(carry_out, controls, await request.json())
        except json.JSONDecodeError:
            code, answer = 400, {"error": "the request is not JSON", "hint": "Use `vcam ctl`."}
        return JSONResponse(answer, status_code=code)

    return [Route(PATH, status, methods=["GET"]), Route(PATH, command, methods=["POST"])]


def carry_out(controls: Controls, request: object) -> tuple[int, dict[str, object]]:
    """One request's HTTP status and answer: `{"message"}` where it was done, else `{"error", "hint"}`."""
    try:
        command, value, confirmed = _parse(request)
        return 200, {"message": apply(controls, command, value, confirmed=confirmed)}
    except NotConfirmedError as error:
        return NOT_CONFIRMED, {"error": str(error), "hint": error.hint}
    except VcamError as error:
        return 400, {"error": str(error), "hint": error.hint}


def _parse(request: object) -> tuple[Command, str, bool]:
    hint = f"Use one of {', '.join(Command)}."
    if not isinstance(request, dict):
        raise ConfigError("the request is not an object", hint=hint)
    name, value, confirmed = request.get("command"), request.get("value", ""), request.get("confirmed", False)
    if name not in list(Command):
        raise ConfigError(f"there is no command {name!r}", hint=hint)
    if not isinstance(value, str) or not isinstance(confirmed, bool):
        raise ConfigError("`value` must be text and `confirmed` true or false", hint=hint)
    return Command(name), value, confirmed
