"""What changes between two editions of a contract: the rules of `mockserver diff`.

Id, level of a change that breaks nothing (what breaks is an error, what nobody could prove a warning), title, source;
below, the advice.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.violation import Level

_LEVELS: dict[str, Level] = {"warning": "warning", "info": "info"}
_TABLE = """
operation-removed | warning | an operation is gone | RFC 8594
    Keep it, call it deprecated with an x-sunset date, and take it away after that.
operation-added | info | an operation is new | OAS 3.1 §4.8.8
    Nobody who uses the old edition notices.
operation-moved | warning | an operation has another path | OAS 3.1 §4.8.8
    Keep the old path beside the new one until its users have moved.
operation-id-changed | warning | an operation has another name | OAS 3.1 §4.8.10
    Requests stay the same; generated clients get another method, so keep the name.
webhook-removed | warning | a webhook is gone | OAS 3.1 §4.8.1
    The API no longer tells; call it deprecated first.
webhook-added | info | a webhook is new | OAS 3.1 §4.8.1
    Nobody who uses the old edition notices.
callback-removed | warning | a callback is gone | OAS 3.1 §4.8.18
    The API no longer tells; call it deprecated first.
callback-added | info | a callback is new | OAS 3.1 §4.8.18
    Nobody who uses the old edition notices.
server-removed | warning | a server is no longer documented | OAS 3.1 §4.8.5
    Keep the old address answering, or redirect it.
server-added | info | a server is new | OAS 3.1 §4.8.5
    Nobody who uses the old edition notices.
server-changed | warning | the base path is another | OAS 3.1 §4.8.5
    Keep the old base path answering, or redirect it.
deprecated | info | something is deprecated | OAS 3.1 §4.8.10; RFC 9745
    Look for what replaces it before its sunset.
reactivated | info | something is no longer deprecated | OAS 3.1 §4.8.10
    Nothing to do.
sunset-missing | warning | something is deprecated without saying until when | RFC 8594
    Say when it ends: x-sunset with a date.
sunset-removed | warning | a sunset date is gone while the deprecation stays | RFC 8594
    Say when it ends: x-sunset with a date.
sunset-unreadable | warning | a sunset is no date | RFC 3339 §5.6
    Write x-sunset as a date such as 2027-01-31.
sunset-moved | warning | something ends earlier than it was said | RFC 8594
    Keep the date that was promised.
sunset-too-soon | warning | something ends sooner than the notice period | RFC 8594
    Leave your users the time that --notice asks for.
stability-decreased | warning | something is less stable than it was | x-stability-level
    What was promised to be stable stays so.
stability-increased | info | something is more stable than it was | x-stability-level
    Nothing to do.
stability-unknown | warning | a stability level is none that is known | x-stability-level
    Write draft, alpha, beta or stable.
security-added | warning | a credential that was enough is no longer | OAS 3.1 §4.8.30
    Let the old credential in as long as it is in use.
security-removed | info | a credential is enough that was not | OAS 3.1 §4.8.30
    Nothing to do.
security-scope-added | warning | a scope is asked for that was not | OAS 3.1 §4.8.30
    Tokens with the old scopes are refused: look whether yours have it.
security-scope-removed | info | a scope is no longer asked for | OAS 3.1 §4.8.30
    Nothing to do.
parameter-added | info | a parameter is new | OAS 3.1 §4.8.12
    Let a new parameter be optional, with the old behaviour where it is missing.
parameter-removed | warning | a parameter is gone | OAS 3.1 §4.8.12
    Who sends it is no longer understood: keep it, deprecated, for a while.
parameter-required | warning | a parameter is required that was not | OAS 3.1 §4.8.12
    Let it be optional, with the old behaviour where it is missing.
parameter-optional | info | a parameter is no longer required | OAS 3.1 §4.8.12
    Nothing to do.
parameter-respelled | warning | a parameter is spelled in another way | OAS 3.1 §4.8.12.2
    Read the old spelling as well.
