import copy
import dataclasses
import pickle

import pytest

from mockserver.values import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 0
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Basket:
    owner: str
    things: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    text: str


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


def test_a_value_is_made_shown_and_taken_apart_as_one_of_the_standard_library():
    assert repr(Point(1, names=("a",))) == "Point(x=1, y=0, names=('a',))"
    match Point(1, 2):
        case Point(x, y, ()):
            assert (x, y) == (1, 2)
        case _:
            pytest.fail("positions are those of the fields")
    assert [each.name for each in dataclasses.fields(Point)] == ["x", "y", "names"]
    assert dataclasses.asdict(Point(1)) == {"x": 1, "y": 0, "names": ()}


def test_values_are_compared_and_hashed_by_content():
    assert Point(1, 2) == Point(1, 2) != Point(2, 1)
    assert Point(1) != (1, 0, ())
    assert {Point(1), Point(1), Nothing(), Nothing()} == {Point(1), Nothing()}
    assert Token("a") != Token("a")
    assert Basket("Ada") == Basket("Ada")
    with pytest.raises(TypeError, match="unhashable"):
        hash(Basket("Ada"))


def test_a_frozen_value_refuses_to_be_changed():
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="x"):
        point.x = 2
    with pytest.raises(dataclasses.FrozenInstanceError, match="y"):
        del point.y
    with pytest.raises(AttributeError):
        point.z = 3
    assert point == Point(1)


def test_a_changed_copy_keeps_the_rest():
    assert replace(Point(1, 2), y=3) == dataclasses.replace(Point(1, 2), y=3) == Point(1, 3)
    with pytest.raises(TypeError, match="z"):
        replace(Point(1), z=3)


def test_a_missing_or_unknown_field_is_told():
    with pytest.raises(TypeError, match=r"Point\.__init__\(\) missing 1 required positional argument: 'x'"):
        Point()
    with pytest.raises(TypeError, match="z"):
        Point(1, z=2)


def test_defaults_are_made_anew_for_each_value():
    first, second = Basket("Ada"), Basket("Bob")
    first.things.append("pen")
    assert (first.things, second.things) == (["pen"], [])


@pytest.mark.parametrize("value", [Point(1, 2, ("a",)), Basket("Ada", ["pen"]), Nothing()])
def test_values_travel(value):
    assert copy.deepcopy(value) == pickle.loads(pickle.dumps(value)) == value
