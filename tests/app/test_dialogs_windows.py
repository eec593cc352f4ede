import ctypes
import types
from pathlib import Path
from typing import Any

import pytest

from vcam.app import dialogs_windows
from vcam.app.dialogs_windows import OpenFileName, WindowsDialogs, file_request


def test_the_structure_has_the_size_that_64_bit_windows_expects() -> None:
    if ctypes.sizeof(ctypes.c_void_p) != 8:
        pytest.skip("sizes are those of a 64-bit system")
    assert ctypes.sizeof(OpenFileName) == 152


def test_a_request_lists_the_endings_and_takes_the_path() -> None:
    buffer = ctypes.create_unicode_buffer(100)
    request = file_request("A picture", ["png", "gif"], buffer)
    pointer = ctypes.cast(
        ctypes.addressof(request) + OpenFileName.filter.offset, ctypes.POINTER(ctypes.c_void_p)
    )
    expected = "Pictures\0*.png;*.gif\0All files\0*.*\0\0"
    assert ctypes.wstring_at(pointer[0] or 0, len(expected)) == expected
    buffer.value = "C:\\cat.png"
    assert request.file == "C:\\cat.png"
    assert request.title == "A picture"


class _Comdlg:
    def __init__(self, path: str) -> None:
        self._path = path

    def GetOpenFileNameW(self, reference: Any) -> int:  # noqa: N802  Windows' name
        request = reference._obj
        target = ctypes.cast(
            ctypes.addressof(request) + OpenFileName.file.offset, ctypes.POINTER(ctypes.c_void_p)
        )[0]
        ctypes.memmove(target, ctypes.create_unicode_buffer(self._path), (len(self._path) + 1) * 4)
        return int(bool(self._path))


@pytest.mark.parametrize(("path", "chosen"), [("cat.png", Path("cat.png")), ("", None)])
def test_choosing_a_file(monkeypatch: pytest.MonkeyPatch, path: str, chosen: Path | None) -> None:
    if ctypes.sizeof(ctypes.c_wchar) != 4:
        pytest.skip("the stand-in writes 32-bit characters")
    monkeypatch.setattr(dialogs_windows, "_library", lambda name: _Comdlg(path))
    assert WindowsDialogs().choose_file("x", ["png"]) == chosen


@pytest.mark.parametrize(("button", "agreed"), [(6, True), (7, False), (2, False)])
def test_only_yes_is_yes(monkeypatch: pytest.MonkeyPatch, button: int, agreed: bool) -> None:
    shown: list[tuple[object, ...]] = []

    def message_box(*arguments: object) -> int:
        shown.append(arguments)
        return button

    monkeypatch.setattr(
        dialogs_windows, "_library", lambda name: types.SimpleNamespace(MessageBoxW=message_box)
    )
    assert WindowsDialogs().confirm("Show more?", "x") is agreed
    assert shown[0][3] & 0x104 == 0x104  # type: ignore[operator]  yes and no, no is the default
