import dataclasses

import pytest

from vcam.app.checks.finding import Fix, Level, fail, ok, warn


def test_levels_are_set_by_the_maker() -> None:
    assert [ok("a", "b").level, warn("a", "b", "c").level, fail("a", "b", "c").level] == list(Level)


def test_commands_keep_their_order() -> None:
    finding = fail("camera", "gone", "Do this.", "first", "second", fix=Fix.MODELS)
    assert finding.commands == ("first", "second")
    assert finding.fix is Fix.MODELS


def test_a_finding_cannot_be_altered() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ok("a", "b").message = "c"  # type: ignore[misc]
