"""Disagreements that are decided against us and are not mended yet. This list is to be emptied, and then goes.

They are kept out of `disagreements.py`, which holds only what is settled. An entry that is no longer met fails, so
whoever mends one must take it out.
"""

from __future__ import annotations

from compared import Disagreement
from disagreements import BODIES, PARAMETERS, Record, _casts


def _integers(d: Disagreement) -> bool:
    return d.version == "3.0" and (_casts(d) or (d.location in BODIES and d.say("1.0 is not of type 'integer'")))


def _missing(d: Disagreement, part: str) -> bool:
    return d.version != "3.0" and d.part == part and d.words == {"required"}


def _null_of_3_0(d: Disagreement) -> bool:
    return d.version == "3.0" and d.location in BODIES and d.say("None for not nullable", "None is not one of")


def _null(d: Disagreement) -> bool:
    return d.location in BODIES and d.exchanged.mutation.endswith("= null")


MENDING = (
    Record(
        "integers-of-3.0",
        "us",
        lambda d: d.we_accept and _integers(d),
        "OAS 3.0.3 §4.4: integer is defined as a JSON number without a fraction or exponent part.",
    ),
    Record(
        "required-read-only-of-3.1",
        "us",
        lambda d: d.we_accept and _missing(d, "body") and not d.subject.media.startswith("application/x-www"),
        "JSON Schema 2020-12 validation §9.4: readOnly is an annotation; §6.5.3: required asserts. The sentence of "
        "3.0.3 by which required takes effect on the response only is no part of 3.1.",
    ),
    Record(
        "required-write-only-of-3.1",
        "us",
        lambda d: d.we_accept and _missing(d, "response-body"),
        "The same, for writeOnly: the contract asks for what §9.4 says is never present.",
    ),
    Record(
        "nullable-beside-enum",
        "us",
        lambda d: d.we_accept and _null_of_3_0(d) and d.words == {"enum"},
        "JSON Schema Wright 00 validation §5.20: the instance must equal one of the elements of enum; nullable only "
        "adds null to type.",
    ),
    Record(
        "nullable-without-type",
        "us",
        lambda d: d.we_accept and _null_of_3_0(d) and d.words != {"enum"} and not _integers(d),
        "OAS 3.0.3 §4.7.24.1 as clarified in 3.0.4: nullable adds null to the type of the same Schema Object; an "
        "allOf, anyOf or oneOf beside it still asserts its own.",
    ),
    Record(
        "nullable-of-3.1",
        "us",
        lambda d: d.we_accept and _null(d) and d.version != "3.0" and not d.say("could not be resolved"),
        "OAS 3.1.1 §4.8.24: nullable is none of the keywords of the dialect, and an unknown keyword asserts nothing.",
    ),
    Record(
        "unpadded-base64",
        "us",
        lambda d: d.we_accept and any(one.word == "format" and one.detail == "byte" for one in d.theirs),
        "RFC 4648 §3.2: implementations MUST include appropriate pad characters.",
    ),
    Record(
        "optional-bodies-of-no-byte",
        "them",
        lambda d: d.they_accept and d.part in {"body", "media-type"} and not d.exchanged.request.body,
        "OAS 3.0.3 §4.7.13.1: required is false by default; RFC 9110 §8.3: Content-Type tells the media type of "
        "content, and no content has none. An empty optional JSON body is none already, of other media types not yet.",
    ),
    Record(
        "templates-with-fragment",
        "them",
        lambda d: d.they_accept and d.part == "route" and "#" in d.exchanged.request.target,
        "RFC 9112 §3.2: a request target has no fragment. Our Sampler writes the template's own, and our router knows "
        "better.",
    ),
    Record(
        "lists-as-json-text",
        "us",
        lambda d: d.we_accept and d.location in PARAMETERS | {"response-header"} and d.say("base 10: '[1]'"),
        "OAS 3.0.3 §4.7.12.4: simple spells [1] as 1; the text [1] is a list of one text, which is no integer.",
    ),
)
