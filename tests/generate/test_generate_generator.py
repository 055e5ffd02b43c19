import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from mockserver.errors import MockserverError
from mockserver.generate.generator import Generator, Unsatisfiable
from mockserver.schema.compile import Validators

PET = {
    "type": "object",
    "required": ["id", "kind"],
    "properties": {
        "id": {"type": "integer"},
        "kind": {"enum": ["cat", "dog"]},
        "name": {"type": "string", "minLength": 2},
        "secret": False,
    },
}
UNPROVED = "(that there is none could not be proved)"


def generator(schema):
    return Generator(schema, Validators())


def test_a_value_depends_on_the_schema_and_the_seed_only():
    assert generator(PET).draw(7) == generator(json.loads(json.dumps(PET))).draw(7)


def test_another_process_draws_the_same():
    code = (
        "import json; from mockserver.generate.generator import Generator;"
        "from mockserver.schema.compile import Validators;"
        f"print(json.dumps(Generator({PET!r}, Validators()).draw(7)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert json.loads(told.stdout) == generator(PET).draw(7)


def test_other_seeds_give_other_values():
    drawn = {json.dumps(generator(PET).draw(seed)) for seed in range(20)}
    assert len(drawn) > 15


def test_any_integer_is_a_seed():
    one = generator(PET)
    assert [isinstance(one.draw(seed), dict) for seed in (-1, 0, 2**64, -(2**200))] == [True] * 4


def test_what_is_wanted_is_repeated_where_it_fits():
    value = generator(PET).draw(1, wanted={"id": 42, "kind": "horse", "name": "x", "secret": 1, "other": True})
    assert value["id"] == 42
    assert value["kind"] in {"cat", "dog"}
    assert len(value["name"]) >= 2
    assert value.keys() == {"id", "kind", "name"}


def test_what_is_wanted_chooses_the_branch_that_can_hold_it():
    cat = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}},
    }
    dog = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"const": "dog"}, "tricks": {"type": "integer"}},
    }
    union = generator({"oneOf": [cat, dog]})
    assert union.draw(1).keys() == {"kind", "lives"}
    assert union.draw(1, wanted={"kind": "dog"}).keys() == {"kind", "tricks"}


def test_what_is_wanted_does_not_change_the_rest():
    plain = generator(PET).draw(3)
    assert generator(PET).draw(3, wanted={"id": 5}) == {**plain, "id": 5}


def test_what_is_wanted_together_is_judged_together():
    schema = {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "required": ["a", "b"],
        "not": {"properties": {"a": {"const": 1}, "b": {"const": 2}}},
    }
    value = generator(schema).draw(1, wanted={"a": 1, "b": 2})
    assert value["a"] == 1
    assert value["b"] != 2


def test_a_name_tells_what_a_value_is():
    text = generator({"type": "string"})
    assert "@" in text.draw(1, name="email")
    assert text.draw(1, name="currency").isupper()


def test_what_is_drawn_belongs_to_who_asked():
    schema = {"enum": [{"tags": ["a"]}]}
    one = generator(schema)
    one.draw(1)["tags"].append("b")
    assert one.draw(1) == {"tags": ["a"]}
    assert schema == {"enum": [{"tags": ["a"]}]}


def test_threads_that_ask_at_once_get_what_one_would():
    alone = [generator(PET).draw(seed, wanted={"id": seed}) for seed in range(64)]
    shared = generator(PET)
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda seed: shared.draw(seed, wanted={"id": seed}), range(64)))
    assert together == alone


@pytest.mark.parametrize(
    ("schema", "pointer", "why"),
    [
        (False, "", "the schema is false (proved)"),
        (
            {"type": "object", "required": ["a"], "properties": {"a": False}},
            "",
            "the whole contradicts itself: no type is left (proved)",
        ),
        (
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 2, "maximum": 1}}},
            "/properties/a",
            "/a contradicts itself: no type is left (proved)",
        ),
        (
            {"type": "string", "format": "uuid", "maxLength": 24},
            "",
            "the whole: no string with format uuid, at most 24 characters was found (proved)",
        ),
        (
            {
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"type": "string", "pattern": "^(a)\\1$", "maxLength": 1}},
            },
            "/properties/a",
            f"/a: no string with pattern ^(a)\\1$, at most 1 character was found {UNPROVED}",
        ),
        (
            {
                "$ref": "#/$defs/A",
                "$defs": {"A": {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/$defs/A"}}}},
            },
            "/$defs/A",
            "it requires itself without an end (proved)",
        ),
    ],
)
def test_a_schema_without_a_value_says_where_and_why(schema, pointer, why):
    with pytest.raises(Unsatisfiable) as told:
        generator(schema).draw(0)
    assert isinstance(told.value, MockserverError)
    assert (told.value.pointer, told.value.why) == (pointer, why)


def test_what_is_impossible_stays_impossible():
    one = generator({"type": "integer", "minimum": 2, "maximum": 1})
    for _ in range(2):
        with pytest.raises(Unsatisfiable):
            one.draw(0)


def test_a_large_schema_that_nothing_fits_is_told_without_asking_the_algebra(monkeypatch):
    asked = []
    for name in ("admits_nothing", "normal_form"):
        monkeypatch.setattr(f"mockserver.generate.generator.{name}", asked.append)
    large = {f"p{number}": {"type": "string", "minLength": number} for number in range(60)}
    with pytest.raises(Unsatisfiable, match="could not be proved"):
        generator({"type": "object", "properties": large, "required": ["p1"], "maxProperties": 0}).draw(1)
    assert asked == []
