"""Where openapi-core 0.23 and we do not agree, and the sentence that decides it.

Every disagreement of the test must match exactly one record, and every record must be met. A disagreement that no
record matches is to be decided: by a sentence of OpenAPI, JSON Schema or an RFC. If it decides for us, it becomes a
record here; if it decides against us, our judge is mended, unless contracts are written otherwise throughout: then the
record says that `practice` decides, and docs/decisions/0003 tells users.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from compared import Disagreement


@dataclass(frozen=True, slots=True)
class Record:
    """A known disagreement: who accepts, when it is met, and what decides it."""

    id: str
    accepts: Literal["us", "them", "open"]
    applies: Callable[[Disagreement], bool]
    sentence: str
    decides: Literal["us", "practice"] = "us"


PARAMETERS = {"path", "query", "header", "cookie"}
HEADERS = {"header", "response-header"}
BODIES = {"body", "response-body"}
UNCHECKED = (
    "uri", "uri-reference", "uri-template", "iri", "hostname", "duration", "json-pointer", "relative-json-pointer",
)  # fmt: skip
_WRONG_TYPE = {"request-type", "response-type", "request-union", "request-format"}
UNSUPPORTED = {"oauth2", "openIdConnect", "mutualTLS"}


def _raises(name: str, text: str) -> Callable[[Disagreement], bool]:
    return lambda d: any(one.detail == name and text in one.text for one in d.theirs)


def _text(d: Disagreement) -> str:
    """Return the text that a mutation put in a place, or nothing."""
    return d.exchanged.mutation.partition("=")[2] or d.exchanged.mutation.partition(": ")[2]


def _casts(d: Disagreement) -> bool:
    """Tell whether they stumble over a text that is a JSON number and that Python's int() does not read."""
    return d.say("invalid literal for int()", "is not of type 'integer'", "not valid under any") and "1e2" in _text(d)


def _null_of_3_0(d: Disagreement) -> bool:
    return d.version == "3.0" and d.location in BODIES and d.say("None for not nullable", "None is not one of")


def _form(d: Disagreement) -> bool:
    return d.subject.media == "application/x-www-form-urlencoded"


def _bodiless(d: Disagreement) -> bool:
    response = d.exchanged.response
    return response is not None and (d.exchanged.request.method == "HEAD" or response.status in {204, 304})


