"""Values to XML, by the XML Objects of a schema (OAS 3.1 §4.8.26, OAS 3.2 §4.26): the way back of `xml_read.py`.

Null is an element with `xsi:nil` and an attribute that is not there (OAS 3.2 §4.26.5). An array in an array gets an
element of its own, because without one the inner arrays could not be told apart.

Lossy: an empty array without wrapping element is nothing; a null attribute where null is not allowed; white space
around values that are no strings; a text where the schema means a document; an empty object where it allows a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.values import JSON, Struct, field
from mockserver.wire.coerce import to_text
from mockserver.wire.media_type import MediaRange
from mockserver.wire.reading import SpellingError
from mockserver.wire.shape import Shape
from mockserver.wire.specs import BodySpec
from mockserver.wire.xml_read import name_in, node_of
from mockserver.wire.xml_tree import XSI, Scope, attribute_of, cdata_of, name_of, parse, text_of

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NO_NAME: Final = "root"


def encode_xml(spec: BodySpec, media: MediaRange, value: JSON) -> tuple[str, bytes]:
    """Encode a value as a document in UTF-8."""
    kept = tuple(pair for pair in media.parameters if pair[0] != "charset")
    return str(MediaRange(media.type, media.subtype, kept)), write_xml(value, spec.shape).encode("utf-8")


def write_xml(value: JSON, shape: Shape) -> str:
    """Return the document of a value; a string whose schema names no element is the document itself, if it is one."""
    if isinstance(value, str) and shape.sole == "string" and not shape.xml and _is_document(value):
        return value
    return _DECLARATION + _element(name_in(shape, shape.annotations.name or _NO_NAME), value, shape, {})


def _is_document(text: str) -> bool:
    try:
        parse(text.encode("utf-8", "surrogatepass"))
    except SpellingError:
        return False
    return True


class _Tag(Struct):
    """An element while it is written; `scope` are the prefixes that stand for something here."""

    name: str
    scope: Scope
    attributes: list[str] = field(default_factory=list)
    content: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        start = " ".join([self.name, *self.attributes])
        return f"<{start}>{''.join(self.content)}</{self.name}>" if self.content else f"<{start}/>"


def _tag(name: str, shape: Shape, scope: Scope) -> _Tag:
    """Start an element in its namespace; a prefix that stands for nothing is left out."""
    prefix, namespace = str(shape.xml.get("prefix") or ""), str(shape.xml.get("namespace") or "")
    if not namespace and prefix not in scope:
        prefix = ""
    tag = _Tag(f"{name_of(prefix)}:{name_of(name)}" if prefix else name_of(name), scope)
    if namespace and scope.get(prefix) != namespace:
        tag.attributes.append(f"xmlns{':' if prefix else ''}{prefix}={attribute_of(namespace)}")
        tag.scope = {**scope, prefix: namespace}
    return tag


def _element(name: str, value: JSON, shape: Shape, scope: Scope) -> str:
    """Return the element of a value; the items of an array in it are called as itself unless they say else."""
    tag = _tag(name, shape, scope)
    match value:
        case None:
            tag.attributes += [f'xmlns:xsi="{XSI}"', 'xsi:nil="true"']
        case dict():
            _members(tag, value, shape)
        case list():
            for index, item in enumerate(value):
                _item(tag, item, shape.item(index), name)
        case _:
            tag.content.append(text_of(to_text(value)))
    return str(tag)


def _item(tag: _Tag, value: JSON, shape: Shape, inferred: str) -> None:
    if node_of(shape) in ("text", "cdata"):
        tag.content.append(_characters(value, shape))
    else:
        tag.content.append(_element(name_in(shape, inferred), value, shape, tag.scope))


def _members(tag: _Tag, value: Mapping[str, JSON], shape: Shape) -> None:
    """Write the properties of an object into its element."""
    for name, member in value.items():
        below = shape.property(name)
        match node_of(below):
            case "attribute":
                _attribute(tag, name_in(below, name), member, below)
            case "text" | "cdata":
                tag.content.append(_characters(member, below))
            case "none" if isinstance(member, dict):
                _members(tag, member, below)
            case _ if isinstance(member, list) and (node_of(below) == "none" or not below.suggests_array):
                for index, item in enumerate(member):
                    _item(tag, item, below.item(index), name)
            case _:
                tag.content.append(_element(name_in(below, name), member, below, tag.scope))


def _attribute(tag: _Tag, name: str, value: JSON, shape: Shape) -> None:
    if value is None:
        return
    prefix, namespace = str(shape.xml.get("prefix") or ""), str(shape.xml.get("namespace") or "")
    qualified = name_of(name)
    if prefix and (namespace or prefix in tag.scope):  # without a prefix an attribute is in no namespace
        qualified = f"{name_of(prefix)}:{qualified}"
        if namespace and tag.scope.get(prefix) != namespace:
            tag.attributes.append(f"xmlns:{prefix}={attribute_of(namespace)}")
            tag.scope = {**tag.scope, prefix: namespace}
    tag.attributes.append(f"{qualified}={attribute_of(to_text(value))}")


def _characters(value: JSON, shape: Shape) -> str:
    text = to_text(value)
    return cdata_of(text) if node_of(shape) == "cdata" else text_of(text)
