"""XML to values, by the XML Objects of a schema (OAS 3.1 §4.8.26, OAS 3.2 §4.26).

Names, attributes, wrapped arrays, namespaces and 3.2's node types. Reading is by local name: another namespace, another
root, an attribute where an element is documented are told in notes. What comes twice and is single is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from mockserver.values import JSON, Struct
from mockserver.wire.coerce import read
from mockserver.wire.media_type import MediaRange
from mockserver.wire.reading import Decoded, SpellingError, keyed, listed, noted
from mockserver.wire.shape import ANYTHING, Shape
from mockserver.wire.specs import BodySpec
from mockserver.wire.xml_tree import XSI, Element, Name, parse

_NODES: Final = frozenset({"element", "attribute", "text", "cdata", "none"})


def decode_xml(spec: BodySpec, media: MediaRange, body: bytes, *, lenient: bool) -> Decoded:
    """Decode a document."""
    return read_xml(body, spec.shape, lenient=lenient, charset=media.parameter("charset"))


def read_xml(document: bytes, shape: Shape, *, lenient: bool, charset: str = "") -> Decoded:
    """Return the value of a document; where the shape wants a string and names no element, that is the document."""
    root = parse(document, charset)
    if shape.sole == "string" and not shape.xml:
        return Decoded(document.decode(charset or "utf-8", "replace"))
    value = _Walk(lenient=lenient).value(root, shape)
    expected = str(shape.xml.get("name") or shape.annotations.name)
    return noted(value, *_name_notes(root, shape, expected))


def node_of(shape: Shape) -> str:
    """Return what a value is in the document: element, attribute, text, cdata, or none of its own."""
    node = shape.xml.get("nodeType")
    if node in _NODES:
        return str(node)
    if shape.xml.get("attribute") is True:
        return "attribute"
    return "none" if shape.suggests_array and shape.xml.get("wrapped") is not True else "element"


def name_in(shape: Shape, inferred: str) -> str:
    """Return the name of the element or attribute (OAS 3.2 §4.26.3)."""
    return str(shape.xml.get("name") or inferred)


class _Walk:
    """One way through one document."""

    def __init__(self, *, lenient: bool) -> None:
        self._lenient = lenient

    def value(self, element: Element, shape: Shape, item_name: str = "") -> Decoded:
        """Return the value of an element; `item_name` is what the elements of an array in it should be called."""
        if element.is_nil:
            return Decoded(None)
        inner = bool(element.elements or _own(element))
        if shape.unconstrained:
            return self._object(element, ANYTHING) if inner else self._scalar(element, shape)
        # an empty element is an empty composite before it is null, which has a sign of its own (OAS 3.2 §4.26.5)
        composite = inner or not shape.suggests_scalar or not (element.text.strip() or "string" in shape.kinds)
        if composite and not inner and element.text.strip() and not _reads_text(shape):
            return Decoded(element.text.strip())  # a text where elements are documented is told as what it is
        if shape.suggests_object and composite and (inner or not shape.suggests_array):
            return self._object(element, shape)
        if shape.suggests_array and composite:
            return self._array(element, shape, item_name)
        return self._scalar(element, shape)

    def items(self, elements: Sequence[Element], shape: Shape, name: str) -> Decoded:
        """Return the array of elements, which are called `name` if their schema does not say else."""
        items: list[Decoded] = []
        for index, element in enumerate(elements):
            item = shape.item(index) if shape.suggests_array else shape
            expected = name_in(item, name)
            items.append(noted(self.value(element, item, expected), *_name_notes(element, item, expected)))
        return listed(items)

    def text(self, text: str, shape: Shape) -> Decoded:
        """Return the value of a text node or an attribute."""
        # XML Schema part 2 §4.3.6: white space around anything but a string does not count
        return read(text if "string" in shape.kinds else text.strip(), shape, lenient=self._lenient)

    def _scalar(self, element: Element, shape: Shape) -> Decoded:
        if element.elements:
            raise SpellingError(f"{element} is a single value and holds <{element.elements[0].name.local}>")
        return self.text(element.text, shape)

    def _array(self, element: Element, shape: Shape, item_name: str) -> Decoded:
        """Return the items that an element holds: its elements, and its texts where an item is a text node."""
        if not any(node_of(shape.item(index)) in ("text", "cdata") for index in range(len(element.content))):
            return self.items(element.elements, shape, item_name)
        parts = [part for part in element.content if isinstance(part, Element) or part.strip()]
        return listed(
            [
                self.text(part, shape.item(n)) if isinstance(part, str) else self.value(part, shape.item(n))
                for n, part in enumerate(parts)
            ]
        )

    def _object(self, element: Element, shape: Shape) -> Decoded:
        reader = _ObjectReader(self, _Remains(element, element.elements, _own(element)))
        reader.declared(shape)
        reader.rest(shape)
        return reader.decoded()


class _Remains(Struct):
    """What is left of an element while the properties of its object are taken from it."""

    element: Element
    elements: list[Element]
    attributes: list[tuple[Name, str]]
    text_is_read: bool = False

    def take(self, names: Iterable[str]) -> list[Element]:
        """Take the elements of the first name that there is."""
        for name in names:
            taken = [element for element in self.elements if element.name.local == name]
            if taken:
                self.elements = [element for element in self.elements if element.name.local != name]
                return taken
        return []


class _ObjectReader:
    """Collects the properties of one object."""

    def __init__(self, walk: _Walk, remains: _Remains) -> None:
        self._walk = walk
        self._remains = remains
        self._found: dict[str, Decoded] = {}
        self._without_element: list[str] = []
        self._notes: list[str] = []

    def declared(self, shape: Shape) -> None:
        """Read the properties that the schema declares."""
        for name in shape.property_names:
            below = shape.property(name)
            match node_of(below):
                case "attribute":
                    self._attribute(name, below)
                case "text" | "cdata":
                    self._remains.text_is_read = True
                    self._found[name] = self._walk.text(self._remains.element.text, below)
                case "none" if below.suggests_array:
                    self._unwrapped(name, below)
                case "none":
                    self._inner(name, below)
                case _:
                    self._single(name, below)

    def rest(self, shape: Shape) -> None:
        """Read what is not declared: additional properties, several of one name as an array."""
        remains = self._remains
        if not remains.text_is_read and remains.element.text.strip():
            self._notes.append(
                f"{remains.element} holds text beside its elements, which the contract does not describe"
            )
        for attribute, text in remains.attributes:
            if attribute.local not in self._found:
                self._found[attribute.local] = self._walk.text(text, shape.property(attribute.local))
                if shape.declares(attribute.local):
                    self._notes.append(f"{remains.element} has {attribute.local} as attribute, not as element")
        for name in dict.fromkeys(element.name.local for element in remains.elements):
            same = [element for element in remains.elements if element.name.local == name]
            if name in self._found:
                raise SpellingError(f"{same[0]} stands beside another node of that name; only one can be meant")
            below = shape.property(name)
            several = len(same) > 1 or (below.suggests_array and not below.suggests_scalar)
            self._found[name] = (
                self._walk.items(same, below, name) if several else self._walk.value(same[0], below, name)
            )

    def decoded(self) -> Decoded:
        """Return the object; arrays that no element stands for are missing, or empty in the last alternative."""
        decoded = noted(keyed(self._found), *self._notes)
        missing: dict[str, JSON] = {name: [] for name in self._without_element if name not in self._found}
        if not missing:
            return decoded
        return Decoded(decoded.value, (*decoded.alternatives, {**decoded.value, **missing}), decoded.notes)

    def _inner(self, name: str, shape: Shape) -> None:
        """Read an object without element: its nodes stand directly in the element of this one."""
        inner = _ObjectReader(self._walk, self._remains)
        inner.declared(shape)
        decoded = inner.decoded()
        if decoded.value:
            self._found[name] = decoded

    def _attribute(self, name: str, shape: Shape) -> None:
        wanted = name_in(shape, name)
        for index, (attribute, text) in enumerate(self._remains.attributes):
            if attribute.local == wanted:
                self._found[name] = self._walk.text(text, shape)
                del self._remains.attributes[index]
                return
        if "null" in shape.kinds and not shape.unconstrained:
            self._found[name] = Decoded(None)  # OAS 3.2 §4.26.5

    def _unwrapped(self, name: str, shape: Shape) -> None:
        item = shape.item(0)
        names = [str(item.xml["name"])] if item.xml.get("name") else [name, item.annotations.name]
        elements = self._remains.take(names)
        if elements:
            self._found[name] = self._walk.items(elements, shape, elements[0].name.local)
        else:
            self._without_element.append(name)

    def _single(self, name: str, shape: Shape) -> None:
        wanted = name_in(shape, name)
        elements = self._remains.take([wanted] if shape.xml.get("name") else [wanted, shape.annotations.name])
        if len(elements) > 1:
            raise SpellingError(f"{elements[1]} comes again and is a single value")
        for element in elements:
            self._found[name] = self._walk.value(element, shape, wanted)
            self._notes += _name_notes(element, shape, "")


def _reads_text(shape: Shape) -> bool:
    below = [shape.property(name) for name in shape.property_names]
    if shape.suggests_array:
        below.append(shape.item(0))
    return any(node_of(one) in ("text", "cdata") for one in below)


def _own(element: Element) -> list[tuple[Name, str]]:
    return [pair for pair in element.attributes if pair[0].namespace != XSI and pair[0].prefix != "xml"]


def _name_notes(element: Element, shape: Shape, expected: str) -> list[str]:
    notes: list[str] = []
    if expected and element.name.local != expected:
        notes.append(f"{element} is called <{expected}> in the contract")
    wanted = shape.xml.get("namespace")
    if wanted and element.name.namespace != wanted:
        notes.append(f"{element} is in the namespace {element.name.namespace or 'none'}; the contract says {wanted}")
    return notes
