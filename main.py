"""Start vcam from a checkout: `python main.py [arguments]`."""

import sys

from vcam.app.cli import main

if __name__ == "__main__":
    sys.exit(main())
