"""What drifts ask for: the right document, the right place, the narrowest form, and nothing that would be untrue."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from mockserver.cassette.model import Interaction
from mockserver.contract.load import load
from mockserver.document.documents import Documents
from mockserver.document.rewrite import edited
from mockserver.exchange import Request, Response
from mockserver.jobs.drift.patch import Patch, propose
from mockserver.jobs.drift.plan import Probe
from mockserver.jobs.drift.watch import Seen, Watch
from mockserver.jobs.homes import Homes, Located
from mockserver.jobs.lint import lint
from mockserver.jobs.service import Service
from mockserver.schema.compile import Validators
from mockserver.violation import errors_in

PETS = """openapi: {version}
info: {{title: pets, version: '1'}}
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
        - name: sort
          in: query
          schema: {{$ref: '#/components/schemas/Sort'}}
          examples: {{a: {{value: name}}, b: {{value: age}}}}
        - {{name: limit, in: query, schema: {{type: integer, minimum: 1, maximum: 500}}}}
        - {{name: shop, in: query, schema: {{type: string}}, example: north}}
      responses:
        '200':
          description: all
          content:
            application/json:
              schema: {{type: array, items: {{$ref: '#/components/schemas/Pet'}}}}
        '400': {{description: no}}
  /pets/{{id}}:
    get:
      operationId: getPet
      parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
      responses:
        '200':
          description: one
          content:
            application/json:
              schema: {{$ref: '#/components/schemas/Pet'}}
          links:
            toys: {{operationId: listToys}}
        '404': {{description: none}}
  /toys:
    get:
      operationId: listToys
      responses:
        '200':
          description: toys
          content: {{application/json: {{schema: {{type: array, items: {{type: string}}}}}}}}
components:
  schemas:
    Sort: {{type: string, enum: [name, age, price]}}
    # who is sold
    Pet:
      type: object
      required: [id, home]
      properties:
        id: {{type: string}}
        home: {{$ref: '#/components/schemas/Place'}}
        birth: {{$ref: '#/components/schemas/Place'}}
        care:
          oneOf:
            - type: object
              required: [vet]
              properties: {{vet: {{type: string}}}}
              additionalProperties: false
            - type: object
              required: [food, often]
              properties: {{food: {{type: string}}, often: {{type: integer}}}}
              additionalProperties: false
    Place:
      type: object
      required: [city]
      properties:
        city: {{type: string}}   # as on the door
        zip: {{type: string}}
