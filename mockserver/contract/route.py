"""Request to operation.

Knows path templates and methods. Does not know schemas: a request that routes may still be wrong in every parameter;
that is for checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias
from urllib.parse import parse_qsl, quote, unquote

from mockserver.contract.model import Contract, Operation
from mockserver.contract.nearest import Signposts
from mockserver.values import Struct, field

Captures: TypeAlias = tuple[tuple[str, str], ...]
"""Template parameters with their raw text, still percent-encoded."""


class Routed(Struct, frozen=True):
    """The operation that a request asks for.

    `rivals` are what else may be meant: operations of the same method whose templates differ in nothing but names
    (OAS 3.1 §4.8.8.2 forbids them, and many documents have them), and other ways to part a segment. Only the values of
    the path parameters can tell.
    """

    operation: Operation
    captures: Captures
    rivals: tuple[Routed, ...] = ()


class WrongMethod(Struct, frozen=True):
    """The path is known, the method is not (RFC 9110 §15.5.6); `allow` lists those that are."""

    template: str
    allow: tuple[str, ...]
    operations: tuple[Operation, ...]


class Unrouted(Struct, frozen=True):
    """No template fits; `nearest` are those that look most like the path."""

    path: str
    nearest: tuple[str, ...]


Route: TypeAlias = Routed | WrongMethod | Unrouted

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class _Leaf(Struct):
    """What stands at the end of a path: methods, and variants of the template that carry a query part."""

    template: str
    methods: dict[str, list[tuple[Operation, tuple[str, ...]]]] = field(default_factory=dict)
    variants: list[tuple[frozenset[tuple[str, str]], _Leaf]] = field(default_factory=list)


class _Mixed(Struct, frozen=True):
    """A segment of text and placeholders, with each way to part what a client sends for it.

    The first parts as short as they can be, as long, or each from its `;` or `.` on (styles matrix and label).
    """

    ways: tuple[re.Pattern[str], ...]
    literal: int

    def parts(self, segment: str) -> tuple[tuple[str, ...], ...]:
        """Return the raw parts of a segment in each way, or nothing when it does not fit."""
        found = dict.fromkeys(matched.groups() for pattern in self.ways if (matched := pattern.fullmatch(segment)))
        if found or "%" not in segment:
            return tuple(found)
        plain = unquote(segment)  # an encoded letter of the text is that letter (RFC 3986 §6.2.2.2)
        return (
            tuple(tuple(quote(part, safe="") for part in parts) for parts in self.parts(plain))
            if ("%" not in plain)
            else ()
        )


class _Step(Struct):
    literals: dict[str, _Step] = field(default_factory=dict)
    mixed: list[tuple[_Mixed, _Step]] = field(default_factory=list)
    anything: _Step | None = None
    leaf: _Leaf | None = None


class Router:
    """Finds operations by walking the path's segments: cost does not grow with their number.

    Built once, so it serves any number of threads; what tells known paths from an unknown one is made when it is asked.
    """

    def __init__(self, contract: Contract) -> None:
        self._root = _Step()
        self._templates: list[str] = []
        self._signposts: Signposts | None = None
        for operation in contract.operations:
            self._add(operation)

    def _add(self, operation: Operation) -> None:
        path, query = operation.target
        step = self._root
        names: list[str] = []
        for segment in path.split("/")[1:]:
            step = _step(step, segment, names)
        if step.leaf is None:
            step.leaf = _Leaf(path)
            self._templates.append(path)
        leaf = step.leaf
        if query:
            wanted = frozenset(parse_qsl(query, keep_blank_values=True))
            leaf = _variant_for(leaf, wanted, operation.template)
        leaf.methods.setdefault(operation.method, []).append((operation, tuple(names)))

    def route(self, method: str, path: str, query: str = "") -> Route:
        """Find the operation for a method, a raw path and a raw query.

        A concrete path wins over a template, even when only the template has the method (OAS 3.1 §4.8.8.2).
        """
        segments = path.split("/")
        found = None
        if segments[0] == "":
            found = _straight(self._root, segments) if "%" not in path else None
            found = found or _walk(self._root, segments, 1, ((),))
        if found is None:
            return Unrouted(path, self.nearest(path))
        leaf, ways = found
        if leaf.variants:
            leaf = _variant(leaf, query)
        entries = leaf.methods.get(method)
        if entries is None and method == "HEAD":
            entries = leaf.methods.get("GET")  # RFC 9110 §9.3.2: HEAD is GET without the content
        if entries is not None:
            if len(entries) == 1 == len(ways):  # nearly always
                operation, names = entries[0]
                return Routed(operation, tuple(zip(names, ways[0])))  # noqa: B905 - a template has as many
            first, *others = [
                Routed(operation, tuple(zip(names, values, strict=True)))
                for operation, names in entries
                for values in ways
            ]
            return Routed(first.operation, first.captures, tuple(others)) if others else first
        if not leaf.methods:
            return Unrouted(path, tuple(variant.template for _, variant in leaf.variants))
        return WrongMethod(
            leaf.template, tuple(leaf.methods), tuple(entries[0][0] for entries in leaf.methods.values())
        )

    def nearest(self, path: str) -> tuple[str, ...]:
        """Return up to three templates that look like a path."""
        if self._signposts is None:
            self._signposts = Signposts(self._templates)
        return self._signposts.nearest(path)


def _step(step: _Step, segment: str, names: list[str]) -> _Step:
    found = _PLACEHOLDER.findall(segment)
    if not found:
        return step.literals.setdefault(unquote(segment), _Step())
    names.extend(found)
    if len(found) == 1 and segment == f"{{{found[0]}}}":
        if step.anything is None:
            step.anything = _Step()
        return step.anything
    ways = tuple(
        re.compile("".join(_segment_pattern(segment, *parts)), re.DOTALL)
        for parts in (("(.+?)", "(.+)"), ("(.+)", "(.+)"), ("([;.][^;.]*)", "([;.][^;.]*)"))
    )
    for known, below in step.mixed:
        if known.ways[0].pattern == ways[0].pattern:
            return below
    below = _Step()
    mixed = _Mixed(ways, len(_PLACEHOLDER.sub("", segment)))
    step.mixed.append((mixed, below))
    step.mixed.sort(key=lambda entry: -entry[0].literal)  # the more literal text a segment has, the more concrete it is
    return below


def _segment_pattern(segment: str, part: str, last: str) -> Iterator[str]:
    pieces = _PLACEHOLDER.split(segment)
    for index, piece in enumerate(pieces):
        yield re.escape(unquote(piece)) if index % 2 == 0 else last if index >= len(pieces) - 2 else part


_Values: TypeAlias = tuple[str, ...]


def _straight(step: _Step, segments: list[str]) -> tuple[_Leaf, tuple[_Values, ...]] | None:
    """Return the leaf of a path that can only be read in one way, nearly always; `_walk` knows all ways."""
    values: list[str] = []
    for segment in segments[1:]:
        below = step.literals.get(segment)
        if below is not None and step.anything is None and not step.mixed:
            step = below
        elif below is None and step.anything is not None and segment and not step.mixed:
            step = step.anything
            values.append(segment)
        else:
            return None
    return (step.leaf, (tuple(values),)) if step.leaf is not None else None


def _walk(
    step: _Step, segments: list[str], index: int, values: tuple[_Values, ...]
) -> tuple[_Leaf, tuple[_Values, ...]] | None:
    """Return the leaf of a path, and each way in which its placeholders may be filled."""
    while index < len(segments):
        segment = segments[index]
        below = step.literals.get(unquote(segment) if "%" in segment else segment)
        if step.mixed or (below is not None and step.anything is not None):
            return _fork(step, below, segments, index, values)
        if below is not None:
            step = below
        elif step.anything is not None and segment:
            step = step.anything
            values = tuple([(*before, segment) for before in values])
        else:
            return None
        index += 1
    return (step.leaf, values) if step.leaf is not None else None


def _fork(
    step: _Step, below: _Step | None, segments: list[str], index: int, values: tuple[_Values, ...]
) -> tuple[_Leaf, tuple[_Values, ...]] | None:
    """Try the ways that a segment may go: as the text it is, as a text with placeholders in it, as anything."""
    segment = segments[index]
    if below is not None:
        found = _walk(below, segments, index + 1, values)
        if found is not None:
            return found
    for mixed, further in step.mixed:
        ways = mixed.parts(segment)
        if ways:
            filled = tuple((*before, *parts) for before in values for parts in ways)
            found = _walk(further, segments, index + 1, filled)
            if found is not None:
                return found
    if step.anything is not None and segment:
        return _walk(step.anything, segments, index + 1, tuple((*before, segment) for before in values))
    return None


def _variant_for(leaf: _Leaf, wanted: frozenset[tuple[str, str]], template: str) -> _Leaf:
    for known, variant in leaf.variants:
        if known == wanted:
            return variant
    variant = _Leaf(template)
    leaf.variants.append((wanted, variant))
    leaf.variants.sort(key=lambda entry: -len(entry[0]))
    return variant


def _variant(leaf: _Leaf, query: str) -> _Leaf:
    """Return the variant whose whole query part the request carries, the most specific first."""
    sent = set(parse_qsl(query, keep_blank_values=True))
    return next((variant for wanted, variant in leaf.variants if wanted <= sent), leaf)
