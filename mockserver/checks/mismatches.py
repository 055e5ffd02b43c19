"""What is wrong with a value, in words.

Takes what a validator found and tells it as findings: the alternative of a union that was meant, one leaf each, a
sentence with the place, and the fix. Knows nothing of where the value stood in the exchange but its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mockserver.contract.plan import MediaPlan
from mockserver.document import pointer as pointers
from mockserver.messages import BY_ID
from mockserver.schema.bundle import Bundle
from mockserver.schema.compile import Mismatch, Validator
from mockserver.schema.dialects import FORMAT_HINTS
from mockserver.values import JSON, Struct, replace
from mockserver.violation import Side, Violation

_SUFFIX: Mapping[str, str] = {
    "required": "required", "dependentRequired": "required", "type": "type", "enum": "enum", "const": "enum",
    "format": "format", "pattern": "pattern", "minLength": "length", "maxLength": "length", "minimum": "range",
    "maximum": "range", "exclusiveMinimum": "range", "exclusiveMaximum": "range", "multipleOf": "range",
    "minItems": "items", "maxItems": "items", "uniqueItems": "items", "contains": "items", "minContains": "items",
    "maxContains": "items", "unevaluatedItems": "items", "additionalItems": "items",
    "additionalProperties": "properties", "unevaluatedProperties": "properties", "propertyNames": "properties",
    "minProperties": "properties", "maxProperties": "properties", "falseSchema": "properties",
    "oneOf": "union", "anyOf": "union", "not": "union",
}  # fmt: skip
_KIND_NAMES: Mapping[str, str] = {
    "null": "null", "boolean": "true or false", "integer": "an integer", "number": "a number", "string": "a text",
    "array": "a list", "object": "an object",
}  # fmt: skip
_AT_MOST = 6
_DEEP_ENOUGH = 3


class Place(Struct, frozen=True):
    """Where a value stands: `at` in the exchange, `name` for people (empty for a body), and who is judged."""

    side: Side
    operation: str
    at: str
    name: str


def findings(value: JSON, validator: Validator, bundle: Bundle, place: Place) -> Iterator[Violation]:
    """Yield a violation for every leaf that the value breaks."""
    for mismatch in validator.mismatches(value):
        for leaf in leaves(mismatch, bundle.schema):
            yield _violation(leaf, bundle, place)


def media_findings(value: JSON, media: MediaPlan, place: Place) -> Iterator[Violation]:
    """Yield a violation for every leaf that a body breaks, item by item where it is a stream of them."""
    if media.validator is None or media.bundle is None:
        return
    if not (media.per_item and isinstance(value, list)):
        yield from findings(value, media.validator, media.bundle, place)
        return
    for index, item in enumerate(value):
        here = replace(place, at=f"{place.at}#/{index}", name=f"{place.name}[{index}]")
        yield from findings(item, media.validator, media.bundle, here)


def leaves(mismatch: Mismatch, schema: JSON) -> Iterator[Mismatch]:
    """Yield the causes: those of the one alternative that was meant, where that is plain, or the union itself."""
    if not mismatch.branches:
        yield mismatch
        return
    meant = _meant(mismatch, schema)
    if meant is None:
        yield mismatch
        return
    for inner in meant:
        yield from leaves(inner, schema)


def _meant(mismatch: Mismatch, schema: JSON) -> Sequence[Mismatch] | None:
    branches = [branch for branch in mismatch.branches if branch]
    if len(branches) < len(mismatch.branches):  # an alternative fits: more than one did
        return None
    named = _by_discriminator(mismatch, schema)
    if named is not None and named < len(branches):
        return branches[named]
    depth = len(mismatch.path)
    plausible = [branch for branch in branches if not any(_of_another_kind(inner, depth) for inner in branch)]
    if len(plausible) == 1:
        return plausible[0]
    return next((branch for branch in plausible if all(map(_is_spelling, branch))), None)


def _is_spelling(mismatch: Mismatch) -> bool:
    """Tell whether only the value is wrong and not what it is, so that this alternative was meant."""
    return BY_ID[f"request-{_suffix(mismatch)}"].kind == "value"


def _of_another_kind(mismatch: Mismatch, depth: int) -> bool:
    """Tell whether a mismatch says that this alternative was never meant: another type, or another tag."""
    if mismatch.keyword == "type":
        return len(mismatch.path) == depth
    return mismatch.keyword in {"const", "enum"} and len(mismatch.path) <= depth + 1


def _by_discriminator(mismatch: Mismatch, schema: JSON) -> int | None:
    """Return the index of the alternative that the discriminator names (OAS 3.1 §4.8.25)."""
    holder = _node(schema, mismatch.place[:-1])
    discriminator = holder.get("discriminator") if isinstance(holder, dict) else None
    if not isinstance(discriminator, dict) or not isinstance(mismatch.instance, dict):
        return None
    name = mismatch.instance.get(discriminator.get("propertyName"))
    if not isinstance(name, str):
        return None
    wanted = discriminator.get("mapping", {}).get(name, f"#/$defs/{name}")
    alternatives = holder[mismatch.keyword]
    return next(
        (index for index, item in enumerate(alternatives) if isinstance(item, dict) and item.get("$ref") == wanted),
        None,
    )


def _node(schema: JSON, parts: Sequence[str | int]) -> JSON:
    try:
        return pointers.look_up(schema, pointers.join(parts))
    except LookupError:
        return None


def _violation(mismatch: Mismatch, bundle: Bundle, place: Place) -> Violation:
    prefix = "request" if place.side == "consumer" else "response"
    rule = BY_ID[f"{prefix}-{_suffix(mismatch)}"]
    missing = (mismatch.expected,) if mismatch.keyword == "required" else ()
    path = (*mismatch.path, *missing)
    uri, pointer = bundle.place(mismatch.place)
    subject = spoken(place.name, path) or "the body"
    message, fix = _words(mismatch, subject, place.side)
    at = place.at
    if path:
        at += ("" if "#" in at else "#") + pointers.join(path)
    return Violation(
        rule=rule.id,
        side=place.side,
        level="error",
        operation=place.operation,
        document=uri,
        pointer=pointer,
        at=at,
        message=message,
        fix=fix,
        witness=mismatch.instance,
    )


def _suffix(mismatch: Mismatch) -> str:
    if mismatch.keyword == "oneOf" and any(not branch for branch in mismatch.branches):
        return "ambiguous"
    return _SUFFIX.get(mismatch.keyword, "union")


def spoken(name: str, path: Sequence[str | int]) -> str:
    """Spell a place as people write it in code.

    >>> spoken("", ("parcels", 0, "weight"))
    'parcels[0].weight'
    """
    text = name
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def shown(value: JSON) -> str:
    """Spell a value shortly."""
    text = repr(value) if isinstance(value, str) else _as_json(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _as_json(value: JSON, depth: int = 0) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case dict() | list() if depth > _DEEP_ENOUGH:
            return "..."
        case dict():
            members = (f'"{key}": {_as_json(item, depth + 1)}' for key, item in list(value.items())[:4])
            return "{" + ", ".join(members) + "}"
        case list():
            return "[" + ", ".join(_as_json(item, depth + 1) for item in value[:4]) + "]"
        case _:
            return str(value) if not isinstance(value, str) else f'"{value[:60]}"'


def kind_of(value: JSON) -> str:
    """Name the kind of a value for people."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def _one_of(words: Sequence[str]) -> str:
    listed = list(words)
    if len(listed) > _AT_MOST:
        listed = [*listed[:_AT_MOST], f"{len(words) - _AT_MOST} more"]
    return listed[0] if len(listed) == 1 else ", ".join(listed[:-1]) + " or " + listed[-1]


