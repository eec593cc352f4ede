"""Finds, fetches and verifies what vcam reads from disk: face models, the expression network, emoji packs.

The face models are MediaPipe's (Apache-2.0). Current mediapipe wheels carry none, and the models' own
download host cannot be counted on behind a company's proxy, so they are taken from the last wheel that has
them, through pip: its index, mirror, proxy and certificate settings serve here too. The wheel is only
unzipped, never installed, so one platform's file serves all.

Only the standard library is imported at the top, because the wheel's build hook imports this module too.
"""

import errno
import hashlib
import logging
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from vcam.errors import ModelError

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called with (bytes done, bytes in all); the same total every time."""


class ModelFile(NamedTuple):
    """A file taken from MediaPipe's wheel: its name on disk, its place in the wheel, its checksum."""

    name: str
    member: str
    sha256: str


WHEEL = "mediapipe==0.10.21"
WHEEL_BYTES = 35_622_638
_WHEEL_TAGS = ("--platform", "manylinux_2_28_x86_64", "--python-version", "311", "--abi", "cp311")


_SHA256 = {
    "face_detection_short_range": "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    "face_detection_full_range": "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1",
    "face_landmark": "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
    "palm_detection_full": "1b14e9422c6ad006cde6581a46c8b90dd573c07ab7f3934b5589e7cea3f89a54",
    "hand_landmark_full": "11c272b891e1a99ab034208e23937a8008388cf11ed2a9d776ed3d01d0ba00e3",
    "selfie_segmentation_landscape": "a77d03f4659b9f6b6c1f5106947bf40e99d7655094b6527f214ea7d451106edd",
    "LICENSE": "8707eef0533987efc5b155d64761eeb6e20793f50b9bd1a68dad1cf4719d0ed8",
}
_MEMBERS = {
    "face_detection_short_range": "mediapipe/modules/face_detection/face_detection_short_range.tflite",
    "face_detection_full_range": "mediapipe/modules/face_detection/face_detection_full_range_sparse.tflite",
    "face_landmark": "mediapipe/modules/face_landmark/face_landmark.tflite",
    "palm_detection_full": "mediapipe/modules/palm_detection/palm_detection_full.tflite",
    "hand_landmark_full": "mediapipe/modules/hand_landmark/hand_landmark_full.tflite",
    "selfie_segmentation_landscape": (
        "mediapipe/modules/selfie_segmentation/selfie_segmentation_landscape.tflite"
    ),
    "LICENSE": "mediapipe-0.10.21.dist-info/LICENSE",
}
MODELS: Mapping[str, ModelFile] = MappingProxyType(
    {name: ModelFile(name + Path(member).suffix, member, _SHA256[name]) for name, member in _MEMBERS.items()}
)
"""Every file that `get` fetches, by the name that `path` takes; the models' licence is one of them."""

_GET_HINT = "Run `vcam models get`."


def package_data() -> Path:
    """The folder that an installed wheel carries; in a checkout it does not exist."""
    return Path(__file__).resolve().parent / "_data"


def checkout() -> Path | None:
    """The root of the source checkout that this module runs from; None when vcam is installed."""
    root = Path(__file__).resolve().parent.parent
    return root if (root / "pyproject.toml").is_file() else None


def models_folder() -> Path:
    """Where the face models are or will be put: inside a wheel that has them, else the user's cache."""
    packaged = package_data() / "models"
    if packaged.is_dir():
        return packaged
    from platformdirs import user_cache_path

    return user_cache_path("vcam", appauthor=False) / "models"


def path(name: str) -> Path:
    """The file of the face model `name` (a key of MODELS); looks at its existence only, so it costs nothing.

    Raises ValueError for an unknown name, ModelError where the file is missing.
    """
    if name not in MODELS:
        raise ValueError(f"unknown model {name!r}; known: {', '.join(MODELS)}")
    file = models_folder() / MODELS[name].name
    if not file.is_file():
        raise ModelError(f"the face model {file.name} is missing", hint=_GET_HINT)
    return file


def load(name: str) -> bytes:
    """The content of the face model `name`, compared with its checksum (about 1 ms per megabyte).

    Raises ValueError for an unknown name, ModelError where the file is missing, unreadable or altered.
    """
    file = path(name)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ModelError(f"{file} cannot be read: {error.strerror}", hint=_GET_HINT) from error
    if _sha256(content) != MODELS[name].sha256:
        raise ModelError(f"{file} is damaged: its checksum does not match", hint=_GET_HINT)
    return content


def verify() -> dict[str, bool]:
    """Read every file of MODELS and compare it with its checksum: name to whether it is right."""
    return {name: _is_intact(models_folder() / file.name, file.sha256) for name, file in MODELS.items()}


