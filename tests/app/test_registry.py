import sys
import types

import pytest

from vcam.app.registry import UserRegistry


class _Winreg(types.SimpleNamespace):
    """The few functions of Python's winreg that are used, on a dictionary."""

    HKEY_CURRENT_USER, KEY_SET_VALUE, REG_SZ = 1, 2, 1

    def __init__(self) -> None:
        super().__init__(values={})

    class _Key(str):
        __slots__ = ()

        def __enter__(self) -> "_Winreg._Key":
            return self

        def __exit__(self, *_: object) -> None:
            pass

    def OpenKey(self, root: int, path: str, *_: int) -> "_Winreg._Key":  # noqa: N802
        if not any(key == path for key, _ in self.values):
            raise FileNotFoundError(path)
        return self._Key(path)

    def CreateKey(self, root: int, path: str) -> "_Winreg._Key":  # noqa: N802
        return self._Key(path)

    def QueryValueEx(self, key: str, name: str) -> tuple[object, int]:  # noqa: N802
        if (key, name) not in self.values:
            raise FileNotFoundError(name)
        return self.values[key, name], self.REG_SZ

    def SetValueEx(self, key: str, name: str, _: int, kind: int, value: object) -> None:  # noqa: N802
        self.values[str(key), name] = value

    def DeleteValue(self, key: str, name: str) -> None:  # noqa: N802
        if (key, name) not in self.values:
            raise FileNotFoundError(name)
        del self.values[str(key), name]


def test_values_come_and_go(monkeypatch: pytest.MonkeyPatch) -> None:
    winreg = _Winreg()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "winreg", winreg)  # type: ignore[arg-type]
    registry = UserRegistry()
    registry.remove("Run", "vcam")
    assert registry.read("Run", "vcam") is None
    registry.write("Run", "vcam", "command")
    registry.write("Run", "other", "theirs")
    assert registry.read("Run", "vcam") == "command"
    registry.remove("Run", "vcam")
    registry.remove("Run", "vcam")
    assert winreg.values == {("Run", "other"): "theirs"}


@pytest.mark.skipif(sys.platform == "win32", reason="there is one")
def test_no_registry_elsewhere() -> None:
    with pytest.raises(OSError, match="registry"):
        UserRegistry()
