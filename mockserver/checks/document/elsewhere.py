"""Do path templates and path parameters agree where a part of them stands in another document?

What stands in one document is judged as it is written (rules_paths). Here the operation is known with its references
followed, and only that part is told which no look at one document can see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mockserver.checks.document.flaw import nearest
from mockserver.contract.plan import Plan, Plans
from mockserver.document.pointer import child
from mockserver.messages import BY_ID
from mockserver.violation import Violation

_RULE: Final = "document-path-parameter"
_NAME: Final = re.compile(r"\{([^{}]+)\}")


def path_parameters_elsewhere(plans: Plans) -> Iterator[Violation]:
    """Yield a finding for each name of a template that nothing declares, and each parameter that is not in it."""
    root = plans.contract.root.uri
    for operation in plans.contract.operations:
        plan = plans.of(operation)
        if not isinstance(plan, Plan) or not _is_elsewhere(plan, root):
            continue
        names = tuple(dict.fromkeys(_NAME.findall(operation.template)))
        at = (root, child("", "paths", operation.template))
        for name in names:
            if name not in plan.path:
                message = f"{operation.name} does not declare the path parameter {name} of {operation.template}"
                near = nearest(name, tuple(one for one in plan.path if one not in names))
                fix = f"rename the parameter {near} to {name}" if near else f"add {name} to its parameters, in: path"
                yield _finding(operation.name, at, message, fix)
        for name in plan.path:
            if name not in names:
                message = f"the path {operation.template} does not hold the path parameter {name} of {operation.name}"
                yield _finding(operation.name, at, message, f"remove it, or add {{{name}}} to the path")


def _is_elsewhere(plan: Plan, root: str) -> bool:
    return plan.operation.node.uri != root or any(one.parameter.node.uri != root for one in plan.path.values())


def _finding(operation: str, at: tuple[str, str], message: str, fix: str) -> Violation:
    return Violation(_RULE, "contract", BY_ID[_RULE].level, operation, *at, "", message, fix)
