"""`vcam packs`: the emoji packs there are, and making, checking, sharing and showing them."""

import argparse
from pathlib import Path
from typing import Any

from vcam import assets
from vcam.animate.art.art import ANCHORS, Placing
from vcam.animate.art.trial import try_drawing
from vcam.animate.library import Library
from vcam.animate.pack import FILE_NAME, Pack, load_pack
from vcam.app import build
from vcam.errors import PackError
from vcam.types import Label

_ALL = "all"


def add_commands(subparsers: Any) -> None:
    """Add the parser of `vcam packs` and those of its actions."""
    packs = subparsers.add_parser("packs", help="list, make, check, share and show emoji packs")
    actions = packs.add_subparsers(dest="action", metavar="ACTION")
    packs.set_defaults(handler=_list)
    actions.add_parser("list", help="list all packs").set_defaults(handler=_list)

    check = actions.add_parser("check", help="check packs; all of them where none is named")
    check.add_argument("packs", nargs="*", metavar="PACK", help="a pack's name, or a folder with a pack.toml")
    check.set_defaults(handler=_check)

    new = actions.add_parser("new", help="make a pack of your own")
    new.add_argument("name", metavar="NAME")
    new.add_argument("--from", dest="like", metavar="PACK", help="start with a copy of this pack")
    new.add_argument("--author", default="", help="your name, for the pack's description")
    new.set_defaults(handler=_new)

    add = actions.add_parser("add", help="add a picture or an emoji to a pack of your own")
    add.add_argument(
        "picture", metavar="FILE", help="PNG, WebP, GIF, APNG, JPEG, SVG, Lottie JSON, or an emoji"
    )
    add.add_argument(
        "--for",
        dest="labels",
        nargs="+",
        required=True,
        choices=[*(label.value for label in Label), _ALL],
        metavar="EXPRESSION",
        help=f"one or more of {', '.join(Label)}, or {_ALL}",
    )
    add.add_argument("--pack", required=True, help="the pack's name; it is made where there is none")
    add.add_argument(
        "--anchor",
        type=_anchor,
        default=Placing().anchor,
        metavar="X,Y|NAME",
        help=f"point of the picture put on the face's middle, in fractions, or {', '.join(ANCHORS)}",
    )
    add.add_argument("--scale", type=float, default=1.0, help="1 just covers the face")
    add.add_argument("--offset", type=_pair, default=(0.0, 0.0), metavar="X,Y", help="in heights of the face")
    add.add_argument("--upright", action="store_true", help="do not roll with the head")
    add.add_argument("--replace", action="store_true", help="instead of the pictures there, not beside them")
    add.set_defaults(handler=_add)

    take = actions.add_parser("import", help="take in a pack from a .zip file")
    take.add_argument("file", type=Path, metavar="FILE.zip")
    take.add_argument("--name", default="", help="another name for it")
    take.add_argument("--replace", action="store_true", help="instead of a pack of yours of that name")
    take.set_defaults(handler=_import)

    give = actions.add_parser("export", help="write a pack to a .zip file")
    give.add_argument("name", metavar="PACK")
    give.add_argument("file", nargs="?", type=Path, metavar="FILE.zip")
    give.set_defaults(handler=_export)

    show = actions.add_parser("show", help="write all of a pack's pictures into one PNG")
    show.add_argument("name", metavar="PACK")
    show.add_argument("file", nargs="?", type=Path, metavar="FILE.png")
    show.add_argument("--tile", type=int, default=160, choices=range(32, 513), metavar="PX", help="32 to 512")
    show.set_defaults(handler=_show)


def _pair(text: str) -> tuple[float, float]:
    x, _, y = text.partition(",")
    return float(x), float(y)


def _anchor(text: str) -> tuple[float, float]:
    return ANCHORS[text] if text in ANCHORS else _pair(text)


