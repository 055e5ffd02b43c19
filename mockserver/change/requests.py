"""What a request may say: parameters and body, old and new. Schemas are left to the pairs."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.change.found import found
from mockserver.change.media import Carried, media, schema_said
from mockserver.change.model import Change, Evidence, Paired, Verdict
from mockserver.change.operations import renamed
from mockserver.change.pairs import Site
from mockserver.change.spelling import parameters_alike
from mockserver.contract.model import Parameter, RequestBody
from mockserver.document.documents import Documents
from mockserver.values import Struct


class Asked(Struct, frozen=True):
    """The parameters and the body of an operation in one edition."""

    parameters: tuple[Parameter, ...]
    body: RequestBody | None
    documents: Documents


def requests(paired: Paired, old: Asked, new: Asked) -> Iterator[Change | Site]:
    """Yield what changed in what a request may say, and the schemas to compare."""
    yield from _parameters(paired, old, new)
    yield from _body(paired, old.body, new.body, (old.documents, new.documents))


def _parameters(paired: Paired, old: Asked, new: Asked) -> Iterator[Change | Site]:
    names = renamed(paired)
    ours = {_key(parameter): parameter for parameter in old.parameters}
    theirs = {_key(parameter, names): parameter for parameter in new.parameters}
    for key, parameter in ours.items():
        if key in theirs:
            yield from _parameter(paired, parameter, theirs[key], (old.documents, new.documents))
        elif parameter.location != "path":
            yield _removed(paired, parameter)
    for key, parameter in theirs.items():
        if key not in ours and parameter.location != "path":
            yield from _added(paired, parameter)


def _key(parameter: Parameter, names: dict[str, str] | None = None) -> tuple[str, str]:
    if parameter.location == "path":
        return "path", (names or {}).get(parameter.name, parameter.name)
    # RFC 9110 §5.1: names of header fields are case-insensitive
    return parameter.location, parameter.name.lower() if parameter.location == "header" else parameter.name


def _place(parameter: Parameter) -> str:
    return f"{parameter.location}.{parameter.name}"


def _removed(paired: Paired, parameter: Parameter) -> Change:
    told = f"{parameter.location} parameter {parameter.name} is gone: who sends it is not understood any more"
    evidence = Evidence(paired, "request", {_place(parameter): None})
    return found(
        "parameter-removed", "unproven", paired, _place(parameter), told,
        old=parameter.node, direction="request", evidence=[evidence],
    )  # fmt: skip


def _added(paired: Paired, parameter: Parameter) -> Iterator[Change | Site]:
    place = _place(parameter)
    if parameter.required:
        yield found(
            "parameter-added", _if_asked(paired, "breaking"), paired, place,
            f"{parameter.location} parameter {parameter.name} is new and required",
            fix=f"let {parameter.name} be optional, with the old behaviour where it is missing",
            new=parameter.node, direction="request",
            evidence=[Evidence(paired, "request", omitted=frozenset({place}))],
        )  # fmt: skip
        return
    told = f"{parameter.location} parameter {parameter.name} is new and optional"
    yield found("parameter-added", "compatible", paired, place, told, new=parameter.node, direction="request")


def _if_asked(paired: Paired, verdict: Verdict) -> Verdict:
    """Return a verdict on what a request must say more: it breaks who sends it, and the API may say more of itself."""
    return "compatible" if paired.reversed else verdict


def _parameter(
    paired: Paired, old: Parameter, new: Parameter, documents: tuple[Documents, Documents]
) -> Iterator[Change | Site]:
    place = _place(new)
    if old.required != new.required:
        rule = "parameter-required" if new.required else "parameter-optional"
        told = f"{new.location} parameter {new.name} is {'required now' if new.required else 'no longer required'}"
        breaks = new.required != paired.reversed
        yield found(
            rule, "breaking" if breaks else "compatible", paired, place, told,
            old=old.node, new=new.node, direction="request",
            evidence=[Evidence(paired, "request", omitted=frozenset({place}))] if breaks else (),
        )  # fmt: skip
    if not parameters_alike(old, new, documents):
        told = f"{new.name} was spelled {_spelling(old)}, and is {_spelling(new)}"
        yield found(
            "parameter-respelled", "unproven", paired, place, told,
            old=old.node, new=new.node, direction="request",
            evidence=[Evidence(paired, "request", {place: None})],
        )  # fmt: skip
    if old.allow_empty != new.allow_empty:
        told = f"{new.name} may {'now' if new.allow_empty else 'no longer'} be empty"
        yield found(
            "parameter-respelled", "compatible" if new.allow_empty else "unproven", paired, place, told,
            old=old.node, new=new.node, direction="request",
            evidence=[Evidence(paired, "request", {place: ""})],
        )  # fmt: skip
    if old.schema is not None and new.schema is not None:
        yield Site(paired, "request", place, old.schema, new.schema, lexical=not new.media_type)
    elif new.schema is not None or old.schema is not None:
        yield schema_said(paired, place, old.node, new.node, Evidence(paired, "request"), added=new.schema is not None)


def _spelling(parameter: Parameter) -> str:
    return parameter.media_type or f"style {parameter.style}, explode {str(parameter.explode).lower()}"


def _body(
    paired: Paired, old: RequestBody | None, new: RequestBody | None, documents: tuple[Documents, Documents]
) -> Iterator[Change | Site]:
    if old is None and new is None:
        return
    if old is None or new is None:
        yield _whole_body(paired, old, new)
        return
    if old.required != new.required:
        rule = "request-body-required" if new.required else "request-body-optional"
        told = f"the body is {'required now' if new.required else 'no longer required'}"
        breaks = new.required != paired.reversed
        yield found(
            rule, "breaking" if breaks else "compatible", paired, "body", told,
            old=old.node, new=new.node, direction="request",
            evidence=[Evidence(paired, "request", omitted=frozenset({"body"}))] if breaks else (),
        )  # fmt: skip
    yield from media(Carried(paired, "request", (old.node, new.node), documents), old.content, new.content)


def _whole_body(paired: Paired, old: RequestBody | None, new: RequestBody | None) -> Change:
    if new is None:
        told = "the body is gone: what it said is not understood any more"
        return found(
            "request-body-removed", "unproven", paired, "body", told,
            old=old.node if old is not None else None, direction="request",
        )  # fmt: skip
    told = f"a body is new, and {'required' if new.required else 'optional'}"
    breaks = new.required and not paired.reversed
    return found(
        "request-body-added", "breaking" if breaks else "compatible", paired, "body", told,
        new=new.node, direction="request",
        evidence=[Evidence(paired, "request", omitted=frozenset({"body"}))] if breaks else (),
    )  # fmt: skip