"""
Answer = Callable[[Probe], Response]


def pets(change: Callable[[dict[str, Any], bool], object]) -> Answer:
    """Answer for three pets, each changed; told whether it stands in a list."""

    def one(number: int, *, listed: bool) -> dict[str, Any]:
        pet: dict[str, Any] = {"id": f"p{number}", "home": {"city": "Bern"}, "birth": {"city": "Chur"}}
        change(pet, listed)
        return pet

    def answer(probe: Probe) -> Response:
        path = probe.request.path
        if path == "/toys":
            return said(["ball"])
        if path == "/pets":
            return said([one(number, listed=True) for number in range(1, 5)])
        number = path.rpartition("/p")[2]
        return said(one(int(number), listed=False)) if number in {"1", "2", "3", "4"} else Response(404, (), b"")

    return answer


def said(value: object, status: int = 200) -> Response:
    return Response(status, (("Content-Type", "application/json"),), json.dumps(value).encode())


def service_of(texts: Mapping[str, bytes]) -> Service:
    return Service(load("pets", Documents(next(iter(texts)), texts)), Validators())


def watched(texts: Mapping[str, bytes], answer: Answer) -> tuple[Service, Seen]:
    service = service_of(texts)
    homes = Homes([service], {"pets": ("https://pets.example",)})
    return service, Watch(service, Validators(), homes=homes).live(answer, "https://pets.example")


def patched(
    texts: Mapping[str, bytes],
    answer: Answer,
    recorded: tuple[tuple[Interaction, Located], ...] = (),
    editable: tuple[str, ...] = (),
) -> tuple[Patch, dict[str, bytes]]:
    """Return the patch, and the documents with it; a second watch finds nothing that was patched."""
    service, seen = watched(texts, answer)
    assert seen.drifts
    patch = propose(seen.drifts, seen.sights, service, recorded, editable=editable or tuple(texts))
    now = dict(texts)
    for proposal in patch.proposals:
        for change in proposal.changes:
            now[change.uri] = edited(now[change.uri], change.edit, change.uri)
    again, left = watched(now, answer)
    mended = {(one.drift.kind, one.drift.place) for one in patch.proposals}
    assert mended.isdisjoint((one.kind, one.place) for one in left.drifts)
    assert errors_in(lint(again.contract, Validators())) == ()
    return patch, now


def contract(version: str = "3.1.0") -> dict[str, bytes]:
    return {"pets.yaml": PETS.format(version=version).encode()}


def lines(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str]:
    """Return the lines that are new or gone, of all documents."""
    found = []
    for uri, text in after.items():
        old, new = before[uri].decode().splitlines(), text.decode().splitlines()
        found += [f"- {line.strip()}" for line in old if line not in new]
        found += [f"+ {line.strip()}" for line in new if line not in old]
    return found


def test_a_component_is_changed_when_all_that_use_it_have_changed() -> None:
    before = contract()
    _, after = patched(before, pets(lambda pet, _: [pet[name].update(city=None) for name in ("home", "birth")]))
    assert lines(before, after) == [
        "- city: {type: string}   # as on the door", "+ city: {type: [string, 'null']}   # as on the door",
    ]  # fmt: skip


def test_a_component_is_changed_when_nothing_was_seen_of_its_other_users() -> None:
    def change(pet: dict[str, Any], _: bool) -> None:  # noqa: FBT001 - called so
        del pet["birth"]
        pet["home"].pop("city")

    before = contract()
    _, after = patched(before, pets(change))
    assert lines(before, after) == ["- required: [city]"]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_use_gets_its_own_schema_when_another_use_contradicts_it(version: str) -> None:
    before = contract(version)
    _, after = patched(before, pets(lambda pet, _: pet["home"].pop("city")))
    schemas = yaml.safe_load(after["pets.yaml"])["components"]["schemas"]
    assert schemas["Place"]["required"] == ["city"]
    assert schemas["Pet"]["properties"]["birth"] == {"$ref": "#/components/schemas/Place"}
    assert schemas["Pet"]["properties"]["home"] == {
        "type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "string"}},
    }  # fmt: skip


def test_where_a_use_can_keep_its_reference_what_is_new_stands_beside_it() -> None:
    before = contract()
    _, after = patched(before, pets(lambda pet, _: pet.update(home=None)))
    home = yaml.safe_load(after["pets.yaml"])["components"]["schemas"]["Pet"]["properties"]["home"]
    assert home == {"anyOf": [{"$ref": "#/components/schemas/Place"}, {"type": "null"}]}


def test_a_new_alternative_is_added_to_its_union() -> None:
    before = contract()
    patch, after = patched(before, pets(lambda pet, _: pet.update(care={"walk": "daily", "pace": 3})))
    care = yaml.safe_load(after["pets.yaml"])["components"]["schemas"]["Pet"]["properties"]["care"]
    assert [one.drift.kind for one in patch.proposals][-1] == "new alternative"
    assert care["oneOf"][2] == {
        "type": "object", "properties": {"walk": {"type": "string"}, "pace": {"type": "integer"}},
    }  # fmt: skip
    assert len(care["oneOf"]) == 3


def test_a_gone_operation_is_taken_out_with_its_path_and_the_links_to_it() -> None:
    usual = pets(lambda _pet, _listed: None)
    before = contract()
    patch, after = patched(
        before, lambda probe: Response(410, (), b"") if "toys" in probe.request.path else usual(probe)
    )
    tree = yaml.safe_load(after["pets.yaml"])
    assert [one.is_safe for one in patch.proposals] == [False]
    assert set(tree["paths"]) == {"/pets", "/pets/{id}"}
    assert "links" not in tree["paths"]["/pets/{id}"]["get"]["responses"]["200"]


def refusing(*words: str) -> Answer:
    usual = pets(lambda _pet, _listed: None)
    return lambda probe: Response(400, (), b"") if any(word in probe.request.query for word in words) else usual(probe)


def test_a_value_that_is_refused_is_no_longer_listed() -> None:
    before = contract()
    _, after = patched(before, refusing("sort=age"))
    assert lines(before, after) == [
        "- Sort: {type: string, enum: [name, age, price]}", "+ Sort: {type: string, enum: [name, price]}",
    ]  # fmt: skip


def test_a_parameter_that_is_refused_whatever_its_value_is_taken_out() -> None:
    before = contract()
    _, after = patched(before, refusing("shop="))
    assert [line[:16] for line in lines(before, after)] == ["- - {name: shop,"]


def test_a_refusal_that_no_parameter_explains_is_left_with_that_reason() -> None:
    first: set[str] = set()

    def moody(probe: Probe) -> Response:
        if probe.source == "example" and probe.request.query not in first:
            first.add(probe.request.query)
            return Response(400, (), b"")
        return pets(lambda _pet, _listed: None)(probe)

    patch, after = patched(contract(), moody)
    assert after == contract()
    assert all("request rejected" in line for line in patch.dropped)


OUTSIDE = {
    "api/pets.yaml": b"""openapi: 3.1.0