def _list(_arguments: argparse.Namespace) -> int:
    library = build.library()
    names = library.names()
    width = max(map(len, names), default=0)
    for name in names:
        where = "comes with vcam" if library.is_shipped(name) else str(library.folder(name))
        try:
            print(f"{name:<{width}}  {_about(library.get(name))}, {where}")
        except PackError as error:
            print(f"{name:<{width}}  not usable: {error}. {error.hint}")
    print(f"Your own packs live in {assets.user_packs()}")
    return 0


def _about(pack: Pack) -> str:
    if pack.is_puppet:
        what = "drawn live"
    else:
        count = sum(map(len, pack.arts.values()))
        what = f"{len(pack.arts)} of {len(Label)} expressions, {count} picture{'s' * (count != 1)}"
    return ", ".join(filter(None, (pack.title, what, pack.licence)))


def _check(arguments: argparse.Namespace) -> int:
    library = build.library()
    broken = 0
    for name in arguments.packs or library.names():
        try:
            pack = _read(name, library)
        except PackError as error:
            broken += 1
            print(f"{name}: {error}\n  {error.hint}")
        else:
            print(f"{name}: right ({_about(pack)})")
    return 1 if broken else 0


def _read(name: str, library: Library) -> Pack:
    folder = Path(name)
    if (folder / FILE_NAME).is_file():
        return load_pack(folder.resolve(), trial=try_drawing)
    return library.get(name)


def _new(arguments: argparse.Namespace) -> int:
    from vcam.animate.pack_edit import create

    like = build.library().folder(arguments.like) if arguments.like else None
    folder = _own(arguments.name)
    create(folder, author=arguments.author, like=like)
    print(f"{folder / FILE_NAME} is there.")
    print(f"Fill it: vcam packs add FILE --for happiness --pack {arguments.name}")
    return 0


def _add(arguments: argparse.Namespace) -> int:
    from vcam.animate.pack_edit import Addition, add

    labels = list(Label) if _ALL in arguments.labels else [Label(name) for name in arguments.labels]
    placing = Placing(arguments.anchor, arguments.scale, arguments.offset, not arguments.upright)
    addition = Addition(arguments.picture, labels, placing, arguments.replace)
    pack = add(addition, _own(arguments.pack), trial=try_drawing)
    shown = "every expression" if len(labels) == len(Label) else ", ".join(labels)
    print(f"{arguments.picture} is in {pack.name} for {shown}. Use it: vcam run --pack {pack.name}")
    return 0


def _import(arguments: argparse.Namespace) -> int:
    from vcam.animate.pack_archive import import_pack

    pack = import_pack(
        arguments.file,
        assets.user_packs(),
        trial=try_drawing,
        name=arguments.name,
        replace=arguments.replace,
        reserved=_is_shipped,
    )
    print(f"{pack.name} is there: {_about(pack)}. Use it: vcam run --pack {pack.name}")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from vcam.animate.pack_archive import export_pack

    library = build.library()
    library.get(arguments.name)
    target = arguments.file or Path(f"{arguments.name}.zip")
    count = export_pack(library.folder(arguments.name), target)
    print(f"{target} is there, with {count} files.")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from vcam.animate.contact_sheet import contact_sheet

    pack = build.library().get(arguments.name)
    target = arguments.file or Path(f"{arguments.name}.png")
    try:
        contact_sheet(pack, arguments.tile).save(target, format="PNG", optimize=True)
    except OSError as error:
        raise PackError(
            f"{target} cannot be written: {error.strerror or error}", hint="Choose a folder you may write to."
        ) from error
    print(f"{target} is there.")
    return 0


def _own(name: str) -> Path:
    """The folder of a pack of the user's own. Raises PackError for the name of one that comes with vcam."""
    if _is_shipped(name):
        raise PackError(
            f"{name} comes with vcam and stays as it is",
            hint=f"Make a copy of your own first: vcam packs new my-{name} --from {name}",
        )
    return assets.user_packs() / name


def _is_shipped(name: str) -> bool:
    return (assets.shipped_packs() / name / FILE_NAME).is_file()
