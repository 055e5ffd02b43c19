"""What an answer may be: statuses, headers and media types, old and new. Schemas are left to the pairs."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.change.found import found
from mockserver.change.media import Carried, media
from mockserver.change.model import Change, Evidence, Paired
from mockserver.change.pairs import Site
from mockserver.contract.model import Parameter, ResponseSpec
from mockserver.contract.plan import response_for
from mockserver.document.documents import Documents

Responses = tuple[ResponseSpec, ...]


def responses(
    paired: Paired, old: Responses, new: Responses, documents: tuple[Documents, Documents]
) -> Iterator[Change | Site]:
    """Yield what changed in the answers, and the schemas to compare."""
    seen: set[tuple[str, str]] = set()
    for status in _codes(old, new):
        ours, theirs = response_for(old, status), response_for(new, status)
        key = (ours.status if ours else "", theirs.status if theirs else "")
        if key in seen or (ours is None and theirs is None):
            continue
        seen.add(key)
        if ours is None or theirs is None:
            yield _status(paired, status, ours, theirs, old, new)
            continue
        told = str(status) if ours.status != theirs.status else theirs.status
        yield from _headers(paired, ours, theirs, told, status)
        carried = Carried(paired, "response", (ours.node, theirs.node), documents, told, status)
        yield from media(carried, ours.content, theirs.content)


def _codes(old: Responses, new: Responses) -> Iterator[int]:
    """Yield a status for every way in which the keys of both sides can meet."""
    written = {response.status for response in (*old, *new)}
    exact = sorted(int(status) for status in written if status.isdigit())
    yield from exact
    classes = [int(status[0]) for status in written if status.endswith("XX")]
    for number in sorted({*classes, *(range(1, 6) if "default" in written else ())}):
        yield next(code for code in range(100 * number, 100 * number + 100) if code not in exact)


def _status(
    paired: Paired, status: int, ours: ResponseSpec | None, theirs: ResponseSpec | None, old: Responses, new: Responses
) -> Change:
    holders = (ours.node if ours else paired.old.node), (theirs.node if theirs else paired.new.node)
    if theirs is None:
        known = ours.status if ours is not None else str(status)
        last = known.startswith("2") and not any(response.status.startswith("2") for response in new)
        told = f"{known} is no longer answered" + (", and no other success is documented" if last else "")
        return found(
            "status-removed", "breaking" if paired.reversed else "compatible", paired, f"{known} status", told,
            old=holders[0], new=holders[1], direction="response",
            evidence=[Evidence(paired, "response", status=str(status))] if paired.reversed else (),
        )  # fmt: skip
    # RFC 9110 §15: a client must understand the class of a status, and treat an unknown one as the x00 of its class
    understood = status >= 400 or any(response.status.startswith(str(status // 100)) for response in old)
    return found(
        "status-added", "compatible" if paired.reversed else "breaking", paired, f"{theirs.status} status",
        f"{theirs.status} may be answered now",
        old=holders[0], new=holders[1], direction="response",
        evidence=() if paired.reversed else [Evidence(paired, "response", status=str(status))],
        beyond=understood and status >= 400,
    )  # fmt: skip


def _headers(paired: Paired, old: ResponseSpec, new: ResponseSpec, status: str, code: int) -> Iterator[Change | Site]:
    ours = {header.name.lower(): header for header in old.headers}
    theirs = {header.name.lower(): header for header in new.headers}
    for name in dict.fromkeys((*ours, *theirs)):
        yield from _header(paired, ours.get(name), theirs.get(name), (status, code), (old, new))


def _header(
    paired: Paired,
    old: Parameter | None,
    new: Parameter | None,
    answered: tuple[str, int],
    holders: tuple[ResponseSpec, ResponseSpec],
) -> Iterator[Change | Site]:
    header = new or old
    if header is None:
        return
    status, code = answered
    place = f"header.{header.name}"
    sides = (old or holders[0]).node, (new or holders[1]).node
    was, now = old is not None and old.required, new is not None and new.required
    loses, gains = was and not now, now and not was
    breaks = gains if paired.reversed else loses
    if old is None or new is None:
        rule = "header-removed" if new is None else "header-added"
        told = f"header {header.name} {'is no longer documented' if new is None else 'is new'}"
    elif was != now:
        rule = "header-optional" if was else "header-required"
        told = f"header {header.name} {'may be missing now' if was else 'is always there now'}"
    else:
        rule = told = ""
    if rule:
        evidence = Evidence(paired, "response", omitted=frozenset({place}), status=str(code))
        yield found(
            rule, "breaking" if breaks else "compatible", paired, f"{status} {place}", told,
            old=sides[0], new=sides[1], direction="response", evidence=[evidence] if breaks else (),
        )  # fmt: skip
    if old is not None and new is not None and old.schema is not None and new.schema is not None:
        yield Site(paired, "response", place, old.schema, new.schema, status, code, lexical=not new.media_type)
