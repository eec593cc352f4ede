"""Discovery, choice and repair on recorded states of the module's versions."""

import errno
import logging
import sys

import pytest

from vcam.errors import SinkError
from vcam.publish import v4l2
from vcam.publish.v4l2 import Condition, Loopback
from vcam.publish.v4l2_abi import Capability
from vcam.types import Size

OLD, NEW = (), (0, 15, 4)


def _device(condition, path="/dev/video10", label="vcam", version=NEW):
    return Loopback(path, label, version, condition)


@pytest.mark.parametrize(
    ("output", "capture", "condition"),
    [
        (True, False, Condition.READY),
        (True, True, Condition.BOTH_ROLES),
        (False, True, Condition.WRITTEN),
        (False, False, Condition.LOST_OUTPUT),
    ],
)
def test_condition_from_capabilities(output, capture, condition):
    assert v4l2.condition_of(Capability("v4l2 loopback", "vcam", output, capture)) is condition


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A sysfs with a webcam, a loopback that works, one that is not permitted, and one that has gone."""
    for name in ("video0", "video2", "video10", "video11"):
        folder = tmp_path / "class/video4linux" / name
        folder.mkdir(parents=True)
        if name != "video0":
            (folder / "max_openers").write_text("10\n")
    opened = []

    def open_(path, flags):
        opened.append(path)
        if path.endswith("video10"):
            raise PermissionError(errno.EACCES, "Permission denied")
        if path.endswith("video11"):
            raise FileNotFoundError(errno.ENOENT, "No such file")
        return 7

    monkeypatch.setattr(v4l2.os, "open", open_)
    monkeypatch.setattr(v4l2.os, "close", lambda fd: None)
    monkeypatch.setattr(
        v4l2.v4l2_abi, "query_capability", lambda fd: Capability("v4l2 loopback", "OBS", True, False)
    )
    return tmp_path, opened


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="opens devices with Linux's flags")
def test_discovery_opens_loopbacks_only_and_survives_those_it_cannot_open(system):
    sysfs, opened = system
    found = v4l2.discover(sysfs)
    assert [(device.path, device.label, device.condition) for device in found] == [
        ("/dev/video2", "OBS", Condition.READY),
        ("/dev/video10", "", Condition.NO_ACCESS),
        ("/dev/video11", "", Condition.GONE),
    ]
    assert opened == [device.path for device in found]
    assert not found[0].keeps_output


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="opens devices with Linux's flags")
@pytest.mark.parametrize(("text", "keeps"), [("0.13.2\n", True), ("0.12.7", False), ("0.15.4-dev", True)])
def test_the_module_version_says_whether_the_fault_is_there(system, text, keeps):
    sysfs, _ = system
    (sysfs / "module/v4l2loopback").mkdir(parents=True)
    (sysfs / "module/v4l2loopback/version").write_text(text)
    assert v4l2.discover(sysfs)[0].keeps_output is keeps


def test_no_module_no_devices(tmp_path):
    assert v4l2.discover(tmp_path) == []
    with pytest.raises(SinkError) as caught:
        v4l2.choose([])
    assert "modprobe v4l2loopback exclusive_caps=1" in caught.value.hint


DEVICES = [
    _device(Condition.WRITTEN, "/dev/video2", "OBS Virtual Camera"),
    _device(Condition.BOTH_ROLES, "/dev/video3", "Dummy video device (0x0000)"),
    _device(Condition.READY, "/dev/video4", "Other"),
    _device(Condition.LOST_OUTPUT, "/dev/video10", "vcam"),
]


@pytest.mark.parametrize(
    ("devices", "wanted", "path"),
    [
        (DEVICES, "", "/dev/video10"),
        (DEVICES[:3], "", "/dev/video4"),
        (DEVICES[:2], "", "/dev/video3"),
        (DEVICES[:1], "", "/dev/video2"),
        (DEVICES, "/dev/video3", "/dev/video3"),
        (DEVICES, "obs", "/dev/video2"),
    ],
)
def test_the_wanted_device_else_our_own_else_the_best(devices, wanted, path):
    assert v4l2.choose(devices, wanted).path == path


def test_a_device_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(SinkError, match="Zoom") as caught:
        v4l2.choose(DEVICES, "Zoom")
    assert "/dev/video2 (OBS Virtual Camera)" in caught.value.hint


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition.READY, True),
        (Condition.LOST_OUTPUT, True),
        (Condition.WRITTEN, False),
        (Condition.GONE, False),
    ],
)
def test_usable(condition, expected):
    assert v4l2.usable([_device(condition)]) is expected


@pytest.fixture
def module(monkeypatch):
    """A module of 0.12 with one device: `written` while a writer lives, `stuck` after one has closed."""

    class Module:
        state = Condition.READY
        live_writer = False
        streamed = 0
        holders = ()

        def stream_on(self, fd):
            self.streamed += 1
            raise OSError(errno.EINVAL, "no format yet")

        def close(self, fd):
            self.state = Condition.BOTH_ROLES if self.state is Condition.WRITTEN else Condition.READY

        def wait(self, seconds):
            if self.live_writer:
                self.state = Condition.WRITTEN

        def look(self, path, version):
            return _device(self.state, path, version=version)

    fake = Module()
    monkeypatch.setattr(v4l2.os, "open", lambda path, flags: 7)
    monkeypatch.setattr(v4l2.os, "O_CLOEXEC", 0, raising=False)
    monkeypatch.setattr(v4l2.os, "close", fake.close)
    monkeypatch.setattr(v4l2.v4l2_abi, "stream_on", fake.stream_on)
    monkeypatch.setattr(v4l2, "_look", fake.look)
    monkeypatch.setattr(v4l2, "readers_and_writers", lambda path: fake.holders)
    return fake


def _prepared(module, state, version=OLD):
    module.state = state
    return v4l2.prepare(_device(state, version=version), wait=module.wait)


def test_a_lost_output_is_repaired(module):
    assert _prepared(module, Condition.LOST_OUTPUT).condition is Condition.READY
    assert module.streamed == 1


def test_a_dead_writer_behind_a_reader_is_repaired_without_a_false_warning(module, caplog):
    module.holders = [(42, "zoom")]
    with caplog.at_level(logging.WARNING):
        assert _prepared(module, Condition.WRITTEN).condition is Condition.BOTH_ROLES
    assert not caplog.records


def test_a_live_writer_keeps_its_device(module):
    module.live_writer = True
    module.holders = [(42, "obs")]
    with pytest.raises(SinkError, match=r"writer already: obs \(42\)"):
        _prepared(module, Condition.WRITTEN)


def test_a_newer_module_is_believed_at_once(module):
    with pytest.raises(SinkError, match="writer already"):
        _prepared(module, Condition.WRITTEN, NEW)
    with pytest.raises(SinkError) as caught:
        _prepared(module, Condition.LOST_OUTPUT, NEW)
    assert "modprobe -r" in caught.value.hint
    assert module.streamed == 0


@pytest.mark.parametrize(
    ("condition", "hint"), [(Condition.NO_ACCESS, "usermod"), (Condition.GONE, "modprobe")]
)
def test_what_cannot_be_repaired_is_explained(module, condition, hint):
    with pytest.raises(SinkError) as caught:
        _prepared(module, condition)
    assert hint in caught.value.hint


@pytest.mark.parametrize("version", [OLD, NEW])
def test_a_device_that_browsers_hide_is_warned_about(module, caplog, version):
    assert _prepared(module, Condition.BOTH_ROLES, version).condition is Condition.BOTH_ROLES
    assert "exclusive_caps=1" in caplog.text


def test_another_label_is_told(module, caplog):
    with caplog.at_level(logging.INFO):
        v4l2.prepare(_device(Condition.READY, label="Dummy video device (0x0000)"))
    assert "Dummy video device" in caplog.text


def test_who_has_a_device_open(tmp_path):
    for pid, name, target in ((1, "init", "/dev/null"), (77, "firefox", "/dev/video10"), (78, "gone", None)):
        folder = tmp_path / str(pid)
        folder.mkdir()
        (folder / "comm").write_text(f"{name}\n")
        if target:
            (folder / "fd").mkdir()
            (folder / "fd/3").symlink_to(target)
    assert v4l2.readers_and_writers("/dev/video10", tmp_path) == [(77, "firefox")]


def test_a_fixed_size_names_the_way_out(monkeypatch):
    monkeypatch.setattr(v4l2, "readers_and_writers", lambda path: [(77, "firefox")])
    error = v4l2.fixed_at("/dev/video10", Size(1280, 720), Size(640, 360))
    assert "640x360" in str(error)
    assert "firefox (77)" in str(error)
    assert "--size 640x360" in error.hint
