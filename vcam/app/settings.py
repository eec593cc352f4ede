"""`vcam config`: show and change the settings file."""

import argparse
import dataclasses
from typing import Any

from vcam import config
from vcam.config import Settings


def add_commands(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("config", help="show or change the settings")
    parser.set_defaults(handler=_show)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("path", help="print where the settings file is").set_defaults(handler=_path)
    get = actions.add_parser("get", help="print one setting, or all")
    get.add_argument("name", nargs="?")
    get.set_defaults(handler=_show)
    change = actions.add_parser("set", help="change one setting")
    change.add_argument("name")
    change.add_argument("value")
    change.set_defaults(handler=_set)
    reset = actions.add_parser("reset", help="go back to the defaults; the old file is kept beside")
    reset.set_defaults(handler=_reset)


def _show(arguments: argparse.Namespace) -> int:
    settings = config.load(config.default_path())
    name = getattr(arguments, "name", None)
    if name is not None:
        config.parse(name, config.text(getattr(settings, name, None)))
        print(config.text(getattr(settings, name)))
        return 0
    helps = Settings.helps()
    shown = {name: f"{name} = {config.text(getattr(settings, name))}" for name in helps}
    width = max(map(len, shown.values()))
    for name, help_text in helps.items():
        print(f"{shown[name]:<{width}}  # {help_text}")
    return 0


def _path(_: argparse.Namespace) -> int:
    print(config.default_path())
    return 0


def _set(arguments: argparse.Namespace) -> int:
    path = config.default_path()
    value = config.parse(arguments.name, arguments.value)
    settings = dataclasses.replace(config.load(path), **{arguments.name: value})
    config.save(path, settings)
    print(f"{arguments.name} = {config.text(value)}")
    return 0


def _reset(_: argparse.Namespace) -> int:
    path = config.default_path()
    if path.exists():
        kept = path.with_suffix(".toml.old")
        path.replace(kept)
        print(f"Back to the defaults. The old settings are in {kept}")
    else:
        print("Already at the defaults.")
    return 0
