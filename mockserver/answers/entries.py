"""The entries of an error: one for each finding, in the shape of the contract's own.

Contracts list what is wrong with a request under many names. Their examples list what was wrong with another request,
and generated values what is wrong with none, so such a list is told anew, left out, or emptied, whichever the schema
admits first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from mockserver.answers.changes import GONE, Path, get, put
from mockserver.answers.sound import Sound
from mockserver.document import pointer as pointers
from mockserver.values import JSON
from mockserver.violation import Violation, Violations, errors_in

TEXTS = (
    "detail",
    "message",
    "error_description",
    "errorMessage",
    "error_message",
    "description",
    "msg",
    "reason",
    "error",
    "details",
    "title",
    "text",
)
SUBJECTS = frozenset({"param", "parameter", "field", "property", "attribute", "target", "pointer"})
_PLACES = SUBJECTS | {"path", "name", "location", "loc", "in", "key", "source", "instancePath", "dataPath", "fieldName"}
_LISTS = frozenset(
    {
        "errors", "details", "violations", "issues", "causes", "problems", "messages", "reasons", "fields", "failures",
        "invalid-params", "invalidParams", "invalid_params", "invalidFields", "fieldErrors", "field_errors",
        "validationErrors", "validation_errors", "errorMessages", "error_details", "errorDetails", "error_messages",
    }
)  # fmt: skip
_LOCATIONS = frozenset({"path", "query", "header", "headers", "cookie", "body"})
_DEEPEST = 2
_MOST = 20


def lists_in(value: JSON, above: Path = ()) -> Iterator[Path]:
    """Yield where an error lists what was wrong."""
    for name, item in value.items() if isinstance(value, dict) else ():
        if name in _LISTS and isinstance(item, list | dict) and item:
            yield (*above, name)
        elif len(above) < _DEEPEST:
            yield from lists_in(item, (*above, name))


def with_entries(value: JSON, lists: Iterable[Path], violations: Violations, sound: Sound) -> tuple[JSON, bool]:
    """Return the error with its lists told anew, and whether a list tells the findings now."""
    told, findings = False, (errors_in(violations) or violations)[:_MOST]
    for path in lists:
        listed = get(value, path)
        for replacement in chain(_retold(listed, findings), (GONE, type(listed)())):
            if sound.admits(value, path, replacement):
                value, told = put(value, path, replacement), told or (replacement is not GONE and bool(replacement))
                break
    return value, told


def subject_of(violation: Violation, like: JSON) -> JSON:
    """Return the place of a finding, spelled as another place is: a pointer, steps, a location, or dotted names."""
    location, steps = _steps(violation.at)
    match like:
        case list():
            return [location, *steps]
        case str() if like in _LOCATIONS:
            return location
        case str() if like[:1] in {"/", "#"}:
            return like[0].removeprefix("/") + pointers.join(steps)
        case _:
            return ".".join(map(str, steps)) or location


def _retold(listed: JSON, violations: Violations) -> Iterator[JSON]:
    """Yield what may stand in place of a list, the fullest first; nothing where there is nothing to tell."""
    if not violations:
        return
    if isinstance(listed, list):
        for spare in (True, False):
            yield [_entry(listed[0], violation, spare=spare) for violation in violations]
        for spare in (True, False):
            yield [_entry(listed[0], violations[0], spare=spare)]
        return
    texts = next(iter(listed.values()))
    if all(isinstance(item, list) for item in listed.values()):  # {"weight": ["is missing"]}
        yield {subject_of(one, ""): [_entry(texts[0] if texts else "", one, spare=True)] for one in violations}
    elif all(isinstance(item, str) for item in listed.values()) and not listed.keys() & {*TEXTS, *_PLACES}:
        yield {subject_of(one, ""): one.message for one in violations}
    else:
        for spare in (True, False):
            yield _entry(listed, violations[0], spare=spare)


def _entry(like: JSON, violation: Violation, *, spare: bool) -> JSON:
    """Return an entry like another one; a spare one holds nothing that may be about something else."""
    if not isinstance(like, dict):
        return violation.message if isinstance(like, str) else like
    entry: dict[str, JSON] = {}
    for name, item in like.items():
        if name in TEXTS and isinstance(item, str):
            entry[name] = violation.message
        elif name in _PLACES and isinstance(item, dict):
            entry[name] = _entry(item, violation, spare=spare)
        elif name in _PLACES:
            entry[name] = subject_of(violation, item)
        elif not spare:
            entry[name] = item
    return entry


def _steps(at: str) -> tuple[str, Sequence[str | int]]:
    """Return where a place of an exchange stands, and the steps from there.

    >>> _steps("body#/parcels/0/weight"), _steps("query.limit")
    (('body', ['parcels', 0, 'weight']), ('query', ['limit']))
    """
    head, _, pointer = at.partition("#")
    location, _, name = head.partition(".")
    below = [int(step) if step.isascii() and step.isdigit() else step for step in pointers.split(pointer)]
    return location, [name, *below] if name else below
