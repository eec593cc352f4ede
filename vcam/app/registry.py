"""Values below HKEY_CURRENT_USER, for start at login on Windows."""

import contextlib
import sys


class UserRegistry:
    """See `autostart.Registry`. Raises OSError where there is no registry."""

    def __init__(self) -> None:
        if sys.platform != "win32":
            raise OSError("there is no registry on this system")

    def read(self, path: str, name: str) -> object:
        """A value; None where there is none."""
        if sys.platform == "win32":
            import winreg

            with contextlib.suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
                return winreg.QueryValueEx(key, name)[0]
        return None

    def write(self, path: str, name: str, value: str) -> None:
        """Set a text value, with its key where that is missing."""
        if sys.platform == "win32":
            import winreg

            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, path) as key:
                winreg.SetValueEx(key, name, 0, winreg.REG_SZ, value)

    def remove(self, path: str, name: str) -> None:
        """Remove a value; nothing happens where there is none."""
        if sys.platform == "win32":
            import winreg

            access = winreg.KEY_SET_VALUE
            with (
                contextlib.suppress(FileNotFoundError),
                winreg.OpenKey(winreg.HKEY_CURRENT_USER, path, 0, access) as key,
            ):
                winreg.DeleteValue(key, name)
