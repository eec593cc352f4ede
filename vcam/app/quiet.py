"""Keeps native libraries' greetings off the terminal."""

import contextlib
import logging
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def quiet_native_code() -> Iterator[None]:
    """Send what is written to the process's stderr to nowhere for the moment, unless debugging.

    LiteRT announces its delegate there, past every switch it has. Python's own messages are held up too, so
    this belongs around short calls that log nothing.
    """
    if logging.getLogger().isEnabledFor(logging.DEBUG) or sys.__stderr__ is None:
        yield
        return
    try:
        number = sys.__stderr__.fileno()
        kept = os.dup(number)
    except (OSError, ValueError):  # no such stream, as in a program without a console
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device, not a path
            sys.__stderr__.flush()
            os.dup2(nowhere.fileno(), number)
        yield
    finally:
        os.dup2(kept, number)
        os.close(kept)
