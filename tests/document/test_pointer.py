import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.document import pointer


@given(st.lists(st.text()))
def test_splitting_is_the_inverse_of_joining(parts: list[str]) -> None:
    assert pointer.split(pointer.join(parts)) == tuple(parts)


def test_the_examples_of_rfc_6901() -> None:
    tree = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "m~n": 8, " ": 7}
    assert pointer.look_up(tree, "") == tree
    assert pointer.look_up(tree, "/foo/0") == "bar"
    assert pointer.look_up(tree, "/") == 0
    assert pointer.look_up(tree, "/a~1b") == 1
    assert pointer.look_up(tree, "/m~0n") == 8
    assert pointer.look_up(tree, "/ ") == 7


@pytest.mark.parametrize("lost", ["/nowhere", "/foo/2", "/foo/-1", "/foo/x", "/foo/0/deeper", "/foo/\u0661"])
def test_a_pointer_that_leads_nowhere_names_the_missing_token(lost: str) -> None:
    with pytest.raises(LookupError) as missing:
        pointer.look_up({"foo": ["bar", "baz"]}, lost)
    assert missing.value.args[0] in lost
