import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from vcam.capture import permission
from vcam.capture.permission import wait_for_permission
from vcam.errors import CameraError


class Mac:
    """AVFoundation as far as it is used: the `status`, and the `reply` to the question."""

    AVMediaTypeVideo = "vide"

    def __init__(self, status: int) -> None:
        self.status = status
        self.asked = 0
        self.reply: Callable[[bool], None] = lambda granted: None
        self.AVCaptureDevice = SimpleNamespace(
            authorizationStatusForMediaType_=lambda media: self.status,
            requestAccessForMediaType_completionHandler_=self.request,
        )

    def request(self, media: str, reply: Callable[[bool], None]) -> None:
        self.asked += 1
        self.reply = reply


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Mac]:
    def make(status: int) -> Mac:
        made = Mac(status)
        monkeypatch.setitem(sys.modules, "AVFoundation", made)
        return made

    monkeypatch.setattr("platform.system", lambda: "Darwin")
    monkeypatch.setattr(permission, "LOOK_UP_S", 0.001)
    return make


def test_other_systems_do_not_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    assert list(wait_for_permission()) == []


def test_an_answer_given_before_is_not_asked_for_again(mac: Callable[[int], Mac]) -> None:
    allowed = mac(3)
    assert list(wait_for_permission()) == []
    assert allowed.asked == 0


def test_while_the_user_thinks_none_is_yielded(mac: Callable[[int], Mac]) -> None:
    thinking = mac(0)
    waiting = wait_for_permission()
    assert [next(waiting), next(waiting)] == [None, None]
    thinking.status = 3
    thinking.reply(True)
    assert list(waiting) == []
    assert thinking.asked == 1


@pytest.mark.parametrize("status", [1, 2])
def test_no_means_an_error_with_the_way_to_yes(mac: Callable[[int], Mac], status: int) -> None:
    mac(status)
    with pytest.raises(CameraError) as caught:
        list(wait_for_permission())
    assert "System Settings" in caught.value.hint


def test_a_no_to_the_question(mac: Callable[[int], Mac]) -> None:
    asked = mac(0)
    waiting = wait_for_permission()
    next(waiting)
    asked.status = 2
    asked.reply(False)
    with pytest.raises(CameraError):
        list(waiting)
