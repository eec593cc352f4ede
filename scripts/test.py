"""Check and test everything: `python3 scripts/test.py [--device] [pytest arguments]`.

Runs scripts/check.py and the test suite. With --device (Linux) it then runs vcam against a real PipeWire, a
real v4l2loopback and a real browser.
"""

import subprocess
import sys

import environment

environment.prepare(("dev",))
python, root = str(environment.PYTHON), str(environment.ROOT)
arguments = [argument for argument in sys.argv[1:] if argument != "--device"]
steps = [[python, "scripts/check.py"], [python, "-m", "pytest", *arguments]]
if "--device" in sys.argv[1:]:
    steps.append([python, "-m", "tests.device"])
sys.exit(max(abs(subprocess.call(step, cwd=root)) for step in steps))
