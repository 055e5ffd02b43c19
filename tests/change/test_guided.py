"""Where a proof fails, a value that makes it fail is put together on the way."""

from mockserver.change.guided import Guide
from mockserver.contract.load import load
from mockserver.document.documents import Documents
from mockserver.schema.cases import Cases
from mockserver.schema.compile import Validators
from mockserver.schema.edition import Edition
from mockserver.schema.inclusion import Prover
from mockserver.schema.terms import Term, Terms


def edition() -> Edition:
    raw = b'{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}'
    contract = load("a", Documents("a.json", {"a.json": raw}))
    return Edition(contract.documents, contract.dialect, "request")


def refuted(left, right):
    of = edition()
    validators = Validators()
    cases = Cases(Terms(lambda _one, _other, _name: True, validators))
    prover = Prover(cases, lambda _left, _right: False)
    ours, theirs = Term(of, left), Term(of, right)
    guide = Guide(prover, validators)
    fits = prover.terms.fits
    return [value for value in guide.refutations((ours,), theirs) if fits(ours, value) and not fits(theirs, value)]


def thing(**properties):
    return {"type": "object", "required": sorted(properties), "properties": properties}


def test_a_longer_text_deep_inside_is_found() -> None:
    ours = thing(a=thing(b={"type": "array", "items": {"type": "string"}}))
    theirs = thing(a=thing(b={"type": "array", "items": {"type": "string", "maxLength": 2}}))
    found = refuted(ours, theirs)
    assert found
    assert all(len(value["a"]["b"][0]) > 2 for value in found)


def test_the_tagged_alternative_that_changed_is_found_and_no_other() -> None:
    cat = thing(kind={"const": "cat"}, lives={"type": "integer"})
    dog = thing(kind={"const": "dog"}, lives={"type": "integer"})
    fewer = thing(kind={"const": "dog"}, lives={"type": "integer", "maximum": 1})
    found = refuted({"oneOf": [cat, dog]}, {"oneOf": [cat, fewer]})
    assert {value["kind"] for value in found} == {"dog"}


def test_nothing_is_found_where_nothing_is_refused() -> None:
    assert refuted({"type": "integer", "minimum": 1}, {"type": "integer"}) == []


def test_alternatives_that_admit_nothing_break_nobody() -> None:
    assert refuted({"allOf": [False, {"type": "array"}]}, {"type": "string"}) == []
