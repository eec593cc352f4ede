"""The sink's own decisions, with scripted nodes in place of a daemon."""

import socket
import sys

import numpy as np
import pytest

from vcam.errors import SinkError
from vcam.publish import pipewire
from vcam.publish.pipewire import PipeWireCamera
from vcam.publish.pipewire_abi import StreamState
from vcam.types import Frame, Size

SIZE = Size(64, 48)


class Node:
    def __init__(self, state=StreamState.PAUSED, reason=""):
        self.state = state
        self.reason = reason
        self.pictures = 0
        self.closed = False

    @property
    def lost(self):
        return self.state in (StreamState.ERROR, StreamState.UNCONNECTED)

    def put(self, pixels):
        self.pictures += 1
        return True

    def close(self):
        self.closed = True


class Daemon:
    """Hands out the scripted nodes in order; an exception in the list is raised instead."""

    def __init__(self, *nodes):
        self.nodes = list(nodes)
        self.now_s = 100.0

    def connect(self, label, size, rate_hz, changed):
        node = self.nodes.pop(0)
        if isinstance(node, Exception):
            raise node
        return node

    def clock(self):
        self.now_s += 0.01
        return self.now_s

    def camera(self):
        return PipeWireCamera(SIZE, 30.0, "vcam", connect=self.connect, clock=self.clock)


def _frame(size=SIZE):
    return Frame(0, 0, np.zeros((size.height, size.width, 3), np.uint8))


def test_a_camera_says_what_it_is_and_whether_it_is_watched():
    node = Node()
    camera = Daemon(node).camera()
    assert (camera.label, camera.size, camera.rate_hz, camera.watched()) == ("vcam", SIZE, 30.0, None)
    camera.open()
    assert camera.watched() is False
    node.state = StreamState.STREAMING
    assert camera.watched() is True
    camera.close()
    camera.close()
    assert camera.watched() is None
    assert node.closed


def test_frames_reach_the_node():
    node = Node(StreamState.STREAMING)
    camera = Daemon(node).camera()
    camera.open()
    camera.send(_frame())
    assert node.pictures == 1


def test_opening_twice_keeps_the_node():
    camera = Daemon(Node()).camera()
    camera.open()
    camera.open()


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (Node(StreamState.ERROR, "no permission"), "no permission"),
        (Node(StreamState.CONNECTING), "still connecting"),
    ],
)
def test_a_node_that_does_not_come_up_is_explained_and_closed(node, message):
    with pytest.raises(SinkError, match=message) as caught:
        Daemon(node).camera().open()
    assert node.closed
    assert "systemctl" in caught.value.hint


def test_a_lost_daemon_is_tried_again_once_a_second_and_never_raises():
    away = SinkError("away", hint="wait")
    first, second = Node(StreamState.STREAMING), Node()
    daemon = Daemon(first, away, second)
    camera = daemon.camera()
    camera.open()
    first.state = StreamState.UNCONNECTED
    camera.send(_frame())
    assert first.closed
    assert daemon.nodes == [second]
    for _ in range(20):
        camera.send(_frame())
    assert daemon.nodes == [second]
    assert camera.watched() is False
    daemon.now_s += 1.0
    camera.send(_frame())
    assert daemon.nodes == []
    camera.send(_frame())
    assert second.pictures == 1


def test_a_frame_of_another_size_is_a_mistake():
    camera = Daemon(Node()).camera()
    camera.open()
    with pytest.raises(ValueError, match="64x48"):
        camera.send(_frame(Size(48, 64)))


def test_a_closed_camera_takes_no_frames():
    with pytest.raises(SinkError, match="not open"):
        Daemon().camera().send(_frame())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="PipeWire is a service of Linux")
def test_available_asks_for_library_and_daemon(monkeypatch, tmp_path):
    monkeypatch.setattr(pipewire, "library", lambda: None)
    monkeypatch.delenv("PIPEWIRE_REMOTE", raising=False)
    monkeypatch.setenv("PIPEWIRE_RUNTIME_DIR", str(tmp_path))
    assert not pipewire.available()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as daemon:
        daemon.bind(str(tmp_path / "pipewire-0"))
        daemon.listen()
        assert pipewire.available()
        monkeypatch.setattr(pipewire, "library", lambda: (_ for _ in ()).throw(OSError("missing")))
        assert not pipewire.available()