RECORDS = (
    # ── a traceback is no verdict ────────────────────────────────────────────────────────────────────────────────
    Record(
        "type-lists-of-parameters",
        "open",
        lambda d: d.part == "parameters" and _raises("TypeError", "Expected a string value")(d),
        "JSON Schema 2020-12 validation §6.1.1: the value of type MUST be either a string or an array of strings.",
    ),
    Record(
        "patterns-are-ecma-262",
        "us",
        lambda d: d.location in BODIES and any("\\p{" in one.detail for one in d.theirs),
        "JSON Schema 2020-12 core §6.4: regular expressions SHOULD be built with the u flag of ECMA-262, which gives "
        "\\p{Lu} its meaning; the engine that they find reads it without.",
    ),
    Record(
        "discriminating-value-of-another-type",
        "open",
        lambda d: d.location in BODIES and _raises("TypeError", "unhashable")(d),
        "OAS 3.1.1 §4.8.25: the value of the discriminating property names a schema; a list names none.",
    ),
    Record(
        "base64-beyond-ascii",
        "open",
        lambda d: d.location in BODIES and _raises("UnicodeEncodeError", "ascii")(d),
        "RFC 4648 §4: the alphabet of base64 has 64 characters and the pad, all of US-ASCII.",
    ),
    Record(
        "rival-templates",
        "open",
        lambda d: d.location == "path" and d.subject.parameter is None,
        "OAS 3.0.3 §4.7.8.1: templates that differ in names only MUST NOT exist, and in case of ambiguous matching it "
        "is up to the tooling which one to use.",
    ),
    Record(
        "flags-of-draft-4",
        "open",
        lambda d: (
            d.location in BODIES
            and d.version != "3.0"
            and any(
                one.word in {"exclusiveMinimum", "exclusiveMaximum"} and one.detail in {"True", "False"}
                for one in d.theirs
            )
        ),
        "JSON Schema 2020-12 validation §6.2.5: the value of exclusiveMinimum MUST be a number; a boolean means "
        "nothing there, and least of all the number 1.",
    ),
    # ── we accept ────────────────────────────────────────────────────────────────────────────────────────────────
    Record(
        "label-and-matrix",
        "us",
        lambda d: d.we_accept and d.location == "path" and d.subject.style in {"label", "matrix"},
        "OAS 3.0.3 §4.7.12.4: label spells .blue.black.brown and matrix ;color=blue;color=black.",
    ),
    Record(
        "templates-with-fragment",
        "us",
        lambda d: d.we_accept and d.part == "route" and "#" in d.operation,
        "RFC 9112 §3.2: a request target has no fragment, so that what a template writes behind # comes with nobody.",
    ),
    Record(
        "parameters-of-no-template",
        "us",
        lambda d: (
            d.we_accept
            and d.location == "path"
            and d.subject.style == "simple"
            and "MissingRequiredParameter" in d.words
        ),
        "OAS 3.0.3 §4.7.12.2.1: the name of a path parameter MUST correspond to a template expression: it is the "
        "contract that is wrong, and no request can mend it.",
    ),
    Record(
        "ignored-headers",
        "us",
        lambda d: d.we_accept and d.part.lower() in {"header.accept", "header.content-type", "header.authorization"},
        'OAS 3.0.3 §4.7.12.2.1: if in is "header" and the name is "Accept", "Content-Type" or "Authorization", the '
        "parameter definition SHALL be ignored.",
    ),
    Record(
        "exploded-objects",
        "us",
        lambda d: (
            d.we_accept
            and d.location in {"query", "cookie"}
            and d.subject.style == "form"
            and d.subject.parameter is not None
            and d.subject.parameter.explode
            and d.subject.type == "object"
            and not d.subject.parameter.media_type
        ),
        "OAS 3.0.3 §4.7.12.4: form with explode spells an object R=100&G=200&B=150, without the parameter's name.",
    ),
    Record(
        "space-delimited",
        "us",
        lambda d: d.we_accept and d.subject.style == "spaceDelimited",
        "OAS 3.0.4 §4.7.12.4: blue%20black%20brown; RFC 3986 §2.4: percent-encoded octets are decoded.",
    ),
    Record(
        "deep-objects-of-no-type",
        "us",
        lambda d: d.we_accept and d.subject.style == "deepObject" and d.say("not available"),
        "OAS 3.0.4 §4.7.12.4: the behavior of combinations marked n/a is undefined; what is undefined, or not even "
        "sent, violates nothing. §4.7.12.2.1: required is false by default.",
    ),
    Record(
        "deep-objects-of-arrays-and-objects",
        "us",
        lambda d: d.we_accept and d.subject.style == "deepObject" and not d.say("not available") and not _casts(d),
        "OAS 3.0.4 §4.7.12.3: the representation of array or object properties is not defined; what is undefined "
        "violates nothing.",
    ),
    Record(
        "encoded-delimiters",
        "us",
        lambda d: (
            d.we_accept
            and d.location == "query"
            and d.subject.type == "array"
            and "enum" in d.words
            and not d.say(": '' is not one of")
            and "%2C" in d.exchanged.request.query
        ),
        "RFC 3986 §2.2: reserved characters in a component are percent-encoded if they would conflict with its "
        "delimiters; §2.4: components are parted before they are decoded.",
    ),
    Record(
        "empty-texts",
        "us",
        lambda d: d.we_accept and d.location == "query" and "EmptyQueryParameterValue" in d.words,
        "OAS 3.0.4 §4.7.12.4: the empty string is not undefined; whether it is allowed is for the schema to say.",
    ),
    Record(
        "allowed-empty-values",
        "us",
        lambda d: d.we_accept and d.subject.parameter is not None and d.subject.parameter.allow_empty,
        "OAS 3.0.4 §4.7.12.2.1: with allowEmptyValue clients MAY pass a zero-length string, which the server SHOULD "
        "interpret as the parameter being unused.",
    ),
    Record(
        "empty-lists",
        "us",
        lambda d: d.we_accept and d.subject.type == "array" and d.say("base 10: ''", ": '' is not one of"),
        "RFC 6570 §2.3: a list of no members is undefined; OAS 3.0.4 §4.7.12.4 spells undefined ?color= and as the "
        "empty header.",
    ),
    Record(
        "nulls",
        "us",
        lambda d: (
            d.we_accept
            and d.location in PARAMETERS
            and d.subject.schema.get("nullable") is True
            and d.say("base 10: ''", "base 10: 'null'")
        ),
        "RFC 6570 §2.3: null is undefined; OAS 3.0.4 §4.7.12.4 spells undefined ?color=, and Appendix B leaves to the "
        "parties whether null is the text null.",
    ),
    Record(
        "lists-of-no-field",
        "us",
        lambda d: d.we_accept and d.location == "body" and _form(d) and "required" in d.words,
        "RFC 6570 §2.3: a list of no members is undefined, and §3.2.8 spells undefined as nothing: the required list "
        "is there, and empty.",
    ),
    Record(
        "no-content-type",
        "us",
        lambda d: d.we_accept and d.part == "media-type" and d.say("mimetype=''"),
        "RFC 9110 §8.3: if Content-Type is not present, the recipient MAY examine the data to determine its type.",
    ),
    Record(
        "bytes-instead-of-values",
        "us",
        lambda d: (
            d.we_accept
            and d.location in BODIES
            and not d.subject.media.startswith("multipart/")
            and d.say(": b'", ': b"')
        ),
        "OAS 3.0.3 §4.7.14.1: the schema defines the content, whatever the media type or range is that writes it; "
        "§4.4: binary is any sequence of octets, and a string.",
    ),
    Record(
        "deep-objects-in-forms",
        "us",
        lambda d: d.we_accept and d.part == "body" and _form(d) and d.say("not available"),
        "OAS 3.0.4 §4.7.15.1.2: an encoding's style is that of a query parameter, and there (§4.7.12.4) what is marked "
        "n/a is undefined: it violates nothing.",
    ),
    Record(
        "multipart-texts",
        "us",
        lambda d: d.we_accept and d.subject.media.startswith("multipart/"),
        "OAS 3.0.3 §4.7.14.4: a primitive in multipart is text/plain by default, so that a number arrives as text.",
    ),
    Record(
        "xml",
        "us",
        lambda d: d.we_accept and d.location in BODIES and d.say("<Element"),
        "OAS 3.0.3 §4.7.26: the XML Object tells how a schema's objects are written as elements.",
    ),
    Record(
        "answers-without-content",
        "us",
        lambda d: d.we_accept and "MissingData" in d.words and _bodiless(d),
        "RFC 9110 §9.3.2: the server MUST NOT send content in the response to HEAD; §6.4.1: nor with 204 and 304.",
    ),
    Record(
        "empty-answers",
        "us",
        lambda d: d.we_accept and "MissingData" in d.words and not _bodiless(d),
        "RFC 9110 §8.6: a Content-Length of 0 is valid content; JSON Schema decides whether an empty text may be.",
    ),
    Record(
        "empty-bodies",
        "us",
        lambda d: d.we_accept and d.location == "body" and "MissingRequiredRequestBody" in d.words,
        "URL Standard §5.2: a form of no fields is the empty string; RFC 9110 §8.3: Content-Type tells that a "
        "representation was sent, and an empty one can be valid.",
    ),
    Record(
        "schemes-are-case-insensitive",
        "us",
        lambda d: d.we_accept and d.part == "security",
        "RFC 9110 §11.1: the name of an authentication scheme is a case-insensitive token.",
    ),
    Record(
        "times",
        "us",
        lambda d: (
            d.we_accept and d.location in BODIES and any(r.word == "format" and r.detail == "time" for r in d.theirs)
        ),
        "JSON Schema validation §7.3.1: time is full-time of RFC 3339, with its offset.",
    ),
    Record(
        "read-only-properties-of-requests",
        "us",
        lambda d: d.we_accept and d.part == "body" and d.words == {"readOnly"},
        "OAS 3.0.3 §4.7.24.2: a readOnly property SHOULD NOT be sent as part of the request (RFC 2119: may be).",
    ),
    Record(
        "integers-with-exponent",
        "us",
        lambda d: d.we_accept and d.version != "3.0" and _casts(d),
        "JSON Schema 2020-12 validation §6.1.1: integer matches any number with a zero fractional part.",
    ),
    Record(
        "absent-discriminators",
        "us",
        lambda d: d.we_accept and d.location in BODIES and d.say("does not contain discriminating property"),
        "OAS 3.0.4 §4.7.25: the behavior when the discriminating property is absent is undefined, and the "
        "discriminator MUST NOT change the validation outcome of the schema.",
    ),
    Record(
        "mappings-to-names",
        "us",
        lambda d: d.we_accept and d.location in BODIES and d.say("could not be resolved"),
        "OAS 3.0.3 §4.7.25.1: mapping is between payload values and schema names or references; OAS 3.0.4 §4.7.25: the "
        "discriminator MUST NOT change the validation outcome, so that a value which names nothing is for the union.",
    ),
    Record(
        "required-read-only-properties-of-requests",
        "us",
        lambda d: d.we_accept and d.version != "3.0" and d.part == "body" and d.words == {"required"} and not _form(d),
        "OAS 3.1.1 §4.8.24 (Validating readOnly and writeOnly): validation MAY be done by checking the annotation and "
        "the read or write direction; JSON Schema validation §9.4: the owning authority alone manages the value, so "
        "that a client that creates the object has none to send.",
    ),
    Record(
        "required-write-only-properties-of-answers",
        "us",
        lambda d: d.we_accept and d.version != "3.0" and d.part == "response-body" and d.words == {"required"},
        "OAS 3.1.1 §4.8.24 (Validating readOnly and writeOnly): validation MAY be done by checking the annotation and "
        "the read or write direction; JSON Schema validation §9.4: the value is never present when it is retrieved.",
    ),
    Record(
        "nullable-answers-beside-enum",
        "us",
        lambda d: d.we_accept and d.location == "response-body" and _null_of_3_0(d) and d.words == {"enum"},
        "JSON Schema Wright 00 validation §5.20: the instance must equal one of the elements of enum. Real APIs answer "
        "null there; a request with it is refused.",
        decides="practice",
    ),
    Record(
        "nullable-without-type",
        "us",
        lambda d: d.we_accept and _null_of_3_0(d) and d.words != {"enum"},
        "OAS 3.0.3 §4.7.24.1: nullable only adds null to a type in the same Schema Object. Contracts write it beside "
        "allOf with a $ref, and generators of clients and of tests read it so.",
        decides="practice",
    ),
    Record(
        "nullable-of-3.1",
        "us",
        lambda d: (
            d.we_accept
            and d.location in BODIES
            and d.version != "3.0"
            and d.exchanged.mutation.endswith("= null")
            and not d.say("could not be resolved")
        ),
        "JSON Schema 2020-12 core §6.5: authors SHALL NOT expect further keywords to be supported by implementations "
        "that do not document it. We do: contracts that were 3.0 once mean it, and lint tells them.",
        decides="practice",
    ),
    # ── they accept ──────────────────────────────────────────────────────────────────────────────────────────────
    Record(
        "repeated-parameters",
        "them",
        lambda d: d.they_accept and d.location in {"query", "cookie"} and d.say("sent 2 times", "comes twice"),
        "OAS 3.0.3 §4.7.12.4: one value is spelled by one pair; RFC 6265 §4.2.2: servers SHOULD NOT rely upon the "
        "order of cookies of the same name.",
    ),
    Record(
        "lists-in-unions",
        "open",
        lambda d: (
            d.location == "query"
            and any(
                one.get("type") == "array" for union in ("oneOf", "anyOf") for one in d.subject.schema.get(union, ())
            )
            and d.subject.style == "form"
            and "EmptyQueryParameterValue" not in d.words
            and not d.say("sent 2 times")
        ),
        "OAS 3.0.3 §4.7.12.4: color=blue&color=black spells an array, wherever the schema says that it may be one, and "
        "color=blue one of a single item.",
    ),
    Record(
        "repeated-fields",
        "them",
        lambda d: d.they_accept and d.part == "body" and _form(d) and d.say("sent 2 times", "comes twice"),
        "OAS 3.0.3 §4.7.14.3: fields of a form are spelled as query parameters are, one value by one pair.",
    ),
    Record(
        "repeated-headers",
        "them",
        lambda d: d.they_accept and d.location in HEADERS and d.exchanged.mutation.startswith("twice header"),
        "RFC 9110 §5.3: field lines of the same name are one value, joined by commas.",
    ),
    Record(
        "numbers-as-python-reads-them",
        "them",
        lambda d: (
            d.they_accept
            and _text(d) in {"007", "1_000"}
            and bool(d.words & _WRONG_TYPE)
            and (d.subject.parameter is not None or d.part == "body")
        ),
        "RFC 8259 §6: leading zeros are not allowed, nor underscores; OAS 3.0.3 §4.4: an integer is a JSON number.",
    ),
    Record(
        "booleans-as-people-say-them",
        "them",
        lambda d: (
            d.they_accept
            and _text(d) in {"0", "yes"}
            and d.say("not true or false", "boolean")
            and bool(d.words & _WRONG_TYPE)
        ),
        "RFC 8259 §3: the literal names are true and false.",
    ),
    Record(
        "formats-they-do-not-know",
        "them",
        lambda d: (
            d.they_accept
            and all(one.word.endswith("-format") for one in d.ours)
            and any(one.text.endswith(f"which is no {name}") for one in d.ours for name in UNCHECKED)
            and not d.exchanged.mutation.startswith("twice header")
        ),
        "JSON Schema validation §7.3: hostname (RFC 1123), duration (RFC 3339), uri (RFC 3986), uri-template "
        "(RFC 6570), json-pointer (RFC 6901) are defined; who asserts formats, asserts these.",
    ),
    Record(
        "mail-boxes",
        "them",
        lambda d: (
            d.they_accept
            and any(one.text.endswith("which is no email") for one in d.ours)
            and not d.exchanged.mutation.startswith("twice header")
        ),
        "RFC 5321 §4.1.2: Mailbox = Local-part @ ( Domain / address-literal ); they ask for an at sign only.",
    ),
    Record(
        "regular-expressions",
        "them",
        lambda d: d.they_accept and any(one.text.endswith("which is no regex") for one in d.ours),
        "JSON Schema 2020-12 core §6.4 and validation §7.3.8: ECMA-262 with the u flag; ECMA-262 5.1 §15.10.1: a brace "
        "is no PatternCharacter.",
    ),
    Record(
        "schemes-they-do-not-know",
        "them",
        lambda d: d.they_accept and d.part == "security" and bool(d.subject.schemes & UNSUPPORTED),
        "OAS 3.0.3 §4.7.27, §4.7.30: oauth2 and openIdConnect are schemes too; RFC 6750 §2.1: their token is a Bearer.",
    ),
    Record(
        "malformed-credentials",
        "them",
        lambda d: d.they_accept and d.part == "security" and not d.subject.schemes & UNSUPPORTED,
        "RFC 6750 §2.1: b64token is one character or more; RFC 7617 §2: Basic credentials are base64 with a colon; "
        "an empty key is none.",
    ),
    Record(
        "undeclared-fields",
        "them",
        lambda d: d.they_accept and d.part == "body" and _form(d) and "request-properties" in d.words,
        "JSON Schema Wright 00 validation §5.18: with additionalProperties false, no other property may be there.",
    ),
    Record(
        "members-in-pairs",
        "them",
        lambda d: d.they_accept and d.location in PARAMETERS and d.say("is no object"),
        "OAS 3.0.3 §4.7.12.4: simple spells an object R,100,G,200: a name and a value for each member.",
    ),
    Record(
        "required-with-default",
        "them",
        lambda d: (
            d.they_accept and (d.location in PARAMETERS or d.exchanged.request.body) and d.words == {"request-required"}
        ),
        "OAS 3.0.3 §4.7.12.2.1: a required parameter is mandatory; §4.7.24.1: a default is what the server assumes "
        "where nothing is provided, and is no value that was sent.",
    ),
    Record(
        "empty-forms",
        "them",
        lambda d: (
            d.they_accept
            and d.part == "body"
            and not d.exchanged.request.body
            and d.subject.media.startswith(("multipart/", "application/x-www-form-urlencoded"))
        ),
        "RFC 9110 §8.3: Content-Type tells that a form was sent; RFC 2046 §5.1: a multipart body must contain a "
        "boundary delimiter line at least; URL Standard §5.2: the empty string is the form of no fields.",
    ),
    Record(
        "not-a-number",
        "them",
        lambda d: d.they_accept and d.location in BODIES and d.exchanged.mutation == "NaN",
        "RFC 8259 §6: numeric values such as Infinity and NaN are not permitted.",
    ),
    Record(
        "write-only-properties-of-answers",
        "them",
        lambda d: d.they_accept and d.part == "response-body" and d.version != "3.0" and d.say("may not be there"),
        "JSON Schema 2020-12 validation §9.4: a writeOnly value is never present when the instance is retrieved.",
    ),
)
