import logging
import os
import subprocess
import sys

import pytest

PROGRAM = """
import os, sys
from vcam.app.quiet import quiet_native_code
with quiet_native_code():
    os.write(2, b"greeting")
print("mine", file=sys.stderr)
"""


def test_native_greetings_are_dropped_and_what_follows_is_not() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert ran.stderr == "mine\n"


def test_they_are_kept_while_debugging() -> None:
    program = f"import logging; logging.getLogger().setLevel({logging.DEBUG})" + PROGRAM
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stderr == "greetingmine\n"


def test_an_error_inside_gives_the_stream_back(capfd: pytest.CaptureFixture[str]) -> None:
    from vcam.app.quiet import quiet_native_code

    def fail() -> None:
        with quiet_native_code():
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    os.write(2, b"back")
    assert "back" in capfd.readouterr().err
