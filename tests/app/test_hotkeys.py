import pytest

from vcam.app import desktop, hotkeys
from vcam.app.hotkeys import KEYS, Combination, parse
from vcam.config import Settings
from vcam.errors import ConfigError, VcamError


@pytest.mark.parametrize(
    ("text", "combination"),
    [
        ("ctrl+alt+s", Combination(frozenset({"ctrl", "alt"}), "s")),
        ("Alt + CTRL + S", Combination(frozenset({"ctrl", "alt"}), "s")),
        ("super+f12", Combination(frozenset({"super"}), "f12")),
        ("shift+f5", Combination(frozenset({"shift"}), "f5")),
        ("ctrl+0", Combination(frozenset({"ctrl"}), "0")),
    ],
)
def test_combinations(text: str, combination: Combination) -> None:
    assert parse(text) == combination
    assert parse(str(combination)) == combination


@pytest.mark.parametrize(
    "text", ["", "s", "ctrl", "ctrl+", "hyper+s", "ctrl+esc", "ctrl+f13", "+s", "shift+s"]
)
def test_what_is_no_combination(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert caught.value.hint


def test_the_settings_name_three() -> None:
    told: list[tuple[str, str]] = []
    bindings = hotkeys.from_settings(Settings(), lambda command, value: told.append((command, value)))
    for work in bindings.values():
        work()
    assert told == [("standby", "toggle"), ("pack", "next"), ("mode", "more")]
    assert len(hotkeys.from_settings(Settings(hotkey_pack=""), told.append)) == 2  # type: ignore[arg-type]


def test_the_defaults_are_combinations_and_off() -> None:
    assert not Settings().hotkeys
    assert str(parse(Settings().hotkey_standby)) == Settings().hotkey_standby


@pytest.mark.parametrize(("session", "word"), [("wayland", "vcam ctl standby toggle"), ("", "vcam ctl")])
def test_where_they_are_forbidden_the_hint_says_what_to_bind(
    monkeypatch: pytest.MonkeyPatch, session: str, word: str
) -> None:
    monkeypatch.setattr(hotkeys.sys, "platform", "linux")
    monkeypatch.setattr(desktop, "session", lambda: session)
    with pytest.raises(VcamError) as caught:
        hotkeys.for_this_system({})
    assert word in caught.value.hint


@pytest.mark.parametrize(
    ("system", "kind"), [("win32", "WindowsHotkeys"), ("darwin", "MacHotkeys"), ("linux", "X11Hotkeys")]
)
def test_each_system_has_its_own(monkeypatch: pytest.MonkeyPatch, system: str, kind: str) -> None:
    monkeypatch.setattr(hotkeys.sys, "platform", system)
    monkeypatch.setattr(desktop, "session", lambda: "x11")
    assert type(hotkeys.for_this_system({})).__name__ == kind


def test_every_key_is_known_on_every_system() -> None:
    names = pytest.importorskip("Xlib.XK")

    from vcam.app import hotkeys_macos, hotkeys_windows

    for key in KEYS:
        combination = Combination(frozenset({"ctrl"}), key)
        assert hotkeys_windows.virtual_key(combination)
        assert hotkeys_macos.key_code(combination) >= 0
        assert names.string_to_keysym(key.upper() if len(key) > 1 else key)
