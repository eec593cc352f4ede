"""`python -m tests.device [host] [guest]`: run the parts named (both by default), print a table.

Exit status 1 where a check failed; what cannot run on this machine is skipped, with its reason.
"""

import argparse
import contextlib
import os
import sys

from tests.device import guest, host
from tests.device.report import Outcome, Report, Row, table

PARTS = {"host": host.run, "guest": guest.run}


def main() -> int:
    """Run the parts and print what came of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.device")
    parser.add_argument(
        "parts", nargs="*", choices=[*PARTS, []], default=[], help="which parts (default: both)"
    )
    parts = parser.parse_args().parts or list(PARTS)
    if not sys.platform.startswith("linux"):
        say("The device tests need Linux: skipped.")
        return 0
    with contextlib.suppress(OSError):
        os.nice(-10)  # frames are counted; whatever else this machine does should not cost any
    rows: list[Row] = []
    for part in parts:
        rows += run(part)
    counts = [f"{sum(row.outcome is one for row in rows)} {one}" for one in Outcome]
    say("\n" + table(rows) + "\n\n" + ", ".join(counts))
    return int(any(row.outcome is Outcome.FAILED for row in rows))


def run(part: str) -> list[Row]:
    """The part's rows; where a check fails it is all run once more, and the second time counts.

    Frames are counted against the clock here, and a machine that is busy elsewhere for a moment loses some.
    """
    for attempt in ("first", "second"):
        report = Report(part, tell)
        PARTS[part](report)
        failed = [row.check for row in report.rows if row.outcome is Outcome.FAILED]
        if not failed:
            break
        say(f"The {attempt} time these failed: {', '.join(failed)}")
    return report.rows


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def tell(row: Row) -> None:
    """Show a row as soon as it is known."""
    say(table([row]))


if __name__ == "__main__":
    sys.exit(main())