def get(progress: Progress | None = None) -> Path:
    """Fetch every model file that is missing or damaged; returns the folder, in which all are then intact.

    Does nothing where all are intact. `progress` is called during the download. Raises ModelError where there
    is no pip, no network, no disk space, or where a file is not the pinned one; then the folder is as it was.
    """
    folder = models_folder()
    needed = [MODELS[name] for name, intact in verify().items() if not intact]
    if not needed:
        return folder
    with _disk_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="models-", dir=folder.parent) as scratch:
            wheel = _download(Path(scratch), progress)
            ready = [_extract(wheel, file, Path(scratch)) for file in needed]
            folder.mkdir(exist_ok=True)
            for extracted in ready:
                extracted.replace(folder / extracted.name)
    return folder


def expression_network() -> tuple[Path, Path]:
    """The expression network and its description: (expression.tflite, expression.json).

    Raises ModelError where one of them is missing.
    """
    return _shipped_network("expression.tflite"), _shipped_network("expression.json")


def puppet_signals() -> Path:
    """The small network that reads the puppet's signals in a face mesh. Raises ModelError without it."""
    return _shipped_network("puppet_signals.npz")


def shipped_packs() -> Path:
    """The folder of the packs that come with vcam; each pack is a folder in it."""
    return _shipped("overlays")


def user_packs() -> Path:
    """The folder of the user's own packs; need not exist."""
    from platformdirs import user_data_path

    return user_data_path("vcam", appauthor=False) / "packs"


def _shipped(kind: str) -> Path:
    return (checkout() or package_data()) / kind


def _shipped_network(name: str) -> Path:
    file = _shipped("model") / name
    if not file.is_file():
        raise ModelError(f"the network {name} is missing", hint="Install vcam again.")
    return file


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _is_intact(file: Path, sha256: str) -> bool:
    try:
        return _sha256(file.read_bytes()) == sha256
    except OSError:
        return False


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _disk_full(folder) from error
        raise ModelError(
            f"{folder} cannot be written: {error.strerror or error}", hint="Check the folder's permissions."
        ) from error


def _disk_full(folder: Path) -> ModelError:
    return ModelError(
        f"the disk of {folder} is full", hint="Free 100 MB there, then run `vcam models get` again."
    )


def _pip() -> list[str]:
    """The command of a working pip: this interpreter's, else that of the one its environment was made from.

    `-I` also gets past the hidden site-packages of an isolated build.
    """
    base = getattr(sys, "_base_executable", None) or sys.executable
    for executable in dict.fromkeys((sys.executable, base)):
        command = [executable, "-I", "-m", "pip"]
        if subprocess.run([*command, "--version"], capture_output=True, check=False).returncode == 0:
            return command
    raise ModelError(
        "pip is needed to fetch the face models, and this Python has none",
        hint="Install pip into this environment (`python -m ensurepip`), then run `vcam models get`.",
    )


def _download(scratch: Path, progress: Progress | None) -> Path:
    """Let pip download the wheel into `scratch`; its partial file lies there too, and tells the progress."""
    command = [*_pip(), "download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-cache-dir"]
    command += ["--no-deps", "--only-binary", ":all:", *_WHEEL_TAGS, "--dest", str(scratch), WHEEL]
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
    with (scratch / "pip.log").open("w+", encoding="utf-8", errors="replace") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            while True:
                try:
                    status = process.wait(timeout=0.1)
                    break
                except subprocess.TimeoutExpired:
                    _report(scratch, progress)
        except BaseException:
            process.kill()
            process.wait()
            raise
        output.seek(0)
        said = output.read()
    wheels = list(scratch.glob("*.whl"))
    if status != 0 or len(wheels) != 1:
        raise _download_error(said, scratch.parent)
    if progress:
        progress(WHEEL_BYTES, WHEEL_BYTES)
    return wheels[0]


def _report(scratch: Path, progress: Progress | None) -> None:
    if progress is None:
        return
    sizes = []
    for file in scratch.rglob("*.whl"):
        try:
            sizes.append(file.stat().st_size)
        except OSError:  # pip has just moved it
            continue
    progress(min(max(sizes, default=0), WHEEL_BYTES), WHEEL_BYTES)


def _download_error(said: str, folder: Path) -> ModelError:
    log.debug("pip download failed:\n%s", said)
    if "No space left" in said or "[Errno 28]" in said:
        return _disk_full(folder)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reason = next(
        (line for line in lines if line.startswith("ERROR:")), lines[-1] if lines else "no reason given"
    )
    return ModelError(
        f"pip could not download {WHEEL}: {reason.removeprefix('ERROR:').strip()}",
        hint="Check the network, and pip's proxy or index settings, then run `vcam models get` again.",
    )


def _extract(wheel: Path, file: ModelFile, scratch: Path) -> Path:
    try:
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(file.member)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelError(
            f"the downloaded {wheel.name} is not the expected file: {error}",
            hint="Check which package index pip uses, then run `vcam models get` again.",
        ) from error
    if _sha256(content) != file.sha256:
        raise ModelError(
            f"{file.name} in the downloaded {wheel.name} is not the pinned one: its checksum does not match",
            hint="Check which package index pip uses, then run `vcam models get` again.",
        )
    target = scratch / file.name
    target.write_bytes(content)
    return target
