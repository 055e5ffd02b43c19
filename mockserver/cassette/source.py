"""A file of recordings as JSON: its tree, and errors that name its line."""

from __future__ import annotations

import base64
import binascii

from mockserver.document.positions import Places
from mockserver.document.read import read
from mockserver.errors import UnreadableDocument
from mockserver.exchange import Headers
from mockserver.values import JSON


class Source:
    """One file."""

    def __init__(self, data: bytes, uri: str) -> None:
        self.uri = uri
        self.tree = read(data, uri)
        self._places = Places(data, uri)

    def refused(self, pointer: str, what: str, fix: str = "export it again, or take it out") -> UnreadableDocument:
        """Return an error about a place of the file."""
        return UnreadableDocument(what, where=f"{self.uri}:{self._places.locate(pointer).line}", fix=fix)

    def objects(self, tree: JSON, name: str, pointer: str) -> list[dict[str, JSON]]:
        """Return the objects of a list that must be there."""
        listed = tree.get(name) if isinstance(tree, dict) else None
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise self.refused(pointer, f"{name} is no list of objects")
        return listed

    def pairs(self, listed: JSON, key: str = "name") -> Headers:
        """Return a list of names and values; what is switched off and what HTTP/2 calls `:path` is left out."""
        return tuple(
            (str(one[key]), str(one.get("value") or ""))
            for one in (listed if isinstance(listed, list) else ())
            if isinstance(one, dict) and one.get(key) and not str(one[key]).startswith(":") and not one.get("disabled")
        )

    def decoded(self, text: str, pointer: str) -> bytes:
        """Return what stands in base64."""
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise self.refused(pointer, f"this is no base64: {error}") from error


def without(headers: Headers, *names: str) -> Headers:
    """Return header fields without some (lower case)."""
    return tuple((name, value) for name, value in headers if name.lower() not in names)
