"""XML text to elements and back (XML 1.0, Namespaces in XML 1.0).

Knows no schemas. Document types are refused, and with them every entity that is not one of the five of XML itself: no
expansion, nothing from outside. Prefixes need not be declared, because contracts name some without a namespace.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias
from xml.parsers import expat

from mockserver.values import Struct, field
from mockserver.wire.reading import SpellingError, UnspellableError

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_DEEPEST: Final = 200
_NO_CHARACTER: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 §2.2
_NAME: Final = re.compile(
    "[A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff]"
    "[-.0-9A-Z_a-z\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0300-\u036f\u0370-\u037d\u037f-\u1fff]*"
)


class Name(Struct, frozen=True):
    """A name as it was written and the namespace that its prefix, or the lack of one, stands for."""

    local: str
    prefix: str = ""
    namespace: str = ""


class Element(Struct, eq=False):
    """An element with its attributes and its content in order; `line` is where it starts."""

    name: Name
    attributes: Sequence[tuple[Name, str]]
    line: int
    content: list[Element | str] = field(default_factory=list)

    @property
    def elements(self) -> list[Element]:
        """The elements directly below."""
        return [part for part in self.content if isinstance(part, Element)]

    @property
    def text(self) -> str:
        """The text directly below."""
        return "".join(part for part in self.content if isinstance(part, str))

    @property
    def is_nil(self) -> bool:
        """Whether it says that it has no value (XML Schema part 1 §2.6.2)."""
        return any(
            name.local == "nil" and name.namespace == XSI and text in ("true", "1") for name, text in self.attributes
        )

    def __str__(self) -> str:
        return f"line {self.line}: <{self.name.local}>"


Scope: TypeAlias = Mapping[str, str]


def parse(document: bytes, charset: str = "") -> Element:
    """Return the root element; raises SpellingError with line and column where it is not well-formed."""
    builder = _Builder()
    try:
        parser = expat.ParserCreate(charset or None)
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = lambda name, attributes: builder.start(name, attributes, parser.CurrentLineNumber)
        parser.EndElementHandler = builder.end
        parser.CharacterDataHandler = builder.characters
        parser.Parse(document, True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise SpellingError(f"it is not XML: {reason} at line {error.lineno}, column {error.offset + 1}") from error
    except (LookupError, UnicodeError) as error:
        raise SpellingError(f"its charset {charset!r:.40} is not known") from error
    return builder.root


class _Builder:
    """Builds the tree from what the parser meets."""

    def __init__(self) -> None:
        self._top = Element(Name(""), (), 0)
        self._open: list[tuple[Element, Scope]] = [(self._top, {"xml": "http://www.w3.org/XML/1998/namespace"})]

    @property
    def root(self) -> Element:
        """The element of the document."""
        return self._top.elements[0]

    def start(self, name: str, attributes: list[str], line: int) -> None:
        """Open an element; `attributes` are names and values by turns."""
        if len(self._open) > _DEEPEST:
            raise SpellingError(f"it is nested more than {_DEEPEST} levels deep at line {line}")
        parent, scope = self._open[-1]
        pairs = list(zip(attributes[::2], attributes[1::2], strict=True))
        declared = {key[6:]: text for key, text in pairs if key == "xmlns" or key.startswith("xmlns:")}
        inner = {**scope, **declared} if declared else scope
        own = [
            (_named(key, inner if ":" in key else {}), text)
            for key, text in pairs
            if key != "xmlns" and not key.startswith("xmlns:")
        ]
        element = Element(_named(name, inner), own, line)
        parent.content.append(element)
        self._open.append((element, inner))

    def end(self, name: str) -> None:
        """Close the element."""
        del name
        self._open.pop()

    def characters(self, text: str) -> None:
        """Add text to the open element."""
        self._open[-1][0].content.append(text)


def text_of(text: str) -> str:
    """Return text as the content of an element."""
    return _checked(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def attribute_of(text: str) -> str:
    """Return text as the value of an attribute, quotes included."""
    escaped = text_of(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return f'"{escaped}"'


def cdata_of(text: str) -> str:
    """Return text as a CDATA section, or as several where it holds what would end one."""
    if "\r" in text:  # XML 1.0 §2.11: it would come back as a line feed, and no escape works here
        return text_of(text)
    return "<![CDATA[" + _checked(text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def name_of(name: str) -> str:
    """Return the name, if it is one without a prefix (Namespaces in XML §3)."""
    if not _NAME.fullmatch(name):
        raise UnspellableError(f"{name!a:.60} cannot be the name of an element or attribute in XML")
    return name


def _named(qualified: str, scope: Scope) -> Name:
    prefix, _, local = qualified.rpartition(":")
    return Name(local, prefix, scope.get(prefix, ""))


def _checked(text: str) -> str:
    if _NO_CHARACTER.search(text):
        raise UnspellableError(f"{text!a:.60} holds a character that XML cannot carry")
    return text


def _refuse_doctype(name: str, system: str | None, public: str | None, internal: int) -> None:
    del name, system, public, internal
    raise SpellingError("it has a document type (<!DOCTYPE>), which is refused: entities could be anything")
