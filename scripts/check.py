"""Formatting, lint and types of the whole project: `python3 scripts/check.py`."""

import subprocess
import sys

import environment

environment.prepare(("dev",))
python, root = str(environment.PYTHON), str(environment.ROOT)
steps = [["ruff", "format", "--check", "."], ["ruff", "check", "."], ["mypy"]]
sys.exit(max(subprocess.call([python, "-m", *step], cwd=root) for step in steps))
