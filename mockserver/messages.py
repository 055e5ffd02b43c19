"""The rules by which findings are named, and what each of them means to people.

Ids are stable: they stand in reports, in accepted findings and in scripts. `mockserver explain` prints this page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from mockserver.change_messages import CHANGES
from mockserver.values import dataclass
from mockserver.violation import Level, Side

Kind: TypeAlias = Literal["structure", "value", "note"]


@dataclass(frozen=True, slots=True)
class Rule:
    """`kind` decides what lenient serving rejects: structure yes, value no; a note is never a fault."""

    id: str
    side: Side
    level: Level
    kind: Kind
    title: str
    why: str
    source: str


_SCHEMA: tuple[tuple[str, Kind, str, str, str], ...] = (
    (
        "required",
        "structure",
        "something that must be there is missing",
        "A parameter, a header, the body or a property that the contract requires was not there.",
        "JSON Schema validation §6.5.3; OAS 3.1 §4.8.12, §4.8.13",
    ),
    (
        "type",
        "structure",
        "a value is of another type",
        "Text where a number is documented, null where null is not allowed, an object where a list is.",
        "JSON Schema validation §6.1.1",
    ),
    (
        "enum",
        "structure",
        "a value is not one of those listed",
        "The contract lists the values (enum) or gives the only one (const).",
        "JSON Schema validation §6.1.2, §6.1.3",
    ),
    (
        "format",
        "value",
        "a value is not spelled as its format",
        "A date-time, date, uuid, email, uri or another named format is spelled differently. Formats are asserted.",
        "JSON Schema validation §7; OAS Format Registry",
    ),
    (
        "pattern",
        "value",
        "a text does not match its pattern",
        "Patterns are ECMA-262 regular expressions and match anywhere unless they are anchored.",
        "JSON Schema validation §6.3.3; OAS 3.1 §4.4.1",
    ),
    (
        "length",
        "value",
        "a text is too short or too long",
        "Lengths count characters (code points), not bytes.",
        "JSON Schema validation §6.3.1, §6.3.2",
    ),
    (
        "range",
        "value",
        "a number is too small, too large or no multiple",
        "Bounds, exclusive bounds, multiples, and the ranges of int32, int64 and float.",
        "JSON Schema validation §6.2; OAS Format Registry",
    ),
    (
        "items",
        "value",
        "a list has the wrong items",
        "Too few, too many, not unique, or without the item that it must contain.",
        "JSON Schema validation §6.4",
    ),
    (
        "properties",
        "value",
        "an object has properties it may not have",
        "An undeclared property where the contract closes the object, a write-only one in an answer, or too many.",
        "JSON Schema core §10.3.2, §11.3; validation §6.5",
    ),
    (
        "union",
        "structure",
        "a value fits none of the alternatives",
        "None of the alternatives of oneOf or anyOf fits, or a `not` does.",
        "JSON Schema core §10.2",
    ),
    (
        "ambiguous",
        "value",
        "a value fits more than one alternative",
        "More than one alternative of oneOf fits. Contracts often mean anyOf, or leave out what tells them apart.",
        "JSON Schema core §10.2.1.3",
    ),
)


def _of(side: Side, prefix: str, who: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(f"{prefix}-{suffix}", side, "error", kind, f"{who}: {title}", why, source)
        for suffix, kind, title, why, source in _SCHEMA
    )


RULES: tuple[Rule, ...] = (
    *_of("consumer", "request", "your client sent a request in which"),
    Rule(
        "request-path",
        "consumer",
        "error",
        "structure",
        "your client asked for a path that the contract does not have",
        "No path template of the contract fits the path. The nearest ones are named.",
        "OAS 3.1 §4.8.8.2",
    ),
    Rule(
        "request-method",
        "consumer",
        "error",
        "structure",
        "your client used a method that the path does not have",
        "The path is known, the method is not; the answer is 405 with the methods it has in Allow.",
        "RFC 9110 §15.5.6",
    ),
    Rule(
        "request-security",
        "consumer",
        "error",
        "structure",
        "your client did not say who it is",
        "The operation needs credentials, and none of the alternatives was sent in a well-formed way. Which credential "
        "is right is not known to a contract, so every well-formed one is let in.",
        "OAS 3.1 §4.8.30; RFC 9110 §11.6.1",
    ),
    Rule(
        "request-spelling",
        "consumer",
        "error",
        "structure",
        "your client spelled a parameter so that it cannot be read",
        "A value given twice, an escape that is not UTF-8, a style and explode other than the documented ones where "
        "the meaning is not plain.",
        "OAS 3.1 §4.8.12.2; RFC 6570; RFC 3986 §2.1",
    ),
    Rule(
        "request-body",
        "consumer",
        "error",
        "structure",
        "your client sent a body that cannot be read",
        "The bytes are not of the media type that Content-Type names.",
        "RFC 9110 §8.3; RFC 8259",
    ),
    Rule(
        "request-media-type",
        "consumer",
        "error",
        "structure",
        "your client sent a body of a media type that the contract does not have",
        "Content-Type is compared without its parameters; ranges such as text/* match. Content-Encoding may be gzip or "
        "deflate.",
        "OAS 3.1 §4.8.13; RFC 9110 §8.4, §15.5.16",
    ),
    Rule(
        "request-accept",
        "consumer",
        "error",
        "value",
        "your client accepts none of the documented media types",
        "Accept excludes every media type of the documented answer.",
        "RFC 9110 §12.5.1, §15.5.7",
    ),
    Rule(
        "request-preference",
        "consumer",
        "error",
        "structure",
        "your client prefers an answer that the contract does not have",
        "Prefer: code=... names a status, or example=... an example, that the operation does not document.",
        "RFC 7240; docs/serve.md",
    ),
    Rule(
        "request-note",
        "consumer",
        "info",
        "note",
        "your client spells something differently from the contract, and it is understood",
        "The meaning is plain, so it is accepted; the real API may be stricter.",
        "OAS 3.1 §4.8.12.2",
    ),
    Rule(
        "request-undeclared",
        "consumer",
        "info",
        "note",
        "your client sent a query parameter that the contract does not have",
        "An API may ignore it, or not. A misspelt optional parameter looks like this.",
        "OAS 3.1 §4.8.12",
    ),
    Rule(
        "request-deprecated",
        "consumer",
        "info",
        "note",
        "your client uses something that the contract calls deprecated",
        "It still works; the contract says that it will not for ever.",
        "OAS 3.1 §4.8.10, §4.8.12",
    ),
    *_of("provider", "response", "the API gave an answer in which"),
    Rule(
        "response-status",
        "provider",
        "error",
        "structure",
        "the API answered with a status that the contract does not have",
        "Neither the status, nor its range, nor `default` is documented.",
        "OAS 3.1 §4.8.16",
    ),
    Rule(
        "response-media-type",
        "provider",
        "error",
        "structure",
        "the API answered with a media type that the contract does not have",
        "Content-Type is compared without its parameters; ranges such as text/* match.",
        "OAS 3.1 §4.8.17",
    ),
    Rule(
        "response-body",
        "provider",
        "error",
        "structure",
        "the API gave a body that cannot be read, or one where none may be",
        "The bytes are not of the media type that Content-Type names, or the status has no body.",
        "RFC 9110 §6.4.1, §8.3",
    ),
    Rule(
        "response-header",
        "provider",
        "error",
        "structure",
        "the API left out a header, or spelled one so that it cannot be read",
        "A response header that the contract requires must be in every such answer.",
        "OAS 3.1 §4.8.21",
    ),
    Rule(
        "response-undocumented",
        "provider",
        "info",
        "note",
        "the API answered with a property that the contract does not have",
        "An open object may have any property, so nothing is broken; a client that uses it has nothing to hold on to.",
        "JSON Schema core §10.3.2.3",
    ),
    Rule(
        "cassette-secret",
        "consumer",
        "error",
        "note",
        "a cassette holds what looks like a secret",
        "By its name, its shape, or because it is random where credentials stand. It is in the history of the "
        "repository as well: exchange the credential, then scrub the file.",
        "docs/cassettes.md",
    ),
    Rule(
        "cassette-unreadable",
        "consumer",
        "error",
        "note",
        "a cassette cannot be read",
        "It is broken, or no cassette. It is never taken for an empty one.",
        "docs/cassettes.md",
    ),
    Rule(
        "cassette-expired",
        "consumer",
        "warning",
        "note",
        "a recording is older than it may be",
        "Cassette or interaction says `expires`, as an age or a date, and that has passed.",
        "docs/cassettes.md",
    ),
    Rule(
        "cassette-stale",
        "consumer",
        "info",
        "note",
        "the contract has changed since this was recorded",
        "It still keeps the contract, or other findings say where it does not; the API may answer differently now.",
        "docs/cassettes.md",
    ),
    Rule(
        "client-round-trip",
        "consumer",
        "error",
        "value",
        "your client sent something else than it was given",
        "The request keeps the contract, but what the contract reads on the wire is not what the arguments said: a "
        "value was dropped, changed, joined or sent under another name.",
        "docs/verify.md",
    ),
    Rule(
        "client-calls",
        "consumer",
        "error",
        "structure",
        "your client called other operations than it should, or another number of times",
        "Each call of a method is one request of its operation, unless the suite says more: "
        "@suite.calls(..., optional=..., pages=True).",
        "docs/verify.md",
    ),
    Rule(
        "client-sent-twice",
        "consumer",
        "error",
        "structure",
        "your client repeated a request that may have been carried out",
        "POST and PATCH are not idempotent; without the same Idempotency-Key the API may do it twice.",
        "RFC 9110 §9.2.2",
    ),
    Rule(
        "client-refused",
        "consumer",
        "error",
        "value",
        "your client refused to send what the contract allows",
        "It raised before anything was sent. Either it is too strict, or the contract is too lax.",
        "docs/verify.md",
    ),
    Rule(
        "client-hung",
        "consumer",
        "error",
        "structure",
        "your client did not come back",
        "It waits for ever, or asks for page after page that nobody has.",
        "docs/verify.md",
    ),
    Rule(
        "response-crashed-client",
        "consumer",
        "error",
        "structure",
        "your client cannot take a success that the contract allows",
        "The answer keeps the contract, and the client raised: null where it may be, a property that is optional, a "
        "listed value, a spelling of a time.",
        "docs/verify.md",
    ),
    Rule(
        "error-undeclared",
        "consumer",
        "error",
        "structure",
        "your client turns a documented error into an error that it does not declare",
        "Callers catch what is declared (raises=...); a KeyError or an error of the HTTP library passes them by.",
        "docs/verify.md",
    ),
    Rule(
        "error-swallowed",
        "consumer",
        "error",
        "structure",
        "your client returned as if all was well, and the API said no",
        "A documented error must raise one of the errors that the client declares (raises=...).",
        "docs/verify.md",
    ),
    Rule(
        "client-unbound",
        "consumer",
        "warning",
        "note",
        "a public method of your client was not checked",
        "It could not be told which operations it calls, or how its arguments are built: say so with @suite.calls.",
        "docs/verify.md",
    ),
    Rule(
        "document-structure",
        "contract",
        "error",
        "structure",
        "the contract is not built as OpenAPI says",
        "A field is missing, unknown, of the wrong kind, or excludes another.",
        "OAS §4",
    ),
    Rule(
        "document-reference",
        "contract",
        "error",
        "structure",
        "a $ref leads nowhere",
        "Only the operations that need it cannot be served or checked.",
        "OAS 3.1 §4.8.23; RFC 6901",
    ),
    Rule(
        "document-example",
        "contract",
        "warning",
        "value",
        "an example does not keep its own schema",
        "It is never served; a value is generated instead.",
        "OAS 3.1 §4.8.19",
    ),
    Rule(
        "document-contradiction",
        "contract",
        "error",
        "value",
        "a schema admits no value at all",
        "Two keywords collide, so nothing can ever be sent or answered there.",
        "JSON Schema core §4.2.1",
    ),
    Rule(
        "document-pattern",
        "contract",
        "warning",
        "value",
        "a pattern is no regular expression",
        "It is no ECMA-262 expression, so it constrains nothing here and something else elsewhere.",
        "OAS 3.1 §4.4.1",
    ),
    Rule(
        "document-path-parameter",
        "contract",
        "warning",
        "structure",
        "path template and path parameters do not agree",
        "Every name in braces needs a parameter in: path with required: true, and the other way round.",
        "OAS 3.1 §4.8.8.2, §4.8.12",
    ),
    Rule(
        "document-duplicate-operation-id",
        "contract",
        "warning",
        "structure",
        "two operations have one operationId",
        "The id is the operation's name everywhere, so it must be the only one.",
        "OAS 3.1 §4.8.10",
    ),
    Rule(
        "document-duplicate-path",
        "contract",
        "warning",
        "structure",
        "two path templates are the same but for their names",
        "No request can tell them apart.",
        "OAS 3.1 §4.8.8.2",
    ),
    Rule(
        "document-duplicate-parameter",
        "contract",
        "error",
        "structure",
        "a parameter stands twice",
        "Name and location together must be unique in a list of parameters.",
        "OAS 3.1 §4.8.10",
    ),
    Rule(
        "document-unknown-security-scheme",
        "contract",
        "warning",
        "structure",
        "a security requirement names a scheme that is not defined",
        "Such an alternative can be satisfied by nobody.",
        "OAS 3.1 §4.8.30",
    ),
    Rule(
        "document-no-success-response",
        "contract",
        "warning",
        "structure",
        "an operation documents no success",
        "A mock can only answer with an error there.",
        "OAS 3.1 §4.8.16",
    ),
    Rule(
        "document-status",
        "contract",
        "error",
        "structure",
        "a key of responses is no status",
        "It is three digits, a range such as 4XX, or default.",
        "OAS 3.1 §4.8.16",
    ),
    Rule(
        "document-server",
        "contract",
        "error",
        "structure",
        "a server cannot be understood",
        "Its variables, their enum and their default must agree with its url.",
        "OAS 3.1 §4.8.5, §4.8.6",
    ),
    Rule(
        "document-media-type",
        "contract",
        "error",
        "structure",
        "a key of content is no media type",
        "It is a media type or a range, such as application/json or text/*.",
        "OAS 3.1 §4.8.14; RFC 9110 §8.3.1",
    ),
    Rule(
        "document-component-name",
        "contract",
        "error",
        "structure",
        "a component has a name that it may not have",
        "Names of components are letters, digits, dot, hyphen and underscore.",
        "OAS 3.1 §4.8.7",
    ),
    *(Rule(name, "contract", level, "note", title, why, source) for name, level, title, why, source in CHANGES),
)

BY_ID: Mapping[str, Rule] = {rule.id: rule for rule in RULES}
