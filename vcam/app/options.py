"""Settings as command line options: named, typed and explained by `vcam.config`, in one place."""

import argparse
import dataclasses
from typing import Any

from vcam import config
from vcam.config import Settings
from vcam.errors import ConfigError
from vcam.types import Size


def add(parser: argparse.ArgumentParser, *names: str) -> None:
    """Add an option for each of these settings; a switch gets `--name` and `--no-name`."""
    helps = Settings.helps()
    for name in names:
        flag = "--" + name.replace("_", "-")
        if isinstance(getattr(Settings(), name), bool):
            action = argparse.BooleanOptionalAction
            parser.add_argument(flag, dest=name, action=action, default=None, help=helps[name])
        else:
            parser.add_argument(
                flag, dest=name, type=_Value(name), metavar=_metavar(name), default=None, help=helps[name]
            )


def settings(arguments: argparse.Namespace) -> Settings:
    """The command line's settings over the file's over the defaults. Raises ConfigError."""
    given = {
        name: value for name in Settings.helps() if (value := getattr(arguments, name, None)) is not None
    }
    return dataclasses.replace(config.load(config.default_path()), **given)


class _Value:
    """Reads one setting; argparse prints the error as a mistake in usage."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, written: str) -> Any:
        try:
            value = config.parse(self._name, written)
            Settings(**{self._name: value})
        except ConfigError as error:
            raise argparse.ArgumentTypeError(f"{error}. {error.hint}") from error
        return value


def _metavar(name: str) -> str:
    value = getattr(Settings(), name)
    return "WxH" if isinstance(value, Size) else "N" if isinstance(value, int) else name.upper()
