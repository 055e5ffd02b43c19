"""The media types of a body, old and new: ranges take in what they cover. Schemas are left to the pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mockserver.change.found import found
from mockserver.change.model import Change, Evidence, Paired
from mockserver.change.pairs import Site
from mockserver.change.spelling import is_flat, respelled
from mockserver.contract.model import MediaType
from mockserver.document import pointer as pointers
from mockserver.document.documents import Documents, Node
from mockserver.schema.dialects import Direction
from mockserver.values import Struct
from mockserver.wire import media_type as media_types

Content = tuple[MediaType, ...]

ODD: Final = "\x00odd"
"""Stands for a value that nobody would describe: whoever makes the exchange picks one that is refused."""
_USUAL: Final = (
    "application/json", "application/xml", "text/plain", "application/octet-stream", "application/pdf", "image/png",
    "text/html", "audio/mpeg", "video/mp4", "font/woff2",
)  # fmt: skip


class Carried(Struct, frozen=True):
    """Where a body stands: its message, the status that was written and one that it means, both holders."""

    paired: Paired
    direction: Direction
    holders: tuple[Node, Node]
    documents: tuple[Documents, Documents]
    status: str = ""
    code: int = 0

    @property
    def at(self) -> str:
        """The place for people."""
        return f"{self.status} body" if self.status else "body"

    @property
    def narrows(self) -> bool:
        """Whether what is new breaks."""
        return (self.direction == "response") != self.paired.reversed

    @property
    def is_success(self) -> bool:
        """Whether it is what somebody asks for in Accept."""
        return self.direction == "response" and self.code // 100 in {0, 2}

    def evidence(self, media: str = "", *, content_type: str = "", accept: str = "") -> Evidence:
        """Return what proves that a media type is taken or answered."""
        status = str(self.code) if self.code else ""
        return Evidence(
            self.paired, self.direction, status=status, media_type=media, content_type=content_type, accept=accept
        )


def media(carried: Carried, old: Content, new: Content) -> Iterator[Change | Site]:
    """Yield what changed in the media types of a body, and the schemas to compare."""
    if bool(old) != bool(new) and carried.direction == "response":
        yield from _described(carried, old, new)
        return
    for one in old:
        partners = _partners(one, old, new)
        for partner in partners:
            yield from _same(carried, one, partner)
        if not any(media_types.matches(partner.name, one.name) for partner in partners):
            yield _removed(carried, one, partners)
    for one in new:
        if _covering(old, one.name) is None:
            replaced = [other for other in old if _covering(new, other.name) is one]
            yield _added(carried, one, old, beyond=not replaced)


def _partners(one: MediaType, old: Content, new: Content) -> list[MediaType]:
    """Return the media types that stand for one now: the one that covers it, else all that it covered itself."""
    covering = _covering(new, one.name)
    if covering is not None:
        return [covering]
    return [other for other in new if _covering(old, other.name) is one]


def _covering(content: Content, name: str) -> MediaType | None:
    """Return the media type that a name falls to, such as text/* for text/html."""
    chosen = media_types.select([one.name for one in content], name)
    return next((one for one in content if one.name == chosen), None)


def _removed(carried: Carried, one: MediaType, left: Sequence[MediaType]) -> Change:
    answered = carried.direction == "response"
    breaks = (carried.is_success and not left) if answered else not carried.narrows
    if answered and carried.paired.reversed:
        breaks = True
    told = f"{one.name} is gone" + (f", {' and '.join(other.name for other in left)} is left" if left else "")
    evidence = [carried.evidence(one.name, accept=one.name)]
    if not answered or carried.paired.reversed:
        evidence = [carried.evidence(one.name, content_type=name) for name in _outside(one.name, left)]
    return found(
        "media-type-removed", "breaking" if breaks else "compatible", carried.paired, carried.at, told,
        old=one.node, new=carried.holders[1], direction=carried.direction, evidence=evidence if breaks else (),
    )  # fmt: skip


def _added(carried: Carried, one: MediaType, old: Content, *, beyond: bool) -> Change:
    """Tell that a media type is new; `beyond`: who asks for the old ones in Accept still gets them."""
    evidence = [carried.evidence(one.name, content_type=name) for name in _outside(one.name, old)]
    return found(
        "media-type-added", "breaking" if carried.narrows else "compatible", carried.paired, carried.at,
        f"{one.name} is new", old=carried.holders[0], new=one.node, direction=carried.direction,
        evidence=evidence if carried.narrows else (), beyond=beyond,
    )  # fmt: skip


def _described(carried: Carried, old: Content, new: Content) -> Iterator[Change]:
    """Yield that an answer is described now, or no longer: where no content is documented, any is an answer."""
    for one in (*old, *new):
        rule, word = ("media-type-added", "new") if new else ("media-type-removed", "gone")
        told = f"{one.name} is {word}: " + ("nothing was said" if new else "nothing is said any more") + " of the body"
        breaks = bool(new) != carried.narrows
        evidence = [carried.evidence(name) for name in (*([one.name] if carried.is_success else ()), "")]
        if new:  # who answered anything did so in the old edition
            evidence = [carried.evidence("")]
        yield found(
            rule, "breaking" if breaks else "compatible", carried.paired, carried.at, told,
            old=carried.holders[0] if new else one.node, new=one.node if new else carried.holders[1],
            direction=carried.direction, evidence=evidence if breaks else (),
        )  # fmt: skip


def _outside(name: str, covered: Sequence[MediaType]) -> list[str]:
    """Return media types of a range that others do not cover."""
    names = [name] if "*" not in name else [usual for usual in _USUAL if media_types.matches(name, usual)]
    return [one for one in names if _covering(tuple(covered), one) is None]


def _same(carried: Carried, old: MediaType, new: MediaType) -> Iterator[Change | Site]:
    for name, was, now in respelled(old, new, carried.documents):
        place = f"body#{pointers.join((name,))}"
        yield found(
            "parameter-respelled", "unproven", carried.paired, f"{carried.at}#{pointers.join((name,))}",
            f"{name} was spelled {was}, and is {now}", old=old.node, new=new.node, direction=carried.direction,
            evidence=[Evidence(carried.paired, "request", {place: None}, media_type=new.name)]
            if carried.direction == "request" else (),
        )  # fmt: skip
    ours, theirs = old.schema or old.item_schema, new.schema or new.item_schema
    if ours is not None and theirs is not None:
        lexical = all(is_flat(one, held) for one, held in zip((old, new), carried.documents, strict=True))
        narrower = new.name if media_types.matches(old.name, new.name) else old.name
        yield Site(
            carried.paired, carried.direction, "body", ours, theirs, carried.status, carried.code, narrower, lexical
        )
    elif ours is not None or theirs is not None:
        evidence = carried.evidence(new.name)
        yield schema_said(carried.paired, carried.at, old.node, new.node, evidence, added=theirs is not None)


def schema_said(paired: Paired, at: str, old: Node, new: Node, evidence: Evidence, *, added: bool) -> Change:
    """Tell that a value is described now, or no longer."""
    breaks = added == ((evidence.direction == "request") != paired.reversed)
    rule = "schema-added" if added else "schema-removed"
    told = "the value is described now" if added else "the value is no longer described: anything may stand here"
    odd = Evidence(
        paired, evidence.direction, {at.rpartition(" ")[2]: ODD}, status=evidence.status, media_type=evidence.media_type
    )
    return found(
        rule, "breaking" if breaks else "compatible", paired, at, told,
        old=old, new=new, direction=evidence.direction, evidence=[odd] if breaks else (),
    )  # fmt: skip
