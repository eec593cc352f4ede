import pytest

from tests.device.cards_read import Seen, summarise


def _stream(*numbers: int | None) -> list[Seen]:
    return [Seen(number, 10.0) for number in numbers]


@pytest.mark.parametrize(
    ("numbers", "torn", "repeated", "lost", "disordered"),
    [
        ((4, 5, 6), 0, 0, 0, 0),
        ((4, 4, 5), 0, 1, 0, 0),
        ((4, 7, 8), 0, 0, 2, 0),
        ((4, None, 6), 1, 0, 1, 0),
        ((4, 6, 5), 0, 0, 1, 1),
    ],
)
def test_counts(numbers, torn, repeated, lost, disordered):
    summary = summarise(_stream(*numbers))
    assert (summary.frames, summary.torn) == (3, torn)
    assert (summary.repeated, summary.lost, summary.disordered) == (repeated, lost, disordered)


def test_only_the_first_arrival_of_a_card_has_an_age():
    seen = [Seen(1, 10.0), Seen(1, 500.0), Seen(2, 20.0), Seen(None, 0.0)]
    summary = summarise(seen)
    assert (summary.age_p50_ms, summary.age_p95_ms) == (15.0, 19.5)


def test_a_stream_without_a_card_is_an_error():
    with pytest.raises(ValueError, match="none of 2"):
        summarise(_stream(None, None))
