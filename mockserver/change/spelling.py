"""When two editions spell a value alike. Knows styles and types; what the value may be is left to the schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from mockserver.contract.model import MediaType, Parameter, PartEncoding
from mockserver.document.documents import Documents, Node
from mockserver.errors import UnreadableDocument
from mockserver.values import JSON
from mockserver.wire import media_type as media_types

Types: TypeAlias = frozenset[str]
Spelling: TypeAlias = tuple[str, bool]

_DEEPEST: Final = 8
_ANY: Final[Types] = frozenset({"null", "boolean", "number", "integer", "string", "array", "object"})
_SCALARS: Final = _ANY - {"array", "object"}
_LISTS: Final = _ANY - {"object"}
_NAMED: Final = frozenset({"form", "spaceDelimited", "pipeDelimited", "tabDelimited", "deepObject"})
_PLAIN: Final = PartEncoding()


def parameters_alike(old: Parameter, new: Parameter, documents: tuple[Documents, Documents]) -> bool:
    """Tell whether every value of a parameter is spelled as it was."""
    if old.media_type or new.media_type:
        return old.media_type == new.media_type
    types = types_of(documents[0], old.schema) | types_of(documents[1], new.schema)
    return styled(old.style, types, explode=old.explode) == styled(new.style, types, explode=new.explode)


def styled(style: str, types: Types, *, explode: bool) -> Spelling:
    """Return the simplest spelling that is the same for all values of these types (OAS 3.1 §4.8.12.4).

    >>> styled("pipeDelimited", frozenset({"integer"}), explode=False)
    ('form', False)
    """
    if types <= _SCALARS:
        return "form" if style in _NAMED else style, False
    if types <= _LISTS:
        if style == "simple":
            return style, False
        if explode and style in _NAMED - {"deepObject"}:
            return "form", True
    return style, explode


def respelled(old: MediaType, new: MediaType, documents: tuple[Documents, Documents]) -> Iterator[tuple[str, str, str]]:
    """Yield the properties of a form that are spelled in another way, with both ways (OAS 3.1 §4.8.15)."""
    if not is_form(new.name):
        return
    ours, theirs = (one.encodings.named if one.encodings is not None else {} for one in (old, new))
    for name in dict.fromkeys((*ours, *theirs)):
        sides = [(held, _property(held, one.schema, name)) for held, one in zip(documents, (old, new), strict=True)]
        if any(schema is None for _, schema in sides):
            continue  # it is new, or gone, as a property
        types = frozenset[str]().union(*(types_of(held, schema) for held, schema in sides))
        was, now = (_part(one.get(name, _PLAIN), types) for one in (ours, theirs))
        wider = was[0] == now[0] == "content" and set(was[1]) < set(now[1])
        if was != now and not wider:
            yield name, _told(was), _told(now)


def is_flat(media: MediaType, documents: Documents) -> bool:
    """Tell whether a form holds nothing but scalars and lists of them, so that each value is spelled as a text."""
    if not is_form(media.name) or media.schema is None:
        return False
    holder = _followed(documents, media.schema)
    if holder is None or types_of(documents, holder) != {"object"} or holder.tree.keys() & {"allOf", "anyOf", "oneOf"}:
        return False
    if isinstance(holder.tree.get("additionalProperties"), dict):
        return False
    return all(_is_flat(documents, holder.child("properties", name)) for name in holder.tree.get("properties", ()))


def is_form(name: str) -> bool:
    """Tell whether a body of that media type has parts with names."""
    media = media_types.parse(name)
    return media is not None and media.essence in {"application/x-www-form-urlencoded", "multipart/form-data"}


def types_of(documents: Documents, schema: Node | None) -> Types:
    """Return the types that a schema names itself; all types where it names none."""
    found = _followed(documents, schema) if schema is not None else None
    if found is None:
        return _ANY
    written = found.tree.get("type")
    named = [written] if isinstance(written, str) else written
    return (frozenset(map(str, named)) if isinstance(named, list) else _ANY) or _ANY


def _is_flat(documents: Documents, schema: Node) -> bool:
    found = _followed(documents, schema)
    types = types_of(documents, schema)
    if found is None or not types <= _LISTS:
        return False
    if "array" not in types:
        return True
    items = found.tree.get("items")
    return isinstance(items, dict) and types_of(documents, found.child("items")) <= _SCALARS


def _part(encoding: PartEncoding, types: Types) -> tuple[str, tuple[str, ...]]:
    if not (encoding.style or encoding.explode is not None):
        listed = [name.strip().lower() for name in encoding.content_type.split(",") if name.strip()]
        return "content", tuple(listed) or ("text/plain",) * (types <= _SCALARS)
    style = encoding.style or "form"
    spelling = styled(style, types, explode=style == "form" if encoding.explode is None else encoding.explode)
    if types <= _SCALARS and spelling[0] == "form":
        return "content", ("text/plain",)
    if types <= _LISTS and spelling == ("form", True):
        return "content", ()
    return "style", (f"style {spelling[0]}", f"explode {str(spelling[1]).lower()}")


def _told(part: tuple[str, tuple[str, ...]]) -> str:
    return ", ".join(part[1]) or "as usual"


def _property(documents: Documents, schema: Node | None, name: str) -> Node | None:
    found = _followed(documents, schema) if schema is not None else None
    properties = found.tree.get("properties") if found is not None else None
    return found.child("properties", name) if found and isinstance(properties, dict) and name in properties else None


def _followed(documents: Documents, schema: Node) -> Node | None:
    """Return the object that says what a schema is, behind its references; None where there is none."""
    for _ in range(_DEEPEST):
        tree: JSON = schema.tree
        if not isinstance(tree, dict):
            return None
        if not isinstance(tree.get("$ref"), str):
            return schema
        try:
            schema = documents.resolve(schema, tree["$ref"])
        except UnreadableDocument:
            return None
    return None
