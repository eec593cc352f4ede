"""The command line: runs a command's module, turns errors into a line, a hint and an exit code.

Exit codes: 0 fine, 2 usage, 1 anything else. A module of `COMMANDS` has `add_commands(subparsers)`, which
adds its parsers and sets each one's `handler`, a function from the parsed arguments to an exit code. Only the
module of the command at hand is imported: the first picture must be out within a second of the start.
"""

import argparse
import importlib
import io
import logging
import sys
from collections.abc import Sequence

from vcam import __version__
from vcam.errors import VcamError

COMMANDS = {
    "run": "vcam.app.run",
    "render": "vcam.app.render",
    "look": "vcam.app.look",
    "bench": "vcam.app.bench",
    "cameras": "vcam.app.inventory",
    "config": "vcam.app.settings",
    "models": "vcam.app.inventory",
    "packs": "vcam.app.packs",
    "me": "vcam.app.me",
    "puppet": "vcam.app.puppet",
    "doctor": "vcam.app.doctor",
    "ctl": "vcam.app.ctl",
    "autostart": "vcam.app.autostart",
    "leaktest": "vcam.app.leaktest",
}

log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run vcam with these arguments (default: the process's own) and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name or an emoji that a console cannot show is no error
    arguments = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]
    logging.basicConfig(
        level=logging.DEBUG if debug else logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    parsed = _parser(_modules_for(arguments)).parse_args(_with_command(arguments))
    try:
        return int(parsed.handler(parsed))
    except VcamError as error:
        return _report(error, error.hint, debug)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - the last boundary: users get a sentence, not a traceback
        hint = "This is a fault in vcam. Run it again with --debug and report what it prints."
        return _report(error, hint, debug)


def _with_command(arguments: list[str]) -> list[str]:
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help", "--version")):
        return ["run", *arguments]
    return arguments


def _modules_for(arguments: list[str]) -> list[str]:
    command = _with_command(arguments)[0]
    if command == "--version":
        return []
    return [COMMANDS[command]] if command in COMMANDS else list(dict.fromkeys(COMMANDS.values()))


def _parser(modules: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vcam",
        description="A virtual camera that puts your own emoji over your face. Without a command: run.",
        epilog="--debug with any command shows what happens inside. Ctrl-C ends a running camera.",
    )
    parser.add_argument("--version", action="version", version=f"vcam {__version__}")
    subparsers = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for module in modules:
        importlib.import_module(module).add_commands(subparsers)
    return parser


def _report(error: Exception, hint: str, debug: bool) -> int:
    if debug:
        log.error("failed", exc_info=error)
    print(f"vcam: {str(error) or type(error).__name__}", file=sys.stderr)
    print(f"  {hint}", file=sys.stderr)
    return 1
