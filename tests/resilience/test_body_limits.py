from hypothesis import given
from hypothesis import strategies as st

from mockserver.resilience.body_limits import BodyMeter
from mockserver.resilience.policy import BodyPolicy


def test_a_body_that_is_too_long_is_known_before_or_while_it_comes() -> None:
    policy = BodyPolicy(max_bytes=100)
    meter = BodyMeter(policy)
    assert (meter.declared(100), meter.declared(101)) == (None, "size")
    assert [meter.took(50, 50), meter.took(50, 50), meter.took(1, 1)] == [None, None, "size"]


def test_a_bomb_is_known_by_its_ratio_once_it_is_large() -> None:
    meter = BodyMeter(BodyPolicy())
    assert meter.took(1024, 2**20) is None
    assert meter.took(1, 1) == "ratio"


def test_an_honest_body_that_compresses_well_passes() -> None:
    assert BodyMeter(BodyPolicy()).took(2**14, 2**20 + 1) is None


@given(st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 2**22)), max_size=20))
def test_nothing_beyond_the_caps_passes(chunks) -> None:
    policy = BodyPolicy()
    meter = BodyMeter(policy)
    received = decoded = 0
    for more_received, more_decoded in chunks:
        excess = meter.took(more_received, more_decoded)
        received, decoded = received + more_received, decoded + more_decoded
        if excess is None:
            assert decoded <= policy.max_bytes
            assert decoded <= max(policy.ratio_from_bytes, 100 * received)
