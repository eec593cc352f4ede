"""Make the checkout's virtual environment: packages at pinned versions, and the model files.

Standard library only, in syntax that an older Python can read, so that it gets a message and no traceback.
A stamp in the environment says what it was made from; a later start only compares it.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def start(arguments: list[str], extras: tuple[str, ...] = ()) -> int:
    """Run the environment's Python with `arguments`, after making the environment where that is needed.

    `extras` are the optional dependencies of pyproject.toml that the command needs. Where the system allows,
    this process becomes that Python; else its exit status is returned.
    """
    prepare(extras)
    command = [str(PYTHON), *arguments]
    if os.name != "nt":
        sys.stdout.flush()
        os.execv(command[0], command)  # noqa: S606
    try:
        return subprocess.call(command)
    except KeyboardInterrupt:
        return 130


def prepare(extras: tuple[str, ...]) -> None:
    """Bring the environment up to date with constraints.txt, pyproject.toml and the pinned model files.

    Ends the program with a message where that cannot be done.
    """
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit("vcam needs Python 3.11 or newer; this is Python {}.{}.".format(*sys.version_info[:2]))
    stamp = VENV / f"vcam-{'-'.join(('run', *extras))}.json"
    made_from = _inputs()
    if _is_current(stamp, made_from):
        return
    try:
        _make(extras)
        stamp.write_text(json.dumps({"inputs": made_from, "models": _models_folder()}), encoding="utf-8")
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(
            f"vcam: set-up stopped: {error}\n"
            "  Check the network and the free disk space, then run the same command again."
        )


def _inputs() -> str:
    files = [ROOT / "constraints.txt", ROOT / "pyproject.toml", ROOT / "vcam" / "assets.py"]
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in files))
    return f"{digest.hexdigest()} {sys.version_info[0]}.{sys.version_info[1]}"


def _is_current(stamp: Path, made_from: str) -> bool:
    try:
        made = json.loads(stamp.read_text(encoding="utf-8"))
        return made["inputs"] == made_from and Path(made["models"]).is_dir() and PYTHON.exists()
    except (OSError, ValueError, KeyError):
        return False


def _make(extras: tuple[str, ...]) -> None:
    if not _runs_this_version():
        print(f"Making {VENV} ...", flush=True)
        if subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
            sys.exit(
                "vcam: Python's venv module does not work; on Debian or Ubuntu: apt install python3-venv"
            )
    print("Installing packages ...", flush=True)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--progress-bar", "on"]
    subprocess.run([*pip, "-c", str(ROOT / "constraints.txt"), *_requirements(extras)], check=True)
    subprocess.run([str(PYTHON), "-m", "vcam", "models", "get"], check=True, cwd=ROOT)


def _runs_this_version() -> bool:
    check = f"import sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    return PYTHON.exists() and subprocess.call([str(PYTHON), "-I", "-c", check]) == 0


def _requirements(extras: tuple[str, ...]) -> list[str]:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    return [requirement for one in lists for requirement in one]


def _models_folder() -> str:
    command = [str(PYTHON), "-m", "vcam", "models", "path"]
    return subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout.strip()
