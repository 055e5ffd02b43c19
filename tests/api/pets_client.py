"""A client of a small contract, and what can be wrong with it: the text of each fault stands in the test."""

CONTRACT = """
openapi: 3.1.0
info: {title: Pets, version: '1'}
servers: [{url: https://pets.example/v1}]
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 0, maximum: 50}}
        - {name: tag, in: query, schema: {type: array, items: {type: string, enum: [a, b, c]}}}
        - {name: cursor, in: query, schema: {type: string}}
      responses:
        '200':
          description: some
          content:
            application/json:
              schema:
                type: object
                required: [items, nextCursor]
                properties:
                  items: {type: array, items: {$ref: '#/components/schemas/Pet'}}
                  nextCursor: {type: [string, 'null']}
        '503': {$ref: '#/components/responses/Bad'}
    post:
      operationId: createPet
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name]
              additionalProperties: false
              properties:
                name: {type: string, minLength: 1}
                age: {type: integer, minimum: 0}
                born: {type: string, format: date-time}
                kind: {type: string, enum: [cat, dog]}
      responses:
        '201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
        '409': {$ref: '#/components/responses/Bad'}
  /pets/{petId}:
    get:
      operationId: getPet
      parameters: [{name: petId, in: path, required: true, schema: {type: string, minLength: 1}}]
      responses:
        '200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
        '404': {$ref: '#/components/responses/Bad'}
components:
  responses:
    Bad: {description: no, content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}
  schemas:
    Pet:
      type: object
      required: [id, name, kind]
      properties:
        id: {type: string}
        name: {type: string}
        kind: {type: string, enum: [cat, dog]}
        owner:
          type: [object, 'null']
          required: [name]
          properties: {name: {type: string}}
        born: {type: string, format: date-time}
    Error: {type: object, required: [message], properties: {message: {type: string}}}
"""

CLIENT = """
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from urllib.parse import quote
import requests

class PetError(Exception):
    pass

class Kind(Enum):
    CAT = "cat"
    DOG = "dog"

@dataclass
class NewPet:
    name: str
    age: int | None = None
    born: datetime | None = None
    kind: Kind | None = None

class PetClient:
    def __init__(self, base_url="https://pets.example/v1"):
        self._base = base_url
        self._session = requests.Session()

    def list_pets(self, limit: int | None = None, tags: list[str] | None = None):
        params = {"limit": limit, "tag": tags}
        return [self._read(item) for item in self._send("GET", "/pets", params=params)["items"]]

    def every_pet(self):
        cursor = None
        while True:
            page = self._send("GET", "/pets", params={"cursor": cursor})
            yield from page["items"]
            cursor = page["nextCursor"]
            if cursor is None:
                return

    def create_pet(self, pet: NewPet):
        body = {"name": pet.name}
        if pet.age is not None:
            body["age"] = pet.age
        if pet.born is not None:
            body["born"] = pet.born.isoformat()
        if pet.kind is not None:
            body["kind"] = pet.kind.value
        return self._read(self._send("POST", "/pets", json=body))

    def pet(self, pet_id: str):
        return self._read(self._send("GET", f"/pets/{quote(pet_id, safe='')}"))

    def _read(self, body):
        owner = body.get("owner")
        born = body.get("born")
        return (
            body["id"],
            Kind(body["kind"]),
            owner["name"] if owner is not None else None,
            datetime.fromisoformat(born) if born is not None else None,
        )

    def _send(self, method, path, **more):
        answer = self._session.request(method, self._base + path, timeout=5, **more)
        if answer.status_code >= 400:
            raise PetError(answer.json()["message"])
        return answer.json()
"""
