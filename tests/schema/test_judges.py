"""The judge of a bundle is that of its content, however much of it was rewritten for another bundle before."""

from typing import Any

from mockserver.schema.compile import Validators
from mockserver.schema.discriminated import discriminated
from mockserver.schema.exact import exact
from mockserver.schema.judges import Judges

DEFINITIONS: dict[str, Any] = {
    "Cat": {"type": "object", "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}}},
    "Dog": {"type": "object", "properties": {"kind": {"type": "string"}, "lives": {"type": "string"}}},
    "Pet": {
        "oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}],
        "discriminator": {"propertyName": "kind"},
    },
}
BUNDLES: list[dict[str, Any]] = [
    {"$ref": "#/$defs/Pet", "$defs": DEFINITIONS},
    {"type": "array", "items": {"$ref": "#/$defs/Pet"}, "$defs": DEFINITIONS},
    {"type": "integer", "$defs": DEFINITIONS},
]
VALUES: list[Any] = [{"kind": "Cat", "lives": 9}, {"kind": "Dog", "lives": 9}, {"kind": "Cat", "lives": 9.0}, 1, 1.0]


def test_what_was_rewritten_before_judges_as_if_it_were_the_first() -> None:
    for limit in (1, 2, 100):
        judges = Judges(Validators(), exact_integers=True, limit=limit)
        for bundle in BUNDLES * 2:
            alone = Validators().compile(exact(discriminated(bundle)))
            for value in (*VALUES, VALUES):
                assert judges.of(bundle).is_valid(value) == alone.is_valid(value)


def test_equal_bundles_have_one_judge() -> None:
    judges = Judges(Validators(), exact_integers=True)
    assert judges.of(BUNDLES[0]) is judges.of(dict(BUNDLES[0]))
    assert judges.of(BUNDLES[0]) is not judges.of(BUNDLES[1])


def test_integers_are_those_of_the_dialect() -> None:
    assert Judges(Validators(), exact_integers=False).of(BUNDLES[2]).is_valid(1.0)
    assert not Judges(Validators(), exact_integers=True).of(BUNDLES[2]).is_valid(1.0)
