import ctypes
import sys

import pytest

from vcam.publish import pipewire_abi as abi


@pytest.mark.skipif(sys.maxsize < 2**32, reason="the sizes below are those of 64-bit systems")
@pytest.mark.parametrize(
    ("structure", "byte_count"),
    [
        (abi.Chunk, 16),
        (abi.Data, 40),
        (abi.Meta, 16),
        (abi.MetaHeader, 32),
        (abi.SpaBuffer, 24),
        (abi.StreamBuffer, 24),
        (abi.StreamEvents, 80),
    ],
)
def test_structures_have_the_sizes_of_the_c_headers(structure, byte_count):
    assert ctypes.sizeof(structure) == byte_count


def test_params_are_handed_over_as_aligned_copies():
    pods = (bytes(range(16)), bytes(range(24)))
    seen = []

    def call(params, count):
        seen.extend(params[i] for i in range(count))
        assert all(address % 8 == 0 for address in seen)
        assert tuple(ctypes.string_at(a, len(p)) for a, p in zip(seen, pods, strict=True)) == pods
        return -22

    assert abi.with_params(call, *pods) == -22
    assert len(seen) == 2


@pytest.mark.skipif(sys.platform.startswith("linux"), reason="Linux may have the library")
def test_other_systems_have_no_library():
    with pytest.raises(OSError, match="PipeWire"):
        abi.library()
