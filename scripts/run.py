"""Set vcam up where that is needed, then start it: `python3 scripts/run.py [vcam arguments]`."""

import sys

import environment

sys.exit(environment.start([str(environment.ROOT / "main.py"), *sys.argv[1:]]))
