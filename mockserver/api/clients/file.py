"""The bindings of a suite, written down as a pytest file that anybody can read and change."""

from __future__ import annotations

from mockserver.api.clients.bound import Binding, spelled
from mockserver.api.clients.suite import ClientSuite

_HEAD = '''"""Property tests of {name} against the contract of {service}.

Written by `mockserver verify client {target}`.
Each line binds a method to the operation it calls, and its parameters to their places in the request.
"""

from mockserver import ClientSuite

{imports}
suite = ClientSuite("{service}", {name}{raises})
'''
_TAIL = """

@suite.parametrize()
def test_{identifier}(case):
    case.check()
"""


def written(suite: ClientSuite, target: str, raises: tuple[str, ...]) -> str:
    """Return the text of the file."""
    module, _, name = target.partition(":")
    client = name or module.rpartition(".")[2]
    imports = [f"from {module} import {name}"] if name else [f"import {module} as {client}"]
    errors = []
    for error in raises:
        place, _, word = error.partition(":")
        imports.append(f"from {place} import {word}")
        errors.append(word)
    said = f", raises=({', '.join(errors)},)" if len(errors) > 1 else f", raises={errors[0]}" if errors else ""
    head = _HEAD.format(
        name=client, service=suite.service.name, target=target, imports="\n".join(sorted(imports)) + "\n", raises=said
    )
    lines = [_line(binding) for binding in suite.bindings if binding.method]
    left = [f"# not bound: {method}: {why}" for method, why in suite.unbound]
    identifier = "".join(one if one.isalnum() else "_" for one in suite.service.name)
    return head + "\n".join((*lines, *left, "")) + _TAIL.format(identifier=identifier)


def _line(binding: Binding) -> str:
    words = [repr(binding.method), *map(repr, binding.names)]
    for part in binding.bound:
        words.extend(f"{one.parameter.name}={spelled(one.place)!r}" for one in part if one.place is not None)
    if binding.pages:
        words.append("pages=True")
    return f"suite.bind({', '.join(words)})".replace("'", '"')