request-body-added | info | a request may carry a body that it could not | OAS 3.1 §4.8.13
    Let a new body be optional.
request-body-removed | warning | a request has no body any more | OAS 3.1 §4.8.13
    What it said is no longer understood: keep reading it for a while.
request-body-required | warning | a body is required that was not | OAS 3.1 §4.8.13
    Let it be optional, with the old behaviour where it is missing.
request-body-optional | info | a body is no longer required | OAS 3.1 §4.8.13
    Nothing to do.
media-type-added | info | a media type is new | RFC 9110 §12.5.1
    Answer it only to those who ask for it in Accept.
media-type-removed | warning | a media type is gone | RFC 9110 §12.5.1
    Keep it for those who send it or ask for it.
status-added | warning | a status may be answered that could not | RFC 9110 §15
    Expect it; an unknown status is to be read as the x00 of its class.
status-removed | warning | a status is no longer answered | OAS 3.1 §4.8.16
    Do not wait for it any more.
header-added | info | an answer has a header that it had not | OAS 3.1 §4.8.21
    Nobody who uses the old edition notices.
header-removed | warning | a header is no longer documented | OAS 3.1 §4.8.21
    Keep answering it, or do without it.
header-optional | warning | a header may be missing that was always there | OAS 3.1 §4.8.21
    Keep answering it, or do without it.
header-required | info | a header is always there that could be missing | OAS 3.1 §4.8.21
    Nothing to do.
schema-added | warning | a value is described that was not | OAS 3.1 §4.8.14
    Let the description admit what was sent before.
schema-removed | warning | a value is no longer described | OAS 3.1 §4.8.14
    Describe it, so that both sides know what to expect.
schema-changed | info | everything or nothing is allowed where a schema stood | JSON Schema core §4.3.2
    Describe what is allowed.
type-changed | info | a value has another type | JSON Schema validation §6.1.1
    Keep the type; give the new one a new name.
null-added | info | null is allowed that was not | JSON Schema validation §6.1.1
    Expect null.
null-removed | info | null is no longer allowed | JSON Schema validation §6.1.1
    Keep reading null as before.
enum-added | info | a value is one of a list that was free | JSON Schema validation §6.1.2
    Let the list hold what was sent before.
enum-removed | info | a value is free that was one of a list | JSON Schema validation §6.1.2
    Expect values that are not listed.
enum-value-added | info | a value is listed that was not | JSON Schema validation §6.1.2
    Expect it, and others to come.
enum-value-removed | info | a value is no longer listed | JSON Schema validation §6.1.2
    Keep accepting it for a while.
const-added | info | only one value is left | JSON Schema validation §6.1.3
    Keep accepting the others for a while.
const-removed | info | a value is free that could be one only | JSON Schema validation §6.1.3
    Expect other values.
const-changed | info | the only value is another | JSON Schema validation §6.1.3
    Keep the value; give the new one a new name.
format-changed | info | a text has another format | JSON Schema validation §7
    Keep the format; give the new one a new name.
pattern-changed | info | a text has another pattern | JSON Schema validation §6.3.3
    Let the new pattern admit what the old one did.
length-changed | info | a text has other bounds of its length | JSON Schema validation §6.3
    Widen what you read, narrow what you write.
range-changed | info | a number has other bounds | JSON Schema validation §6.2
    Widen what you read, narrow what you write.
multiple-changed | info | a number is a multiple of something else | JSON Schema validation §6.2.1
    Widen what you read, narrow what you write.
items-count-changed | info | a list has other bounds of its length | JSON Schema validation §6.4
    Widen what you read, narrow what you write.
unique-items-changed | info | whether items must differ is said anew | JSON Schema validation §6.4.3
    Widen what you read, narrow what you write.
items-changed | info | the items of a list are described anew | JSON Schema core §10.3.1
    Widen what you read, narrow what you write.
prefix-items-changed | info | another number of first items is described | JSON Schema core §10.3.1
    Widen what you read, narrow what you write.