info: {title: pets, version: '1'}
paths:
  /pets:
    get:
      operationId: listPets
      responses:
        '200':
          description: all
          content:
            application/json:
              schema: {type: array, items: {$ref: 'parts/pet.yaml#/Pet'}}
""",
    "api/parts/pet.yaml": b"""# the parts
Pet:
  type: object
  properties:
    id: {type: string} # stays
    home: {$ref: '#/Place'}
Place: {type: object, required: [city], properties: {city: {type: string}}}
""",
}


def test_what_stands_behind_a_reference_is_changed_in_its_own_document() -> None:
    _, after = patched(OUTSIDE, pets(lambda pet, _: pet.update(age=pet.pop("birth") and 3)))
    assert lines(OUTSIDE, after) == ["+ age:", "+ type: integer"]
    assert after["api/pets.yaml"] == OUTSIDE["api/pets.yaml"]
    assert b"id: {type: string} # stays" in after["api/parts/pet.yaml"]


def test_a_document_that_may_not_be_changed_is_left_and_its_use_gets_what_is_new() -> None:
    _, after = patched(OUTSIDE, pets(lambda pet, _: pet.update(home=None)), editable=("api/pets.yaml",))
    assert after["api/parts/pet.yaml"] == OUTSIDE["api/parts/pet.yaml"]
    items = yaml.safe_load(after["api/pets.yaml"])["paths"]["/pets"]["get"]["responses"]["200"]["content"][
        "application/json"
    ]["schema"]["items"]
    assert "parts/pet.yaml#/Place" in json.dumps(items)


def test_an_edit_that_a_recorded_exchange_contradicts_is_dropped() -> None:
    texts = contract()
    old = {"id": "p9", "home": {"city": "Bern"}, "age": "young"}
    request = Request("GET", "/pets/p9", (), b"")
    recorded = (Interaction("https://pets.example", request, said(old)), Located(service_of(texts), "/pets/p9"))
    patch, after = patched(texts, pets(lambda pet, _: pet.update(age=3)), recorded=(recorded,))
    why = "undocumented field: a recorded exchange contradicts it: GET https://pets.example/pets/p9"
    assert patch.dropped == (f"listPets 200 body#/*/age: {why}",)
    assert after == texts


SWAGGER = {
    "pets.yaml": b"""swagger: '2.0'
info: {title: pets, version: '1'}
host: pets.example
produces: [application/json]
paths:
  /pets:
    get:
      operationId: listPets
      responses:
        200:
          description: all
          schema: {type: array, items: {$ref: '#/definitions/Pet'}}
          headers: {X-Left: {type: integer, minimum: 0}}
definitions:
  Pet:
    type: object
    required: [id, home]
    properties:
      id: {type: string}
      kind: {type: string, enum: [cat, dog]}
      home: {$ref: '#/definitions/Place'}
      birth: {$ref: '#/definitions/Place'}
  Place: {type: object, required: [city], properties: {city: {type: string}}}
"""
}


@pytest.mark.parametrize(
    ("change", "new"),
    [
        ({"weight": 1.5}, ["+ weight:", "+ type: number"]),
        ({"id": None}, ["- id: {type: string}", "+ id: {type: string, x-nullable: true}"]),
        (
            {"kind": "fish"},
            ["- kind: {type: string, enum: [cat, dog]}", "+ kind: {type: string, enum: [cat, dog, fish]}"],
        ),
        ({"id": [1]}, ["- id: {type: string}", "+ id: {}"]),
    ],
)
def test_an_old_contract_is_patched_in_its_own_words(change: dict[str, Any], new: list[str]) -> None:
    _, after = patched(SWAGGER, pets(lambda pet, _: pet.update(change)))
    assert lines(SWAGGER, after) == new


def test_a_header_of_another_type_is_text() -> None:
    usual = pets(lambda _pet, _listed: None)
    many = (("Content-Type", "application/json"), ("X-Left", "many"))
    _, after = patched(SWAGGER, lambda probe: Response(200, many, usual(probe).body))
    assert lines(SWAGGER, after)[1] == "+ headers: {X-Left: {type: string}}"


def test_names_that_are_data_become_a_map() -> None:
    before = contract()

    def change(pet: dict[str, Any], _: bool) -> None:  # noqa: FBT001 - called so
        pet["home"].update({f"room{chr(97 + number)}": number for number in range(12)})
        del pet["birth"]

    _, after = patched(before, pets(change))
    place = yaml.safe_load(after["pets.yaml"])["components"]["schemas"]["Place"]
    assert place["additionalProperties"] == {"type": "integer"}
