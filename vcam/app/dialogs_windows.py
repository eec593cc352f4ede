"""Windows' own message box and file dialog, through ctypes. See `dialogs.Dialogs`."""

import ctypes
import sys
from collections.abc import Sequence
from ctypes import wintypes
from pathlib import Path
from typing import Any

_ICON_WARNING, _ICON_INFORMATION, _YES_NO, _SECOND_BUTTON = 0x30, 0x40, 0x4, 0x100
_FOREGROUND, _TOPMOST, _ANSWER_YES = 0x10000, 0x40000, 6
"""MB_* and IDYES of winuser.h."""
_FILE_MUST_EXIST, _PATH_MUST_EXIST, _NO_CHANGE_DIRECTORY, _EXPLORER = 0x1000, 0x800, 0x8, 0x80000
"""OFN_* of commdlg.h."""
_PATH_CHARACTERS = 32768


class OpenFileName(ctypes.Structure):
    """OPENFILENAMEW of commdlg.h, in types of one size on every system so that it can be tested anywhere."""

    _fields_ = (
        ("struct_size", ctypes.c_uint32),
        ("owner", wintypes.HWND),
        ("instance", wintypes.HINSTANCE),
        ("filter", wintypes.LPCWSTR),
        ("custom_filter", wintypes.LPWSTR),
        ("max_custom_filter", ctypes.c_uint32),
        ("filter_index", ctypes.c_uint32),
        ("file", wintypes.LPWSTR),
        ("max_file", ctypes.c_uint32),
        ("file_title", wintypes.LPWSTR),
        ("max_file_title", ctypes.c_uint32),
        ("initial_directory", wintypes.LPCWSTR),
        ("title", wintypes.LPCWSTR),
        ("flags", ctypes.c_uint32),
        ("file_offset", ctypes.c_uint16),
        ("file_extension", ctypes.c_uint16),
        ("default_extension", wintypes.LPCWSTR),
        ("custom_data", ctypes.c_ssize_t),
        ("hook", ctypes.c_void_p),
        ("template_name", wintypes.LPCWSTR),
        ("reserved_pointer", ctypes.c_void_p),
        ("reserved", ctypes.c_uint32),
        ("flags_extended", ctypes.c_uint32),
    )


class WindowsDialogs:
    """The dialogs of user32 and comdlg32."""

    def confirm(self, question: str, detail: str) -> bool:
        """Yes and No; No is the default."""
        flags = _YES_NO | _ICON_WARNING | _SECOND_BUTTON
        return _message_box(f"{question}\n\n{detail}", "vcam", flags) == _ANSWER_YES

    def choose_file(self, title: str, endings: Sequence[str]) -> Path | None:
        """The Explorer's dialog."""
        buffer = ctypes.create_unicode_buffer(_PATH_CHARACTERS)
        request = file_request(title, endings, buffer)
        return Path(buffer.value) if _library("comdlg32").GetOpenFileNameW(ctypes.byref(request)) else None

    def tell(self, title: str, text: str) -> None:
        """A message box."""
        _message_box(text, title, _ICON_INFORMATION)

    def cancel(self) -> None:
        """Windows' dialogs cannot be closed from outside; they go with the process."""


def file_request(title: str, endings: Sequence[str], buffer: Any) -> OpenFileName:
    """The request for a file dialog that writes the chosen path into `buffer`."""
    patterns = ";".join(f"*.{ending}" for ending in endings)
    request = OpenFileName()
    request.struct_size = ctypes.sizeof(OpenFileName)
    pairs = ctypes.create_unicode_buffer(f"Pictures\0{patterns}\0All files\0*.*\0")  # ctypes adds the last 0
    request.filter = ctypes.cast(pairs, wintypes.LPCWSTR)
    request.file = ctypes.cast(buffer, wintypes.LPWSTR)
    request.max_file = _PATH_CHARACTERS
    request.title = title
    request.flags = _FILE_MUST_EXIST | _PATH_MUST_EXIST | _NO_CHANGE_DIRECTORY | _EXPLORER
    return request


def _message_box(text: str, title: str, flags: int) -> int:
    return int(_library("user32").MessageBoxW(None, text, title, flags | _FOREGROUND | _TOPMOST))


def _library(name: str) -> Any:
    if sys.platform != "win32":
        raise OSError(f"{name} is a library of Windows")
    return getattr(ctypes.windll, name)
