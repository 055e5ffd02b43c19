"""A tape: decisions read off bytes, the least of each where there is nothing to read."""

from mockserver.generate.tape import Tape


def test_an_empty_tape_decides_for_the_least_of_everything() -> None:
    tape = Tape(b"")
    assert (tape.below(9), tape.below(1 << 40), tape.next(), tape.choice("abc"), tape.chance(99)) == (
        0,
        0,
        0,
        "a",
        False,
    )


def test_what_is_certain_is_true_on_an_empty_tape_as_well() -> None:
    assert Tape(b"").chance(100)
    assert not Tape(b"\xff").chance(0)


def test_a_row_is_read_once_from_its_start() -> None:
    tape = Tape(bytes([7, 1, 0, 0, 255]))
    assert (tape.below(5), tape.next(), tape.chance(1), tape.read) == (2, 1, True, 5)


def test_every_number_below_a_limit_is_met() -> None:
    for limit in (1, 2, 7, 256):
        assert {Tape(bytes([byte])).below(limit) for byte in range(256)} == set(range(limit))
    wide = [
        Tape(bytes([first, second, third])).below(1000)
        for first in range(0, 256, 9)
        for second in range(0, 256, 5)
        for third in (0, 9)
    ]
    assert (min(wide), max(wide), len(set(wide)) > 900) == (0, 999, True)
