"""A pack as one `.zip` file, to give away or to take in; what comes from elsewhere is not trusted."""

import os
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from vcam.animate.art.loader import SUFFIXES
from vcam.animate.pack import FILE_NAME, Pack, Trial, check_name, load_pack
from vcam.animate.pack_edit import staging
from vcam.errors import PackError

MAX_ENTRIES = 500
MAX_UNPACKED = 64 * 2**20
MAX_ARCHIVE = 64 * 2**20
_TEXTS = (".toml", ".md", ".txt")
_CHUNK = 1 << 16
_NOT_A_PACK = "Use a file made by `vcam packs export`."


def export_pack(folder: Path, target: Path) -> int:
    """Write a pack's description, pictures and licence texts to a zip file; returns the number of files.

    The same pack gives the same bytes. Raises PackError where the file cannot be written; it is then as it
    was.
    """
    files = [
        file
        for file in sorted(folder.rglob("*"))
        if _belongs(file.name) and file.is_file() and not file.is_symlink()
    ]
    handle = None
    try:
        handle, scratch = tempfile.mkstemp(prefix=target.name, suffix=".part", dir=target.parent)
        try:
            with (
                os.fdopen(handle, "wb") as stream,
                zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
            ):
                for file in files:
                    name = f"{folder.name}/{file.relative_to(folder).as_posix()}"
                    entry = zipfile.ZipInfo(name)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    entry.external_attr = 0o644 << 16
                    archive.writestr(entry, file.read_bytes())
            Path(scratch).replace(target)
        except BaseException:
            Path(scratch).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise PackError(
            f"{target} cannot be written: {error.strerror or error}", hint="Choose a folder you may write to."
        ) from error
    return len(files)


def import_pack(
    archive: Path,
    packs: Path,
    *,
    trial: Trial,
    name: str = "",
    replace: bool = False,
    reserved: Callable[[str], bool] = lambda _: False,
) -> Pack:
    """Unpack a zip file into the folder `packs` as a pack, under `name` or the name it has inside.

    Everything is checked in a folder beside before it appears. `reserved` says which names it cannot have.
    Raises PackError; then nothing has changed.
    """
    with _opened(archive) as opened:
        entries = _entries(opened)
        root = _root(entries)
        name = name or (root.name if root.name else archive.stem.lower())
        check_name(name)
        if reserved(name):
            raise PackError(f"{name} comes with vcam and stays as it is", hint="Use --name for another name.")
        target = packs / name
        if target.exists() and not replace:
            raise PackError(
                f"there is already a pack {name}", hint="Add --replace, or --name for another name."
            )
        with staging(target) as staged:
            _unpack(opened, entries, root, staged)
            pack = load_pack(staged, trial=trial)
            _install(staged, target)
    return pack


@contextmanager
def _opened(archive: Path) -> Iterator[zipfile.ZipFile]:
    try:
        _check_size(archive)
        with zipfile.ZipFile(archive) as opened:
            yield opened
    except PackError:
        raise
    except OSError as error:
        raise PackError(f"{archive} cannot be read: {error.strerror or error}", hint=_NOT_A_PACK) from error
    except Exception as error:  # the zip module meets damage in every way there is
        raise PackError(f"{archive.name} is not a readable zip file", hint=_NOT_A_PACK) from error


def _install(staged: Path, target: Path) -> None:
    """Put the complete pack in its place; the one that was there comes back where that fails."""
    old = staged.parent / "replaced"
    if target.exists():
        target.rename(old)
    try:
        staged.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


def _check_size(archive: Path) -> None:
    if archive.stat().st_size > MAX_ARCHIVE:
        raise _too_large(archive.name, MAX_ARCHIVE)


def _too_large(what: str, limit: int) -> PackError:
    return PackError(f"{what} is larger than {limit // 2**20} MB", hint=_NOT_A_PACK)


def _belongs(name: str) -> bool:
    suffix = Path(name).suffix.lower()
    return not name.startswith(".") and (suffix in SUFFIXES or suffix in _TEXTS or name == "LICENSE")


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(archive.infolist()) > MAX_ENTRIES:
        raise PackError(f"it holds more than {MAX_ENTRIES} files", hint=_NOT_A_PACK)
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        parts = name.split("/")
        if "\\" in name or ":" in name or any(part in ("", ".", "..") for part in parts):
            raise PackError(f'it holds "{name[:60]}", which points out of the pack', hint=_NOT_A_PACK)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise PackError(f'it holds a link, "{name[:60]}"', hint="Put the file itself into the zip file.")
        if entry.flag_bits & 1:
            raise PackError("it is encrypted", hint="Make the zip file without a password.")
        if name.lower() in seen:
            raise PackError(f'it holds "{name[:60]}" twice', hint=_NOT_A_PACK)
        seen.add(name.lower())
    return entries


def _root(entries: list[zipfile.ZipInfo]) -> PurePosixPath:
    """The folder inside the archive that is the pack."""
    found = [PurePosixPath(entry.filename) for entry in entries if entry.filename.split("/")[-1] == FILE_NAME]
    if len(found) != 1:
        count = f"{len(found)} packs" if found else f"no {FILE_NAME}"
        raise PackError(f"it holds {count}", hint=_NOT_A_PACK)
    return found[0].parent


def _unpack(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], root: PurePosixPath, folder: Path
) -> None:
    unpacked = 0
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if not path.is_relative_to(root) or not _belongs(path.name):
            continue
        target = folder.joinpath(*path.relative_to(root).parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, target.open("xb") as sink:
            # Counted as it comes: the sizes that the archive states may be lies.
            while chunk := source.read(_CHUNK):
                unpacked += len(chunk)
                if unpacked > MAX_UNPACKED:
                    raise _too_large("what it unpacks to", MAX_UNPACKED)
                sink.write(chunk)
