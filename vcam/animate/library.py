"""All packs: those that come with vcam and the user's own, kept fresh while the camera runs."""

import hashlib
import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from vcam.animate.art.loader import ArtSource
from vcam.animate.pack import FILE_NAME, Pack, Trial, check_name, load_pack
from vcam.animate.toml_table import listing
from vcam.errors import PackError

log = logging.getLogger(__name__)

_MAX_FILES = 2000
"""Files of one pack that are looked at for changes."""

Signature = tuple[tuple[str, int, int], ...]


class Library:
    """Packs by name; where both folders have one of a name, the user's own is taken.

    A pack is read when it is first asked for. `get` costs a dictionary look-up afterwards and may be called
    for every frame; `refresh` reads the disk and belongs on another thread, about once a second.
    `trial` is given the vector art of the user's own packs (see `load_pack`). Neither folder needs to exist.
    """

    def __init__(self, shipped: Path, user: Path | None = None, *, trial: Trial | None = None) -> None:
        self._shipped = shipped
        self._user = user
        self._trial = trial
        self._tried: set[bytes] = set()
        self._packs: dict[str, Pack] = {}
        self._broken: dict[str, PackError] = {}
        self._read: dict[str, tuple[Path, Signature]] = {}
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """The names of all packs, broken ones included, in order of the alphabet."""
        found = set()
        for folder in (self._user, self._shipped):
            if folder is not None and folder.is_dir():
                found |= {entry.name for entry in folder.iterdir() if _is_pack(entry)}
        return sorted(found)

    def folder(self, name: str) -> Path:
        """Where the pack of that name is. Raises PackError where there is none."""
        for folder in (self._user, self._shipped):
            if folder is not None and _is_pack(folder / name):
                return folder / name
        names = self.names()
        raise PackError(
            f'there is no pack called "{name[:60]}"',
            hint=f"Use {listing(names)}." if names else "Install vcam again.",
        )

    def is_shipped(self, name: str) -> bool:
        """Whether the pack is the one that comes with vcam. Raises PackError where there is none."""
        return self.folder(name).parent == self._shipped

    def get(self, name: str) -> Pack:
        """The last good version of a pack. Raises PackError where there is none, or it never was right."""
        pack = self._packs.get(name)
        if pack is not None:
            return pack
        with self._lock:
            if name in self._broken:
                raise self._broken[name]
            return self._packs.get(name) or self._load(name)

    def refresh(self) -> list[str]:
        """Read again what has changed on disk among the packs in use; returns their names.

        Also draws the pictures of those packs at the size in use, which the frame path would else do.

        A pack that is now broken or gone is reported once in the log, and its last good version stays.
        """
        changed = []
        with self._lock:
            for name in list(self._read):
                try:
                    folder = self.folder(name)
                except PackError:
                    folder = self._read[name][0]
                signature = _signature(folder)
                if self._read[name] == (folder, signature):
                    continue
                self._read[name] = folder, signature
                try:
                    self._load(name)
                except PackError as error:
                    log.warning("pack %s is left as it was: %s. %s", name, error, error.hint)
                else:
                    changed.append(name)
            packs = list(self._packs.values())
        for pack in packs:
            pack.prepare()
        return changed

    def _load(self, name: str) -> Pack:
        check_name(name)
        folder = self.folder(name)
        # Taken before the files are read: a change in between is then seen as one next time.
        self._read[name] = folder, _signature(folder)
        try:
            pack = load_pack(folder, trial=None if folder.parent == self._shipped else self._try)
        except PackError as error:
            if name not in self._packs:
                self._broken[name] = error
            raise
        self._broken.pop(name, None)
        self._packs[name] = pack
        return pack

    def _try(self, sources: Sequence[ArtSource]) -> None:
        """Try what has not been tried before: a change elsewhere in the pack must show at once."""
        digests = {hashlib.sha256(source.data).digest(): source for source in sources}
        untried = {digest: source for digest, source in digests.items() if digest not in self._tried}
        if untried and self._trial is not None:
            self._trial(list(untried.values()))
        self._tried |= untried.keys()


def _is_pack(folder: Path) -> bool:
    return not folder.name.startswith(".") and (folder / FILE_NAME).is_file()


def _signature(folder: Path) -> Signature:
    """Name, time of change and size of every file: differs when any of them was touched."""
    found = []
    try:
        for number, file in enumerate(folder.rglob("*")):
            if number >= _MAX_FILES:
                break
            status = file.lstat()
            found.append((str(file.relative_to(folder)), status.st_mtime_ns, status.st_size))
    except OSError:  # a file that went away while the folder was read: the next look sees it settled
        return ()
    return tuple(sorted(found))
