import pytest

from vcam.runtime.idle import IdlePolicy

S = 1_000_000_000


def test_the_camera_sleeps_after_ten_seconds_alone_and_wakes_with_the_first_reader():
    policy = IdlePolicy()
    assert not policy.asleep([False], 100 * S)
    assert not policy.asleep([False], 110 * S - 1)
    assert policy.asleep([False], 110 * S)
    assert policy.asleep([False], 200 * S)
    assert not policy.asleep([True], 200 * S + 1)


def test_every_reader_starts_the_wait_anew():
    policy = IdlePolicy(after_s=2)
    assert not policy.asleep([False], 0)
    assert not policy.asleep([True], 1 * S)
    assert not policy.asleep([False], 2 * S)
    assert not policy.asleep([False], 3 * S)
    assert policy.asleep([False], 4 * S)


@pytest.mark.parametrize(
    ("watched", "asleep"),
    [
        ([False, False], True),
        ([False, True], False),
        ([False, None], False),
        ([None], False),
        ([], True),
    ],
)
def test_all_outputs_must_be_known_to_be_alone(watched, asleep):
    assert IdlePolicy(after_s=0).asleep(watched, 0) is asleep


def test_a_negative_wait_is_a_mistake():
    with pytest.raises(ValueError, match="negative"):
        IdlePolicy(after_s=-1)
