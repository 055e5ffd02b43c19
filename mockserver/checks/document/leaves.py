"""The scalars of OpenAPI and the names that its maps allow.

Knows the grammars of RFC 9110 (tokens, media types) and of OpenAPI's own names. Does not know which object uses which
(that is in the tables).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Final

from mockserver.checks.document.flaw import Level
from mockserver.schema.dialects import Version
from mockserver.values import JSON, Struct


def anything(_: JSON) -> bool:
    """Accept every value of the right JSON type."""
    return True


class Leaf(Struct, frozen=True):
    """A scalar: "must be `phrase`"; `types` are its Python types and `accepts` decides among their values.

    `rule` and `level` are those of a value that is not accepted; a value of another type is always a structural error.
    """

    phrase: str
    types: tuple[type, ...]
    sample: JSON
    accepts: Callable[[JSON], bool] = anything
    rule: str = "document-structure"
    level: Level = "error"


class KeyRule(Struct, frozen=True):
    """What a name in a map must look like: "`noun` name `problem`". In the versions `lenient` it is a warning."""

    noun: str
    pattern: re.Pattern[str]
    problem: str
    fix: str
    rule: str = "document-structure"
    lenient: tuple[Version, ...] = ()


_NAME: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # RFC 9110 §5.6.2
_QUOTED: Final = r'"(?:[^"\\]|\\.)*"'
# RFC 9110 §8.3.1 and §12.5.1: a type, or a range of types, with parameters. `*/json` is no range.
_MEDIA_RANGE: Final = rf"(?:\*/\*|(?!\*/){_NAME}/{_NAME})[ \t]*(?:;[ \t]*(?:{_NAME}=(?:{_NAME}|{_QUOTED})[ \t]*)?)*"
_FIXED_METHODS: Final = "GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH|TRACE|QUERY"

TOKEN: Final = re.compile(_NAME)
MEDIA_RANGE: Final = re.compile(_MEDIA_RANGE)


def _finite(value: JSON) -> bool:
    return isinstance(value, int) or math.isfinite(value)  # math makes floats of integers, and some have no float


def _count(value: JSON) -> bool:
    # JSON Schema 2020-12 §4.2.3: 1.0 is an integer
    return _finite(value) and value >= 0 and value == int(value)


def _positive(value: JSON) -> bool:
    return _finite(value) and value > 0


def _matches(pattern: str) -> Callable[[JSON], bool]:
    compiled = re.compile(pattern, re.DOTALL)
    return lambda value: compiled.fullmatch(value) is not None


def _version(version: str) -> Leaf:
    accepts = _matches(re.escape(version) + r"\.\d+(-.+)?")
    return Leaf(f"a version {version}.x in quotes", (str,), f"{version}.0", accepts)


LEAVES: Final[Mapping[str, Leaf]] = {
    "string": Leaf("a string", (str,), "text"),
    "boolean": Leaf("true or false", (bool,), True),  # noqa: FBT003 - a sample
    "true": Leaf("true", (bool,), True, bool),  # noqa: FBT003 - a sample
    "number": Leaf("a number", (int, float), 1, _finite),
    "positive": Leaf("a number greater than 0", (int, float), 1, _positive),
    "count": Leaf("an integer of at least 0", (int, float), 1, _count),
    # The grammar of URIs is left to those who use them; a blank is what people really get wrong.
    "uri": Leaf("a URI without blanks", (str,), "https://example.com", _matches(r"\S*"), level="warning"),
    # OAS 3.2 §4.1.1: `$self` MUST NOT contain a fragment
    "uri-without-fragment": Leaf("a URI without a fragment", (str,), "https://example.com/api", _matches(r"[^#]*")),
    "email": Leaf("an e-mail address", (str,), "team@example.com", _matches(r"[^\s@]+@[^\s@]+"), level="warning"),
    "openapi-3.0": _version("3.0"),
    "openapi-3.1": _version("3.1"),
    "openapi-3.2": _version("3.2"),
    # OAS 2.0 "Swagger Object": the host only, no scheme, no path; a base path with a leading slash; no templates
    "host": Leaf(
        "a host name with an optional port",
        (str,),
        "api.example.com",
        _matches(r"[^{}/ :\\]+(?::\d+)?|\[[0-9A-Fa-f:.]+\](?::\d+)?"),
        "document-server",
    ),
    "base-path": Leaf('a path that begins with "/"', (str,), "/v1", _matches(r"/.*"), "document-server"),
    "media-type": Leaf(
        "a media type", (str,), "application/json", _matches(_MEDIA_RANGE), "document-media-type", "warning"
    ),
    # OAS 3.2 §4.15.1: encoding-content-type = media-range *( "," OWS media-range )
    "media-types": Leaf(
        "a media type, or several with commas",
        (str,),
        "application/json",
        _matches(rf"\s*{_MEDIA_RANGE}\s*(?:,\s*{_MEDIA_RANGE}\s*)*"),
        "document-media-type",
        "warning",
    ),
    # JSON Schema 2020-12 §8.2.2
    "anchor": Leaf("a name of letters, digits, - . and _", (str,), "node", _matches(r"[A-Za-z_][-A-Za-z0-9._]*")),
}

KEYS: Final[Mapping[str, KeyRule]] = {
    "any": KeyRule("name", re.compile(""), "", ""),
    # OAS 3.1 §4.8.8.1
    "path": KeyRule("path", re.compile("/"), 'does not begin with "/"', "write /{name}"),
    # OAS 3.1 §4.8.16.2: a status code, or a range written with an upper-case X
    "status": KeyRule(
        "status",
        re.compile(r"(?:[1-5](?:[0-9]{2}|XX)|default)\Z"),
        "is neither a status code, nor a range from 1XX to 5XX, nor default",
        'write three digits ("200"), a range ("2XX") or default',
        "document-status",
    ),
    # OAS 2.0 "Responses Object": no ranges
    "status-2.0": KeyRule(
        "status",
        re.compile(r"(?:[0-9]{3}|default)\Z"),
        "is neither a status code nor default",
        'write three digits ("200") or default: OpenAPI 2.0 knows no ranges',
        "document-status",
    ),
    # OAS 3.1 §4.8.7.1. The schema of 3.0 lets such names pass, and its documents work with them.
    "component-name": KeyRule(
        "component name",
        re.compile(r"[A-Za-z0-9._-]+\Z"),
        "has other characters than letters, digits, . _ and -",
        "rename it, and the references to it",
        "document-component-name",
        ("3.0",),
    ),
    # RFC 9110 §5.1
    "header-name": KeyRule(
        "header name",
        re.compile(rf"{_NAME}\Z"),
        "holds characters that HTTP does not allow there",
        "use letters, digits and any of !#$%&'*+-.^_`|~",
    ),
    # RFC 9110 §12.5.1. OpenAPI's own schemas note this as a format, and do not insist.
    "media-type": KeyRule(
        "media type",
        re.compile(rf"{_MEDIA_RANGE}\Z"),
        "is not written type/subtype",
        "write type/subtype, for example application/json, one to an entry",
        "document-media-type",
        ("2.0", "3.0", "3.1", "3.2"),
    ),
    # OAS 3.2 §4.9.1: MUST NOT hold a method that has its own field; RFC 9110 §9.1: a method is a token
    "method": KeyRule(
        "method",
        re.compile(rf"(?!(?:{_FIXED_METHODS})\Z){_NAME}\Z"),
        "has a field of its own in the path item, or is no method of HTTP",
        "use the field of the path item (post for POST), or write the method as it is sent",
    ),
}
