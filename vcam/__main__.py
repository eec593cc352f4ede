"""Start vcam as a module: `python -m vcam [arguments]`."""

import sys

from vcam.app.cli import main

if __name__ == "__main__":
    sys.exit(main())
