"""Making packs and adding pictures to them: all checked before anything is written, nothing half-written."""

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from vcam.animate.art.art import Placing
from vcam.animate.art.loader import is_emoji, read_art
from vcam.animate.pack import FILE_NAME, Pack, Trial, check_name, load_pack
from vcam.animate.toml_table import read_toml
from vcam.errors import PackError
from vcam.types import Label

_NEW = """\
# A pack of emoji. `vcam packs add FILE --for happiness --pack {name}` fills it; so does this editor.
# Every key is explained in docs/packs.md. Save, and a running camera shows the change within a second.

[pack]
title = {title}
author = {author}
licence = "all rights reserved"
"""


@dataclass(frozen=True, slots=True)
class Addition:
    """A picture to add: a file or an emoji character, the expressions it is for, and its placing."""

    picture: str
    labels: Sequence[Label]
    placing: Placing = Placing()
    replace: bool = False


def create(folder: Path, *, author: str = "", like: Path | None = None) -> None:
    """Make a new pack: an empty one to be filled, or a copy of the pack in the folder `like`.

    Raises PackError where the name cannot be used, is taken, or the disk refuses.
    """
    check_name(folder.name)
    if folder.exists():
        raise PackError(
            f"there is already a pack {folder.name}", hint="Choose another name, or `vcam packs add` to it."
        )
    with staging(folder) as staged:
        if like is not None:
            shutil.copytree(like, staged, dirs_exist_ok=True, symlinks=True)
            document = _document(staged / FILE_NAME)
            document.setdefault("pack", tomlkit.table())["title"] = _title(folder.name)
            (staged / FILE_NAME).write_text(tomlkit.dumps(document), encoding="utf-8")
        else:
            (staged / FILE_NAME).write_text(_skeleton(folder.name, author), encoding="utf-8")
        staged.rename(folder)


def add(addition: Addition, folder: Path, *, trial: Trial) -> Pack:
    """Add a picture to a pack, which is made where there is none; returns the pack as it is then.

    The whole pack is checked with the picture in it before the folder is touched, and the description that
    names the picture is put in place last. Raises PackError; then the folder is as it was.
    """
    check_name(folder.name)
    content, name = _content(addition.picture)
    with staging(folder) as staged:
        if folder.exists():
            shutil.copytree(folder, staged, dirs_exist_ok=True, symlinks=True)
        else:
            (staged / FILE_NAME).write_text(_skeleton(folder.name, ""), encoding="utf-8")
        if content is not None:
            name = _free_name(staged, name, content)
            (staged / name).write_bytes(content)
        described = _described(staged / FILE_NAME, addition, name)
        (staged / FILE_NAME).write_text(described, encoding="utf-8")
        pack = load_pack(staged, trial=trial)
        if not folder.exists():
            staged.rename(folder)
        else:
            if content is not None:
                (staged / name).replace(folder / name)
            (staged / FILE_NAME).replace(folder / FILE_NAME)
    return pack


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """An empty folder of the same name on the same disk, to be renamed to `folder` when it is complete.

    Raises PackError for the disk's errors; nothing is left behind in any case.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".staging-", dir=folder.parent) as scratch:
            staged = Path(scratch) / folder.name
            staged.mkdir()
            yield staged
    except OSError as error:
        raise PackError(
            f"{folder} cannot be written: {error.strerror or error}",
            hint="Check the disk's space and the folder's permissions.",
        ) from error


def _skeleton(name: str, author: str) -> str:
    title = tomlkit.item(_title(name)).as_string()
    return _NEW.format(name=name, title=title, author=tomlkit.item(author).as_string())


def _title(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").title()


def _document(file: Path) -> tomlkit.TOMLDocument:
    """The description, to be changed without losing its comments. Raises PackError where it is broken."""
    read_toml(file)
    return tomlkit.parse(file.read_text(encoding="utf-8-sig"))


def _content(picture: str) -> tuple[bytes | None, str]:
    """What is to be copied (None for an emoji character), and the name it should have in the pack."""
    if is_emoji(picture) and not Path(picture).exists():
        return None, picture
    file = Path(picture).resolve()
    if not file.is_file():
        raise PackError(
            f"there is no file {picture}", hint="Check the path; an emoji character will do, too."
        )
    try:
        read_art(file.name, file.parent)
        content = file.read_bytes()
    except PackError as error:
        raise PackError(f"{picture}: {error}", hint=error.hint) from error
    stem = re.sub(r"[^a-z0-9_-]+", "-", file.stem.lower()).strip("-") or "picture"
    return content, stem[:40] + file.suffix.lower()


def _free_name(folder: Path, name: str, content: bytes) -> str:
    stem, suffix = Path(name).stem, Path(name).suffix
    number = 1
    while (folder / name).exists() and (folder / name).read_bytes() != content:
        number += 1
        name = f"{stem}-{number}{suffix}"
    return name


def _described(file: Path, addition: Addition, name: str) -> str:
    """The description with the picture in it; comments and order of the rest stay.

    Raises PackError where the description is broken.
    """
    document = _document(file)
    expressions = document.setdefault("expressions", tomlkit.table())
    if not isinstance(expressions, dict):
        raise PackError(
            f"{file.name}: expressions must be a table", hint="Write [expressions] on a line of its own."
        )
    for label in addition.labels:
        before = expressions.get(label.value)
        item = _item(name, addition.placing)
        if before is None or addition.replace:
            expressions[label.value] = item
        else:
            items = tomlkit.array()
            for each in [*(before if isinstance(before, list) else [before]), item]:
                items.append(each)
            expressions[label.value] = items
    return tomlkit.dumps(document)


def _item(name: str, placing: Placing) -> Any:
    changed = {key: value for key, value in placing._asdict().items() if value != getattr(Placing(), key)}
    if not changed:
        return tomlkit.string(name)
    table = tomlkit.inline_table()
    table["picture"] = name
    for key, value in changed.items():
        table[key] = list(value) if isinstance(value, tuple) else value
    return table
