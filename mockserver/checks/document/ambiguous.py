"""Which path templates have a request in common?

OAS 3.1 §4.8.8.1: a path without parameters is matched first, templates that are alike are an error, and for the rest
"it's up to the tooling to decide which one to use": the mock and the live API may decide differently. Two templates
that no value of their parameters lets meet are told apart.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.contract.model import Operation
from mockserver.contract.plan import ParameterPlan, Plan, Plans
from mockserver.document.pointer import child
from mockserver.messages import BY_ID
from mockserver.values import Struct
from mockserver.violation import Violation
from mockserver.wire.json import loads

_RULE: Final = "document-ambiguous-path"
_NAME: Final = re.compile(r"\{([^{}]*)\}")


class _Template(Struct, frozen=True):
    """A path by its segments: a word, or the name of the parameter that is the whole segment."""

    path: str
    words: tuple[str | None, ...]
    names: tuple[str, ...]
    plans: Mapping[str, Mapping[str, ParameterPlan]]


def ambiguous_paths(plans: Plans) -> Iterator[Violation]:
    """Yield a finding for each template that has a request in common with one before it, which neither should win."""
    before: dict[int, list[_Template]] = defaultdict(list)
    for template in _templates(plans):
        for other in before[len(template.words)]:
            shared = _shared(template, other)
            if shared:
                yield _finding(plans, template, other, shared)
                break
        before[len(template.words)].append(template)


def _templates(plans: Plans) -> Iterator[_Template]:
    by_path: dict[str, list[Operation]] = defaultdict(list)
    for operation in plans.contract.operations:
        by_path[operation.template].append(operation)
    for path, operations in by_path.items():
        segments = path.split("/")[1:]
        whole = [_NAME.fullmatch(segment) for segment in segments]
        if any("{" in segment and not match for segment, match in zip(segments, whole, strict=True)):
            continue  # a parameter is a part of a segment, and what stands beside it tells much
        yield _Template(
            path,
            tuple(None if match else segment for segment, match in zip(segments, whole, strict=True)),
            tuple(match[1] if match else "" for match in whole),
            {one.method: plan.path for one in operations if isinstance(plan := plans.of(one), Plan)},
        )


def _shared(one: _Template, other: _Template) -> str:
    """Return a path that both templates match, where neither is the more concrete one."""
    words: list[str] = []
    leads = [False, False]
    for mine, theirs, name in zip(one.words, other.words, one.names, strict=True):
        if mine is not None and theirs is not None and mine != theirs:
            return ""
        leads[0] |= mine is not None and theirs is None
        leads[1] |= theirs is not None and mine is None
        words.append(mine if mine is not None else theirs if theirs is not None else f"{{{name}}}")
    if not all(leads):
        return ""
    for method in one.plans.keys() & other.plans.keys():
        if _takes(one, method, words) and _takes(other, method, words):
            return f"{method} /{'/'.join(words)}"
    return ""


def _takes(template: _Template, method: str, words: list[str]) -> bool:
    """Tell whether the parameters of a template may have these words."""
    for word, name in zip(words, template.names, strict=True):
        plan = template.plans[method].get(name) if name and not word.startswith("{") else None
        if plan is not None and plan.validator is not None and not any(map(plan.validator.is_valid, _values(word))):
            return False
    return True


def _values(word: str) -> Iterator[str | int | float | bool | None]:
    """Yield what a word of a path may be read as."""
    yield word
    try:
        value = loads(word.encode())
    except ValueError:
        return
    if not isinstance(value, dict | list):
        yield value


def _finding(plans: Plans, template: _Template, other: _Template, shared: str) -> Violation:
    at = (plans.contract.root.uri, child("", "paths", template.path))
    message = f"{shared} is both {template.path} and {other.path}, and nothing says which of them"
    fix = "let a pattern or an enum of the path parameter leave the other's word out, or rename a path"
    return Violation(_RULE, "contract", BY_ID[_RULE].level, "", *at, "", message, fix, shared)
