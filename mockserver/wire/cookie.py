"""Cookie parameters, both directions: form, which percent-encodes, and OAS 3.2's cookie, which does not.

A `Cookie` field is a list of pairs parted by `; ` (RFC 6265 §4.2.1). Exploded, `form` parts its own pairs by `&`, as
OpenAPI prints it; senders of sense use pairs of the field, and both are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from mockserver.exchange import Headers
from mockserver.values import JSON
from mockserver.wire import percent
from mockserver.wire.delimited import Text
from mockserver.wire.fields import Field, field_of, spell
from mockserver.wire.query import Gathered, gather, member_spec, members_of
from mockserver.wire.reading import ABSENT, Decoded, Reading, UnspellableError, also
from mockserver.wire.specs import ParameterSpec

_UNSPELLABLE: Final = re.compile(r"[\x00-\x1f\x7f;]|[^\x00-\xff]|^\s|\s$")


class CookieDecoder:
    """Decodes the cookie parameters of one operation; made once, then only read. Other cookies are nobody's business.

    >>> from mockserver.wire.suggest import shape_of
    >>> decoder = CookieDecoder([ParameterSpec("n", "cookie", "form", True, False, shape_of({"type": "integer"}))])
    >>> decoder.decode((("Cookie", "sid=x; n=5"),))
    {'n': Decoded(value=5, alternatives=(), notes=())}
    """

    def __init__(self, specs: Iterable[ParameterSpec], *, lenient: bool = False) -> None:
        self._fields = {spec.name: field_of(spec, _decode(spec), lenient=lenient) for spec in specs}
        self._members = {name: self._members_of(one.spec, lenient=lenient) for name, one in self._fields.items()}
        self._exploded = {name for below in self._members.values() for name in below} | {
            name for name, one in self._fields.items() if one.spec.explode and one.spec.shape.suggests_array
        }

    def decode(self, headers: Headers) -> Mapping[str, Reading]:
        """Return what each cookie spells."""
        if not self._fields:
            return {}
        lines = [line for name, line in headers if name.lower() == "cookie"]
        pairs = [pair for line in lines for crumb in line.split(";") for pair in self._pairs(crumb.strip(" \t"))]
        known = self._fields.keys() | {name for below in self._members.values() for name in below}
        gathered = gather(pairs, known, ())
        return {name: self._read(name, one, gathered) for name, one in self._fields.items()}

    def _read(self, name: str, one: Field, gathered: Gathered[str]) -> Reading:
        if name not in gathered.values:
            return members_of(self._members[name], gathered) if self._members[name] else ABSENT
        values = gathered.values[name]
        bare = [value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value for value in values]
        reading = one.read(bare)
        if bare == values or not isinstance(reading, Decoded):
            return reading
        # RFC 6265 §4.1.1 lets a value stand in quotes; whether they are a part of it is for the sender to know
        quoted = one.read(values)
        return also(reading, quoted) if isinstance(quoted, Decoded) else reading

    def _members_of(self, spec: ParameterSpec, *, lenient: bool) -> Mapping[str, Field]:
        if not (spec.shape.suggests_object and spec.explode) or spec.media_type:
            return {}
        names = [name for name in spec.shape.property_names if name not in self._fields]
        return {name: field_of(member_spec(spec, name), _decode(spec), lenient=lenient) for name in names}

    def _pairs(self, crumb: str) -> list[tuple[str, str]]:
        """Return the pairs of one crumb: several, if it is `a=1&a=2` of an exploded parameter."""
        name, equals, value = crumb.partition("=")
        if not equals:
            return []
        if "&" in value and name in self._exploded:
            more = [pair.partition("=") for pair in crumb.split("&")]
            if all(equals and key in self._exploded for key, equals, _ in more):
                return [(key, text) for key, _, text in more]
        return [(name, value)]


def encode_cookie(spec: ParameterSpec, value: JSON) -> str:
    """Return the pairs of the `Cookie` field that spell the value, parted by `; `.

    Exploded `form` is parted by `&`, as OpenAPI prints it. Raises UnspellableError for what the style cookie, which
    encodes nothing, cannot carry. Lossy: see `fields.spell`; in the style cookie also values in quotes.
    """
    if spec.style != "cookie":
        keep = percent.RESERVED_IN_COOKIE if spec.allow_reserved else ""
        pairs = spell(spec, value, lambda text: percent.encode(text, keep))
        return "&".join(f"{percent.encode(name)}={text}" for name, text in pairs)
    return "; ".join(f"{_as_it_is(name)}={text}" for name, text in spell(spec, value, _as_it_is))


def _decode(spec: ParameterSpec) -> Text:
    return str if spec.style == "cookie" else percent.decode


def _as_it_is(text: str) -> str:
    if _UNSPELLABLE.search(text):
        raise UnspellableError(f"{text!a:.60} holds a character that a cookie cannot carry unencoded")
    return text
