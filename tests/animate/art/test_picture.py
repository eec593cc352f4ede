import numpy as np
import pytest

from vcam.animate.art.picture import (
    MAX_HEIGHT_PX,
    MIN_HEIGHT_PX,
    SpriteCache,
    reach_of,
    size_bucket,
    visible_box,
)
from vcam.errors import PackError
from vcam.types import Sprite


def sprite(side: int = 10) -> Sprite:
    return Sprite("x", np.zeros((side, side, 4), np.uint8))


def test_buckets_are_never_smaller_and_at_most_a_quarter_larger() -> None:
    for height in np.linspace(MIN_HEIGHT_PX, MAX_HEIGHT_PX, 3000):
        assert height - 1e-6 <= size_bucket(height) <= height * 2**0.25 + 1


def test_buckets_are_few_and_stable() -> None:
    assert len({size_bucket(height) for height in range(1, 5000)}) <= 30
    assert all(size_bucket(size_bucket(height)) == size_bucket(height) for height in range(1, 5000))
    assert size_bucket(0) == size_bucket(-5) == MIN_HEIGHT_PX
    assert size_bucket(1e9) == MAX_HEIGHT_PX


def test_the_visible_box_ignores_the_faintest_shadow() -> None:
    alpha = np.full((50, 60), 8, np.uint8)
    alpha[10:20, 30:45] = 255
    assert visible_box(alpha) == (30, 10, 45, 20)


@pytest.mark.parametrize("seed", range(8))
def test_the_reach_holds_everything_that_is_not_empty(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pixels = np.zeros((70, 90, 4), np.uint8)
    for x, y in rng.integers((5, 5), (85, 65), (rng.integers(1, 9), 2)):
        pixels[y - 4 : y + 4, x - 2 : x + 2, 3] = rng.integers(1, 256)
    x, y, radius = reach_of(pixels)
    ys, xs = np.nonzero(pixels[..., 3])
    furthest = np.hypot(xs - x, ys - y).max()
    assert furthest <= radius <= furthest + 1


def test_an_empty_picture_reaches_nowhere() -> None:
    assert reach_of(np.zeros((20, 20, 4), np.uint8)).radius == 0


def test_nothing_visible_or_a_hair_is_refused() -> None:
    alpha = np.zeros((50, 50), np.uint8)
    with pytest.raises(PackError, match="nothing can be seen"):
        visible_box(alpha)
    alpha[3] = 255
    with pytest.raises(PackError, match="longer than"):
        visible_box(alpha)


def test_the_cache_draws_once_and_forgets_the_oldest() -> None:
    drawn: list[str] = []
    cache = SpriteCache(max_bytes=2 * 400)

    def get(key: str) -> Sprite:
        return cache.get(key, lambda: (drawn.append(key), sprite())[1])

    first = get("a")
    assert get("a") is first
    get("b")
    get("a")
    get("c")
    assert drawn == ["a", "b", "c"]
    get("a")
    get("b")
    assert drawn == ["a", "b", "c", "b"]
    assert cache.nbytes == 800


def test_a_sprite_larger_than_the_cache_is_still_handed_out() -> None:
    cache = SpriteCache(max_bytes=10)
    assert cache.get("a", sprite) is cache.get("a", lambda: pytest.fail("drawn twice"))


def test_untrimmed_all_of_it_counts_but_something_must_be_there() -> None:
    alpha = np.zeros((50, 60), np.uint8)
    with pytest.raises(PackError, match="nothing can be seen"):
        visible_box(alpha, trim=False)
    alpha[10, 10] = 255
    assert visible_box(alpha, trim=False) == (0, 0, 60, 50)


def test_a_slow_drawing_holds_nobody_up() -> None:
    cache = SpriteCache()
    kept = cache.get("kept", sprite)

    def draw() -> Sprite:
        assert cache.get("kept", lambda: pytest.fail("drawn twice")) is kept
        return cache.get("same", sprite)

    assert cache.get("same", draw) is cache.get("same", lambda: pytest.fail("drawn twice"))
    assert cache.nbytes == 2 * kept.pixels.nbytes
