"""Parameters, both directions: the names that other floors use.

Decoders are made once for an operation and then only read: `path_decoder` for one parameter, `QueryDecoder`,
`HeaderDecoder` and `CookieDecoder` for all of a location, `querystring_decoder` for the one that is a whole query.
Nothing that came over the wire makes them raise. `encode_*` are the ways back; what a place cannot carry is an
`UnspellableError`.
"""

from __future__ import annotations

from collections.abc import Callable

from mockserver.values import JSON
from mockserver.wire import percent
from mockserver.wire.content import read_content, write_content
from mockserver.wire.cookie import CookieDecoder, encode_cookie
from mockserver.wire.forms import read_form, write_form
from mockserver.wire.header import HeaderDecoder, encode_header
from mockserver.wire.media_type import matches
from mockserver.wire.path import PathDecoder, encode_path, path_decoder
from mockserver.wire.query import QueryDecoder, ReadQuery, encode_query
from mockserver.wire.reading import ABSENT, Absent, Decoded, Reading, SpellingError, Undecodable, UnspellableError
from mockserver.wire.specs import Encoding, Location, ParameterSpec

__all__ = [
    "ABSENT",
    "Absent",
    "CookieDecoder",
    "Decoded",
    "Encoding",
    "HeaderDecoder",
    "Location",
    "ParameterSpec",
    "PathDecoder",
    "QueryDecoder",
    "ReadQuery",
    "Reading",
    "Undecodable",
    "UnspellableError",
    "encode_cookie",
    "encode_header",
    "encode_path",
    "encode_query",
    "encode_querystring",
    "path_decoder",
    "querystring_decoder",
]

_FORM = "application/x-www-form-urlencoded"


def querystring_decoder(spec: ParameterSpec, *, lenient: bool = False) -> Callable[[str], Reading]:
    """Return the function that decodes a whole raw query by a media type (OAS 3.2 §4.12.1, `in: querystring`).

    >>> from mockserver.wire.suggest import shape_of
    >>> spec = ParameterSpec("q", "querystring", "", False, False, shape_of({}), media_type="application/json")
    >>> querystring_decoder(spec)("%7B%22a%22:1%7D")
    Decoded(value={'a': 1}, alternatives=(), notes=())
    """
    is_form = matches(_FORM, spec.media_type)

    def decoded(raw_query: str) -> Reading:
        if not raw_query:
            return ABSENT
        try:
            if is_form:
                return read_form(raw_query, spec.shape, spec.encodings, lenient=lenient)
            return read_content(percent.decode(raw_query), spec.media_type, spec.shape, lenient=lenient)
        except SpellingError as error:
            return Undecodable(str(error))

    return decoded


def encode_querystring(spec: ParameterSpec, value: JSON) -> str:
    """Return the raw query that spells the value of a parameter that is the whole query."""
    if matches(_FORM, spec.media_type):
        return write_form(value, spec.shape, spec.encodings)
    return percent.encode(write_content(value, spec.media_type, spec.shape))