contains-changed | info | what a list must contain changed | JSON Schema core §10.3.1.3
    Widen what you read, narrow what you write.
property-added | info | a property is declared that was not | JSON Schema core §10.3.2
    It breaks only who used that name without a declaration.
property-removed | warning | a property is no longer declared | JSON Schema core §10.3.2
    Keep it, deprecated, for a while.
property-required | info | a property is required that was not | JSON Schema validation §6.5.3
    Let it be optional where you read it.
property-optional | info | a property may be missing that was always there | JSON Schema validation §6.5.3
    Keep writing it, or expect it to be missing.
property-count-changed | info | an object has other bounds of its size | JSON Schema validation §6.5
    Widen what you read, narrow what you write.
additional-properties-changed | info | undeclared properties are treated in another way | JSON Schema core §10.3.2.3
    Ignore what you do not know, and do not refuse it.
pattern-properties-changed | info | properties that match a pattern are described anew | JSON Schema core §10.3.2.2
    Widen what you read, narrow what you write.
property-names-changed | info | the names of properties are restricted in another way | JSON Schema core §10.3.2.4
    Widen what you read, narrow what you write.
dependent-required-changed | info | a property asks for another in another way | JSON Schema validation §6.5.4
    Widen what you read, narrow what you write.
dependent-schemas-changed | info | a property asks for a schema in another way | JSON Schema core §10.2.2.4
    Widen what you read, narrow what you write.
alternative-added | info | a value may be of another alternative | JSON Schema core §10.2.1
    Expect alternatives that you do not know.
alternative-removed | info | an alternative is gone | JSON Schema core §10.2.1
    Keep accepting it for a while.
alternatives-changed | info | alternatives are told apart in another way | JSON Schema core §10.2.1
    Let each value fit the alternative that it fitted before.
all-of-added | info | a schema must be kept in addition | JSON Schema core §10.2.1.1
    Let it admit what was admitted before.
all-of-removed | warning | a schema need no longer be kept | JSON Schema core §10.2.1.1
    Keep what it declared.
not-changed | info | what is excluded changed | JSON Schema core §10.2.1.4
    Widen what you read, narrow what you write.
condition-changed | info | if, then or else changed | JSON Schema core §10.2.2
    Widen what you read, narrow what you write.
unevaluated-changed | info | what nothing else speaks of is treated in another way | JSON Schema core §11
    Ignore what you do not know, and do not refuse it.
content-encoding-changed | warning | a text is encoded in another way | JSON Schema validation §8.3
    No validator asserts it, and every reader depends on it: keep the encoding.
content-media-type-changed | warning | a text holds another media type | JSON Schema validation §8.4
    No validator asserts it, and every reader depends on it: keep the media type.
content-schema-changed | warning | what a text holds is described in another way | JSON Schema validation §8.5
    No validator asserts it, and readers depend on it: widen what you read only.
discriminator-changed | info | alternatives are named in another way | OAS 3.1 §4.8.25
    Keep the old names beside the new ones.
default-changed | warning | what is meant where nothing is said is another | JSON Schema validation §9.2
    Every request is still accepted, and may mean something else: say the value yourself.
read-only-changed | info | a property is read-only now, or no longer | JSON Schema validation §9.4
    Do not send what is read-only.
write-only-changed | info | a property is write-only now, or no longer | JSON Schema validation §9.4
    Do not wait for what is write-only.
extensible-enum-changed | warning | the known values of an open list changed | x-extensible-enum
    Expect values that you do not know; keep accepting the old ones.
"""


def _rows() -> Iterator[tuple[str, Level, str, str, str]]:
    lines = _TABLE.strip().splitlines()
    for head, advice in zip(lines[::2], lines[1::2], strict=True):
        name, level, title, source = head.split(" | ")
        yield name, _LEVELS[level], title, advice.strip(), source


CHANGES = tuple(_rows())
"""Id, level, title, advice and source of each rule."""
