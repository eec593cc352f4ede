import errno
import sys

import pytest

from vcam.publish import v4l2_abi, v4l2_readers
from vcam.publish.v4l2_readers import ClientUsage, OpenCount


@pytest.fixture
def events(monkeypatch):
    """The events that wait in the kernel; None is one of another kind."""
    waiting = [0]

    def take(fd):
        if not waiting:
            raise OSError(errno.ENOENT, "none")
        return waiting.pop(0)

    monkeypatch.setattr(v4l2_abi, "subscribe_client_usage", lambda fd: None)
    monkeypatch.setattr(v4l2_abi, "next_client_usage", take)
    return waiting


def test_the_last_client_usage_event_counts(events):
    usage = ClientUsage(3)
    assert not usage.watched()
    events += [1, None]
    assert usage.watched()
    assert usage.watched()
    events += [0, 1, 0]
    assert not usage.watched()


def test_a_device_that_goes_away_is_an_error(events, monkeypatch):
    def gone(fd):
        raise OSError(errno.ENODEV, "gone")

    usage = ClientUsage(3)
    monkeypatch.setattr(v4l2_abi, "next_client_usage", gone)
    with pytest.raises(OSError, match="gone"):
        usage.watched()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="inotify is Linux's")
class TestOpenCount:
    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "video10"
        path.touch()
        return path

    def test_opens_and_closes_are_counted(self, path):
        count = OpenCount(str(path))
        assert not count.watched()
        with path.open("rb"):
            assert count.watched()
            with path.open("r+b"):
                assert count.watched()
            assert count.watched()
        assert not count.watched()
        count.close()
        count.close()
        assert not count.watched()

    def test_a_reader_that_was_there_first_is_known(self, path):
        with path.open("rb"):
            count = OpenCount(str(path), others=lambda path: [(42, "zoom")])
            assert count.watched()
        assert not count.watched()
        count.close()

    def test_when_events_were_lost_the_readers_are_looked_up(self, path):
        others = []
        count = OpenCount(str(path), others=lambda path: others)
        others.append((42, "zoom"))
        count._apply(v4l2_readers._INOTIFY_EVENT.pack(-1, 0x4000, 0, 0))
        assert count.watched()
        count.close()

    def test_a_device_that_is_not_there_is_an_error(self, tmp_path):
        with pytest.raises(OSError, match="inotify"):
            OpenCount(str(tmp_path / "none"))
