"""GTK's windows themselves are clicked in tests/desktop; here is what happens around them."""

import concurrent.futures
import sys
import types
from collections.abc import Callable
from typing import Any

import pytest

from vcam.app import dialogs_gtk
from vcam.app.dialogs_gtk import GtkDialogs


class _Dialog:
    """A window that is answered as soon as it is shown."""

    def __init__(self, response: int) -> None:
        self._response, self.destroyed = response, False

    def connect(self, signal: str, handler: Callable[[Any, int], None]) -> None:
        assert signal == "response"
        self._handler = handler

    def present(self) -> None:
        self._handler(self, self._response)

    def destroy(self) -> None:
        self.destroyed = True

    def set_icon(self, icon: object) -> None: ...

    def set_keep_above(self, above: bool) -> None: ...

    def show_all(self) -> None: ...


@pytest.fixture(autouse=True)
def loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """GLib's main loop, which does at once what it is asked for."""
    repository = types.SimpleNamespace(GLib=types.SimpleNamespace(idle_add=lambda work: work()))
    monkeypatch.setitem(sys.modules, "gi", types.SimpleNamespace(repository=repository))
    monkeypatch.setattr(dialogs_gtk, "_icon", lambda: None)
    monkeypatch.setitem(sys.modules, "gi.repository", repository)  # type: ignore[arg-type]


def test_the_answer_comes_back_and_the_window_goes() -> None:
    dialog = _Dialog(7)
    assert GtkDialogs()._ask(lambda: dialog, lambda _, response: response * 2) == 14
    assert dialog.destroyed


def test_a_window_that_cannot_be_made_is_an_error_for_the_asker() -> None:
    def broken() -> None:
        raise RuntimeError("no screen")

    with pytest.raises(RuntimeError, match="no screen"):
        GtkDialogs()._ask(broken, lambda _, response: response)


def test_a_question_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    dialogs = GtkDialogs()
    dialogs.cancel()
    loop = sys.modules["gi.repository"].GLib
    monkeypatch.setattr(loop, "idle_add", lambda work: dialogs.cancel())
    with pytest.raises(concurrent.futures.CancelledError):
        dialogs._ask(lambda: _Dialog(7), lambda _, response: response)
