"""`vcam ctl`: talks to the running vcam over loopback; port and token stand in the instance file.

It may be bound to a panic key, so it must be quick: nothing heavy is imported, and names that the running
vcam knows anyway are repeated here as text.
"""

import argparse
import http.client
import json
import sys
from collections.abc import Mapping
from typing import Any

from vcam.app import instance
from vcam.errors import VcamError

PATH = "/control"
NOT_CONFIRMED = 409
"""HTTP's 'Conflict': the same request with `confirmed` set will do."""
TIMEOUT_S = 10.0
MODES = ("avatar", "mask", "beside", "off")


def add_commands(subparsers: Any) -> None:
    """Add `vcam ctl`."""
    parser = subparsers.add_parser(
        "ctl", help="control the running vcam", description="Control the vcam that is running."
    )
    actions = parser.add_subparsers(dest="action", metavar="STATE", required=True)
    status = actions.add_parser("status", help="print what the running vcam does")
    status.add_argument("--json", action="store_true", help="print it as one JSON object")
    status.set_defaults(handler=_status)

    switch = {"nargs": "?", "default": "", "choices": ["", "on", "off", "toggle"], "metavar": "on|off|toggle"}
    dial = {"choices": [*MODES, "more", "less"], "metavar": "|".join((*MODES, "more", "less"))}
    values: dict[str, tuple[str, dict[str, Any]]] = {
        "standby": ("put the standby card out at once, or (off) the picture again", switch),
        "mode": ("turn the privacy dial; more and less mean privacy", dial),
        "pack": ("take another emoji pack", {"metavar": "NAME|next"}),
        "camera": ("take another camera", {"metavar": "NAME"}),
        "mirror": ("flip the picture left to right, or not", switch),
    }
    for command, (text, options) in values.items():
        action = actions.add_parser(command, help=text)
        action.add_argument("value", **options)
        action.add_argument(
            "--yes", action="store_true", help=_YES if command == "mode" else argparse.SUPPRESS
        )
        action.set_defaults(handler=_tell)
    end = actions.add_parser("quit", help="end the running vcam")
    end.set_defaults(handler=_tell, value="", yes=True)


_YES = "do not ask before showing more"


def ask(method: str, body: dict[str, object] | None = None) -> tuple[int, dict[str, Any]]:
    """One request to the running vcam: HTTP status and JSON answer. Raises VcamError where none runs."""
    address = instance.find()
    if address is None:
        raise _not_running()
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=TIMEOUT_S)
    headers = {"Authorization": f"Bearer {address.token}", "Content-Type": "application/json"}
    try:
        connection.request(method, PATH, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except ConnectionRefusedError as error:
        raise _not_running() from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise VcamError(
            f"the running vcam (process {address.pid}) does not answer: {error}",
            hint="End it and start it again.",
        ) from error
    finally:
        connection.close()


def _not_running() -> VcamError:
    return VcamError("vcam is not running", hint="Start it with `vcam run`.")


def _checked(code: int, answer: dict[str, Any]) -> dict[str, Any]:
    if code != http.client.OK:
        raise VcamError(
            str(answer.get("error", f"the running vcam answered {code}")), hint=str(answer.get("hint", ""))
        )
    return answer


def _tell(arguments: argparse.Namespace) -> int:
    body = {
        "command": arguments.action,
        "value": arguments.value,
        "confirmed": arguments.yes,
    }
    code, answer = ask("POST", body)
    if code == NOT_CONFIRMED and sys.stdin.isatty():
        if input(f"{str(answer['error']).capitalize()}. Go on? [y/N] ").strip().lower() not in ("y", "yes"):
            return 1
        code, answer = ask("POST", body | {"confirmed": True})
    print(_checked(code, answer)["message"])
    return 0


def _status(arguments: argparse.Namespace) -> int:
    answer = _checked(*ask("GET"))
    print(json.dumps(answer, ensure_ascii=False) if arguments.json else summary(answer))
    return 0


def summary(status: Mapping[str, Any]) -> str:
    """The status as a few aligned lines."""
    size = f"{status['width']}x{status['height']}, " if status["width"] else ""
    rows = {
        "state": status["state"] + (f": {status['problem']}" if status["problem"] else ""),
        "camera": f"{status['source'] or 'none'} ({size}{status['fps_in']:.1f} fps)",
        "output": f"{', '.join(status['outputs']) or 'none'} ({status['fps_out']:.1f} fps)",
        "mode": status["mode"],
        "pack": status["pack"],
        "faces": f"{status['faces']}{' ' + status['expression'] if status['expression'] else ''}",
        "mirror": "on" if status["mirror"] else "off",
        "preview": status["preview_url"],
    }
    return "\n".join(f"{name:<8} {value}" for name, value in rows.items() if value)
