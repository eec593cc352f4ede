from pathlib import Path

import pytest

from tests.device.guest import machine

SPEAKS = "echo ready >{0}/output; echo 0 >{0}/status"
IMAGE, SHARES = object(), machine.Shares(Path(), Path())


def boots(monkeypatch: pytest.MonkeyPatch, *scripts: str) -> list[str]:
    """Let shell scripts stand for the guest, boot by boot; returns those that have not been started yet."""
    left = list(scripts)

    def qemu(image: object, shares: object, control: Path, cpus: int) -> list[str]:
        return ["sh", "-c", f"exec sh -c '{left.pop(0).format(control)}'"]

    monkeypatch.setattr(machine, "_qemu", qemu)
    monkeypatch.setattr(machine, "_SILENT_S", 0.2)
    return left


@pytest.mark.parametrize("scripts", [[SPEAKS], ["exec sleep 60", SPEAKS]], ids=["at once", "the second time"])
def test_a_guest_that_never_says_a_word_is_started_once_more(
    scripts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    left = boots(monkeypatch, *scripts)
    outcome = machine.run(IMAGE, SHARES, "true", timeout_s=20)
    assert (outcome.status, outcome.output) == (0, "ready\n")
    assert not left


def test_a_guest_that_talks_but_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    left = boots(monkeypatch, "echo ready >{0}/output; exec sleep 60", SPEAKS)
    outcome = machine.run(IMAGE, SHARES, "true", timeout_s=0.2)
    assert (outcome.status, outcome.output) == (None, "ready\n")
    assert left == [SPEAKS]
