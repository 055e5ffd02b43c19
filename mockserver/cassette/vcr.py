"""The form of VCR.py, version 1, as YAML or JSON: bytes to cassette.

Knows what other recorders have written over the years. A file that is none is an error with its line, never an empty
cassette. How cassettes are written stands in written.py.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from mockserver.cassette.model import NOTHING_NOTED, Cassette, Interaction, Recorded, split_url
from mockserver.cassette.readable import restored
from mockserver.document.pointer import child
from mockserver.document.positions import Places
from mockserver.document.read import read, utf8
from mockserver.errors import UnreadableDocument
from mockserver.exchange import Headers, Request, Response
from mockserver.values import JSON, Struct

OWN: Final = "mockserver"
"""Our key: VCR.py reads past it."""

_BINARY: Final = re.compile(rb"!!binary[ ]+(\|[+-]?[0-9]?[ ]*\r?\n[ ]*|\"|'|(?=[A-Za-z0-9+/]))")
_UNMARK: Final = re.compile("(\\|[+-]?[0-9]?[ ]*\n[ ]*|\"|'|)\ue0b1")
_MARK: Final = "\ue0b1"  # private use: stands where a base64 text begins that YAML calls !!binary
_RESPONSE: Final = frozenset({"status", "headers", "body"})


def read_vcr(data: bytes, uri: str) -> Cassette:
    """Read a cassette; raise UnreadableDocument with file and line where it is none."""
    plain = utf8(data, uri)
    marked = _BINARY.sub(lambda found: found[1] + _MARK.encode(), plain) if b"!!binary" in plain else plain
    return read_tree(read(marked, uri), data, uri)


def read_tree(tree: JSON, data: bytes, uri: str) -> Cassette:
    """Return the cassette of a tree that was read from a file."""
    return _cassette(tree, _Source(data, uri))


class _Source(Struct):
    """The file that is read, for messages and for texts that YAML takes for numbers."""

    data: bytes
    uri: str
    places: Places | None = None

    def refused(self, pointer: str, what: str, fix: str) -> UnreadableDocument:
        """Return an error about a place of the file."""
        return UnreadableDocument(what, where=f"{self.uri}:{self._located().locate(pointer).line}", fix=fix)

    def text(self, value: JSON, pointer: str) -> str:
        """Return a text; what YAML 1.2 reads as a number or a word was text to whoever wrote it (YAML 1.1)."""
        if isinstance(value, str):
            return value if _MARK not in value else _UNMARK.sub(r"!!binary \1", value)
        if isinstance(value, bool | int | float):
            place = self._located().locate(pointer)
            written = self.data[place.start : place.end].decode("utf-8", "replace")
            return re.sub(r"^(?:-\s+|[^:\s]+:\s+)", "", written).strip().strip("'\"")
        if value is None:
            return ""
        raise self.refused(pointer, "a text is expected here", "record this cassette again")

    def content(self, value: JSON, pointer: str) -> bytes:
        """Return the bytes of a body."""
        if isinstance(value, str):
            if value.startswith(_MARK):
                return self._decoded(value[1:], pointer)
            return self.text(value, pointer).encode("utf-8", "surrogatepass")
        if value is None:
            return b""
        if isinstance(value, list):  # an iterator, piece by piece
            return b"".join(self.content(piece, child(pointer, index)) for index, piece in enumerate(value))
        if isinstance(value, dict):
            if "base64_string" in value:
                return self._decoded(self.text(value["base64_string"], pointer), pointer)
            if "string" in value:
                return self.content(value["string"], child(pointer, "string"))
            if isinstance(value.get("state"), list):  # a pickled BytesIO
                return self.content(value["state"][0], child(pointer, "state", 0))
            if isinstance(value.get("args"), list):  # a pickled iterator
                return self.content(value["args"][0], child(pointer, "args", 0))
            raise self.refused(pointer, "this body is neither a string nor base64", "record this cassette again")
        return self.text(value, pointer).encode()

    def _decoded(self, text: str, pointer: str) -> bytes:
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            line = self._located().locate(pointer).line
            raise UnreadableDocument(
                f"this is no base64: {error}", where=f"{self.uri}:{line}", fix="record this cassette again"
            ) from error

    def _located(self) -> Places:
        if self.places is None:
            self.places = Places(self.data, self.uri)
        return self.places


def _cassette(tree: JSON, source: _Source) -> Cassette:
    if isinstance(tree, list) and tree and isinstance(tree[0], dict) and "request" in tree[0]:
        raise source.refused(
            "/0",
            "this cassette was written before VCR.py 1.0 and has no version",
            f"python -m vcr.migration {source.uri}, or record it again",
        )
    if isinstance(tree, dict) and "interactions" not in tree and isinstance(tree.get("requests"), list):
        asked, answered = tree["requests"], tree.get("responses")  # two lists side by side, as some persisters write
        if not isinstance(answered, list) or len(asked) != len(answered):
            raise source.refused("/requests", "there are not as many responses as requests", "record it again")
        pairs = [{"request": one, "response": other} for one, other in zip(asked, answered, strict=True)]
        tree = {**tree, "interactions": pairs}
    if not isinstance(tree, dict) or not isinstance(tree.get("interactions"), list):
        raise source.refused(
            "", "this is no cassette: it has no list of interactions", "record it again, or move it away"
        )
    version = tree.get("version", 1)
    if version != 1:
        raise source.refused("/version", f"cassettes of version {version} are not read", "record it again")
    own = tree.get(OWN)
    return Cassette(
        tuple(_interaction(one, f"/interactions/{index}", source) for index, one in enumerate(tree["interactions"])),
        str(own.get("expires", "")) if isinstance(own, dict) else "",
        tree.get("metadata"),
    )


def _interaction(tree: JSON, pointer: str, source: _Source) -> Interaction:
    if not isinstance(tree, dict):
        raise source.refused(
            pointer, "an interaction is an object with request and response", "record this cassette again"
        )
    asked, answered = tree.get("request"), tree.get("response")
    if not isinstance(asked, dict):
        raise source.refused(pointer, "this interaction has no request", "record this cassette again")
    if not isinstance(answered, dict):
        raise source.refused(pointer, "this interaction has no response", "record this cassette again")
    request = _request(asked, f"{pointer}/request", source)
    own = tree.get(OWN)
    response = _response(answered, f"{pointer}/response", source)
    noted = _noted(own) if isinstance(own, dict) else NOTHING_NOTED
    if isinstance(own, dict) and isinstance(own.get("spelled"), dict):
        spelled = own["spelled"]
        request = (request[0], restored(request[1], spelled.get("request", "")))
        response = restored(response, spelled.get("response", ""))
    extra = tuple((name, value) for name, value in answered.items() if name not in _RESPONSE and name not in _OLDER)
    status = answered.get("status")
    message = status.get("message") if isinstance(status, dict) else ""
    return Interaction(request[0], request[1], response, str(message or ""), noted, extra)


def _request(tree: JSON, pointer: str, source: _Source) -> tuple[str, Request]:
    if not isinstance(tree.get("uri"), str) or not isinstance(tree.get("method"), str):
        raise source.refused(pointer, "this request has no method or no uri", "record this cassette again")
    origin, target = split_url(tree["uri"])
    body = tree.get("body")
    return origin, Request(
        tree["method"],
        target,
        _headers(tree.get("headers"), f"{pointer}/headers", source),
        source.content(body, f"{pointer}/body") if body else b"",
    )


_OLDER: Final = frozenset({"status_code", "content", "http_version"})


def _response(tree: JSON, pointer: str, source: _Source) -> Response:
    status = tree.get("status")
    code = status.get("code") if isinstance(status, dict) else tree.get("status_code")  # early recordings of httpx
    if not isinstance(code, int) or isinstance(code, bool):
        raise source.refused(pointer, "this response has no status code", "record this cassette again")
    name = "body" if "body" in tree or "content" not in tree else "content"
    return Response(
        code,
        _headers(tree.get("headers"), f"{pointer}/headers", source),
        source.content(tree.get(name), f"{pointer}/{name}"),
    )


def _headers(tree: JSON, pointer: str, source: _Source) -> Headers:
    if tree is None:
        return ()
    if not isinstance(tree, dict):
        raise source.refused(pointer, "headers are an object of lists", "record this cassette again")
    listed: list[tuple[str, str]] = []
    for name, values in tree.items():
        if type(values) is list and len(values) == 1 and type(values[0]) is str and _MARK not in values[0]:
            listed.append((name, values[0]))  # nearly always
            continue
        place = child(pointer, name)
        for index, value in enumerate(values if isinstance(values, list) else [values]):
            at = child(place, index) if isinstance(values, list) else place
            if isinstance(value, str) and value.startswith(_MARK):
                listed.append((name, source.content(value, at).decode("latin-1")))
            else:
                listed.append((name, source.text(value, at)))
    return tuple(listed)


def _noted(own: JSON) -> Recorded:
    took = own.get("took_s", 0.0)
    return Recorded(
        at=str(own.get("recorded_at", "")),
        took_s=float(took) if isinstance(took, int | float) else 0.0,
        operation=str(own.get("operation", "")),
        contract=str(own.get("contract", "")),
        expires=str(own.get("expires", "")),
        redacted=tuple(map(str, own.get("redacted") or ())),
        dropped=tuple(map(str, own.get("dropped") or ())),
    )
