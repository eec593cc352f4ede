"""The part that needs a kernel module: a Debian guest in QEMU, built here and thrown away after the run."""

import os
import platform
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.device.guest import machine
from tests.device.guest.image import GuestImage, GuestUnavailableError, build
from tests.device.process import ROOT
from tests.device.report import CheckFailedError, Outcome, Report, Row, SkipError

BOOT_LIMIT_S = 900.0
_COMMAND = """\
export PYTHONPATH=/project:/packages PYTHONDONTWRITEBYTECODE=1
cd /project
python3 -m tests.device.guest.checks {version}
"""


def run(report: Report) -> None:
    """Build the guest, then run its checks, once for every version of v4l2loopback."""
    image: GuestImage | None = None
    with report.check("guest image") as figures:
        _check_python()
        try:
            image = build(_cache())
        except GuestUnavailableError as reason:
            raise SkipError(str(reason)) from reason
        figures.append(f"Debian 12 with v4l2loopback {' and '.join(image.loopback_versions)}")
    if image is None:
        return
    shares = machine.Shares(ROOT, Path(sysconfig.get_path("purelib")))

    def boot(version: str) -> machine.Outcome:
        return machine.run(image, shares, _COMMAND.format(version=version), timeout_s=BOOT_LIMIT_S)

    side_by_side = len(image.loopback_versions) if (os.cpu_count() or 1) >= 4 else 1
    with ThreadPoolExecutor(side_by_side) as pool:
        boots = {version: pool.submit(boot, version) for version in image.loopback_versions}
    for version, done in boots.items():
        _tell(report, version, done.result())


def _tell(report: Report, version: str, done: machine.Outcome) -> None:
    rows = [row for line in done.output.splitlines() if (row := _row(line))]
    for row in rows:
        report.add(f"{version}: {row.check}", row.outcome, row.detail)
    with report.check(f"{version}: whole run") as figures:
        figures.append(f"{sum(row.outcome is Outcome.PASSED for row in rows)} of {len(rows)} checks passed")
        if done.status is None or not rows:
            rest = "\n".join(line for line in done.output.splitlines() if not _row(line))
            ended = (
                f"status {done.status}" if done.status is not None else f"not done after {BOOT_LIMIT_S:.0f} s"
            )
            raise CheckFailedError(f"{ended}: {rest[-1000:]} {done.console[-500:]}")


def _check_python() -> None:
    """The guest's Python is Debian 12's, and it uses this environment's packages."""
    if sys.version_info[:2] != (3, 11) or platform.machine() != "x86_64":
        raise SkipError(
            "the guest shares this environment's packages, which must be those of Python 3.11, x86-64"
        )


def _cache() -> Path:
    folder = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(folder) / "vcam" / "device-guest"


def _row(line: str) -> Row | None:
    try:
        return Row.from_json(line)
    except (ValueError, TypeError):
        return None
