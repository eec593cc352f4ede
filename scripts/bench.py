"""Measure vcam: `python3 scripts/bench.py [vcam bench arguments]`."""

import sys

import environment

sys.exit(environment.start([str(environment.ROOT / "main.py"), "bench", *sys.argv[1:]]))