def _words(mismatch: Mismatch, subject: str, side: Side) -> tuple[str, str]:
    """Return the sentence and the fix for one leaf."""
    verb = "send" if side == "consumer" else "answer"
    value, expected = mismatch.instance, mismatch.expected
    match mismatch.keyword:
        case "required":
            return f"{subject} is missing", f"{verb} {subject}"
        case "type":
            names = [expected] if isinstance(expected, str) else expected
            wanted = _one_of([_KIND_NAMES.get(name, name) for name in sorted(names, key="null".__eq__)])
            found = "null" if value is None else f"{kind_of(value)} ({shown(value)})"
            return f"{subject} is {found}, not {wanted}", f"{verb} {wanted}"
        case "enum":
            wanted = _one_of([shown(item) for item in expected])
            return f"{subject} is {shown(value)}, which is not listed", f"{verb} {wanted}"
        case "const":
            return f"{subject} is {shown(value)}, not {shown(expected)}", f"{verb} {shown(expected)}"
        case "format":
            hint = FORMAT_HINTS.get(str(expected), "")
            return f"{subject} is {shown(value)}, which is no {expected}", f"{verb} it as {expected}" + (
                f", for example {hint}" if hint else ""
            )
        case "pattern":
            return f"{subject} is {shown(value)}, which does not match {expected}", f"{verb} a text that matches it"
        case "falseSchema" if mismatch.place[-1:] == ("additionalProperties",):
            return f"{subject} has properties, and may have none", "leave them out"
        case "falseSchema":
            return f"{subject} may not be there", f"leave {subject} out"
        case "additionalProperties" | "unevaluatedProperties":
            names_ = _one_of([str(name) for name in expected])
            return f"{subject} has {names_}, which the contract does not have", f"leave {names_} out"
        case "uniqueItems":
            return f"{subject} holds an item twice", f"{verb} each item once"
        case "propertyNames":
            return f"{subject} has a name that is not allowed: {expected}", "rename the property"
        case "oneOf" | "anyOf" | "not":
            return _union_words(mismatch, subject, verb)
        case _:
            return _bound_words(mismatch, subject, verb)


