"""Every style of OpenAPI's table, both directions: cases from the specification's own texts."""

import json
import os
from pathlib import Path

import pytest

from mockserver.wire.cookie import CookieDecoder, encode_cookie
from mockserver.wire.header import HeaderDecoder, encode_header
from mockserver.wire.path import encode_path, path_decoder
from mockserver.wire.query import QueryDecoder, encode_query
from mockserver.wire.reading import Decoded
from mockserver.wire.specs import ParameterSpec
from mockserver.wire.suggest import shape_of

SCHEMAS = {
    "empty": {"type": "string"},
    "string": {"type": "string"},
    "array": {"type": "array", "items": {"type": "string"}},
    "object": {"type": "object", "properties": {name: {"type": "integer"} for name in "RGB"}},
}


def _cases() -> list[dict]:
    beside = Path(__file__).parent.parent.parent.parent / "shared" / "corpus"
    for folder in (os.environ.get("CORPUS_FOLDER", ""), beside):
        file = Path(folder) / "param-styles" / "cases.json"
        if folder and file.is_file():
            return json.loads(file.read_text(encoding="utf-8"))
    return []


CASES = _cases()
NAMES = [f"{c['in']}-{c['style']}-{'exploded' if c['explode'] else 'plain'}-{c['kind']}" for c in CASES]


def test_the_corpus_is_here():
    if not CASES:
        pytest.skip("THE CORPUS IS NOT HERE: set CORPUS_FOLDER to its folder")
    assert len(CASES) > 50


def _spec(case: dict) -> ParameterSpec:
    return ParameterSpec(
        name=case["name"],
        location=case["in"],
        style=case["style"],
        explode=case["explode"],
        required=True,
        shape=shape_of(SCHEMAS[case["kind"]]),
    )


def _decode(spec: ParameterSpec, wire: str):
    match spec.location:
        case "path":
            return path_decoder(spec)(wire)
        case "query":
            return QueryDecoder([spec]).decode(wire).parameters[spec.name]
        case "header":
            return HeaderDecoder([spec]).decode(((spec.name, wire),))[spec.name]
        case _:
            return CookieDecoder([spec]).decode((("Cookie", wire),))[spec.name]


def _encode(spec: ParameterSpec, value) -> str:
    match spec.location:
        case "path":
            return encode_path(spec, value)
        case "query":
            return "&".join(encode_query(spec, value))
        case "header":
            return ",".join(encode_header(spec, value))
        case _:
            return encode_cookie(spec, value)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_printed_spelling_is_read(case):
    assert _decode(_spec(case), case["wire"]) == Decoded(case["value"])


@pytest.mark.parametrize("case", [case for case in CASES if "also_accept" in case])
def test_the_spelling_of_other_versions_is_read_too(case):
    decoded = _decode(_spec(case), case["also_accept"])
    assert (decoded.value, decoded.notes) == (case["value"], ())


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_values_are_spelled_as_printed(case):
    assert _encode(_spec(case), case["value"]) == case["wire"]
