"""Keys that stand twice, in both notations."""

import pytest

from mockserver.document.repeats import Repeat, repeats


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"a: 1\nb: 2\n", []),
        (b"a: 1\nb: {c: 1, c: 2}\n", [Repeat("/b/c", "c", 2, 2)]),
        (b"a: 1\nb: 1\na: 2\n", [Repeat("/a", "a", 1, 3)]),
        (b'{"a": 1,\n "b": [{"c": 1,\n\t"c": 2}]}', [Repeat("/b/0/c", "c", 2, 3)]),
        (b'{"a": {"b": 1}, "c": {"b": 1}}', []),
        (b"{a: 1, a: 2}", [Repeat("/a", "a", 1, 1)]),
        (b"a: &x {b: 1}\nc: {<<: *x, b: 2}\n", []),
        (b"a: 1\na: 2\na: 3\n", [Repeat("/a", "a", 1, 2), Repeat("/a", "a", 2, 3)]),
        (b"a: 99999999999999999999999\n", []),
        ("a: é\na: 2\n".encode("utf-16"), [Repeat("/a", "a", 1, 2)]),
    ],
)
def test_a_key_that_stands_twice_is_told_with_both_lines(data: bytes, found: list[Repeat]) -> None:
    assert list(repeats(data, "pets.yaml")) == found