def _union_words(mismatch: Mismatch, subject: str, verb: str) -> tuple[str, str]:
    if mismatch.keyword == "not":
        return f"{subject} is {shown(mismatch.instance)}, which is ruled out", f"{verb} another value"
    fitting = sum(not branch for branch in mismatch.branches)
    if fitting > 1:
        return (
            f"{subject} fits {fitting} of the {len(mismatch.branches)} alternatives, and only one may fit",
            f"{verb} a value that tells them apart",
        )
    reasons = [branch[0].message for branch in mismatch.branches if branch][:3]
    detail = f" ({'; '.join(reason[:80] for reason in reasons)})" if reasons else ""
    return (
        f"{subject} is {shown(mismatch.instance)}, which fits none of {len(mismatch.branches)} alternatives{detail}",
        f"{verb} what one of them describes",
    )


_BOUNDS: Mapping[str, str] = {
    "minimum": "is {value}, less than {expected}",
    "maximum": "is {value}, more than {expected}",
    "exclusiveMinimum": "is {value}, and must be more than {expected}",
    "exclusiveMaximum": "is {value}, and must be less than {expected}",
    "multipleOf": "is {value}, no multiple of {expected}",
    "minLength": "has {size} characters, fewer than {expected}",
    "maxLength": "has {size} characters, more than {expected}",
    "minItems": "has {size} items, fewer than {expected}",
    "maxItems": "has {size} items, more than {expected}",
    "minProperties": "has {size} properties, fewer than {expected}",
    "maxProperties": "has {size} properties, more than {expected}",
}


def _bound_words(mismatch: Mismatch, subject: str, verb: str) -> tuple[str, str]:
    template = _BOUNDS.get(mismatch.keyword)
    if template is None:
        return f"{subject}: {mismatch.message}", f"{verb} what {mismatch.keyword} asks for"
    value = mismatch.instance
    size = len(value) if isinstance(value, str | list | dict) else 0
    return (
        f"{subject} {template.format(value=shown(value), expected=mismatch.expected, size=size)}",
        f"{verb} what keeps {mismatch.keyword}: {mismatch.expected}",
    )
