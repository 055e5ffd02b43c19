"""What is proved to admit nothing, beyond what the canonical form finds."""

from mockserver.schema.algebra import admits_nothing


def test_a_one_of_whose_branches_lie_within_each_other_admits_nothing():
    named = {"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}}}
    user = {"allOf": [named, {"properties": {"type": {"enum": ["user"]}}}]}
    crowded = {"type": "object", "required": ["agent"], "properties": {"agent": {"oneOf": [user, named, dict(named)]}}}
    assert admits_nothing(crowded)
    assert not admits_nothing({**crowded, "required": []})
    assert not admits_nothing({"oneOf": [user, named]})
    assert not admits_nothing({"enum": [{"oneOf": [named, named]}]})
