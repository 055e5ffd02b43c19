"""Policies by name: words of a configuration laid over a policy, and the policy of each operation.

Knows how words spell values (a list is a set, `false` is off); not where the words come from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from mockserver.errors import UsageError
from mockserver.resilience.bounds import NO_TIMEOUT, NoTimeout
from mockserver.resilience.policy import (
    BodyPolicy,
    BreakerPolicy,
    BudgetPolicy,
    BulkheadPolicy,
    DeadlinePolicy,
    IdempotencyPolicy,
    Policy,
    RateLimitPolicy,
    RedirectPolicy,
    RetryPolicy,
    TimeoutPolicy,
)
from mockserver.values import JSON, Struct, field

Part = (
    BodyPolicy
    | BreakerPolicy
    | BudgetPolicy
    | BulkheadPolicy
    | DeadlinePolicy
    | IdempotencyPolicy
    | RateLimitPolicy
    | RedirectPolicy
    | RetryPolicy
    | TimeoutPolicy
)
_Value = TypeVar("_Value", bound=Part | Policy)

_REMOVABLE: Final[Mapping[str, type[Part]]] = {
    "budget": BudgetPolicy,
    "breaker": BreakerPolicy,
    "bulkhead": BulkheadPolicy,
    "rate_limit": RateLimitPolicy,
}


def overridden(policy: Policy, words: Mapping[str, JSON]) -> Policy:
    """Return the policy with these words over it; what is not named stays.

    Raises UsageError for an unknown name (naming the nearest) and for a value that makes no sense.

    >>> overridden(Policy(), {"retry": {"attempts": 5}, "breaker": False}).retry.attempts
    5
    """
    changed: dict[str, Part | None] = {}
    for name, said in words.items():
        _known(name, policy.__struct_fields__, "the policy")
        part: Part | None = getattr(policy, name)
        removable = _REMOVABLE.get(name)
        if removable is not None and isinstance(said, bool):
            changed[name] = (part or removable()) if said else None
        elif isinstance(said, Mapping):
            # words for a part that is off turn it on
            changed[name] = _with(name, part if part is not None else _REMOVABLE[name](), said)
        else:
            off = ", or false to turn it off" if removable else ""
            raise UsageError(f"{name} is {said!r}", fix=f"give its fields by name, {name} = {{ ... }}{off}")
    return _replaced(policy, changed)


class Policies(Struct, frozen=True):
    """The policy of a service, and of those of its operations that have their own."""

    service: Policy = field(default_factory=Policy)
    operations: Mapping[str, Policy] = field(default_factory=dict)

    @classmethod
    def of_words(cls, words: Mapping[str, JSON], *, default: Policy | None = None) -> Policies:
        """Read a service's words; those under `operations`, by operationId or label, go over them.

        >>> words = {"retry": {"attempts": 4}, "operations": {"pay": {"deadline": {"total_s": 5}}}}
        >>> policies = Policies.of_words(words)
        >>> policies.of("pay").retry.attempts, policies.of("pay").deadline.total_s, policies.of("list").deadline.total_s
        (4, 5, 30.0)
        """
        service = overridden(
            default if default is not None else Policy(),
            {name: said for name, said in words.items() if name != "operations"},
        )
        own = words.get("operations", {})
        if not isinstance(own, Mapping) or not all(isinstance(said, Mapping) for said in own.values()):
            raise UsageError(
                f"operations is {own!r}", fix="give policies by operation, operations = { createOrder = { ... } }"
            )
        return cls(service, {operation: overridden(service, said) for operation, said in own.items()})

    def of(self, operation: str) -> Policy:
        """Return the policy of an operation: its own, or the service's."""
        return self.operations.get(operation, self.service)


def _with(name: str, part: Part, words: Mapping[str, JSON]) -> Part:
    for word in words:
        _known(word, part.__struct_fields__, name)
    return _replaced(part, {word: _read(f"{name}.{word}", said, getattr(part, word)) for word, said in words.items()})


def _replaced(value: _Value, changes: Mapping[str, object]) -> _Value:
    # what `replace` does; each field judges its own value, which no type can know of words from a file
    make: Callable[..., _Value] = type(value)
    return make(**{name: getattr(value, name) for name in value.__struct_fields__} | dict(changes))


def _read(name: str, said: JSON, default: object) -> object:
    if isinstance(default, frozenset):
        if not isinstance(said, list | tuple | set | frozenset):
            raise UsageError(f"{name} is {said!r}", fix="give a list")
        return frozenset(said)
    if said == NO_TIMEOUT.value and isinstance(default, float | int | NoTimeout):
        return NO_TIMEOUT
    return said


def _known(name: str, names: tuple[str, ...], owner: str) -> None:
    if name not in names:
        from difflib import get_close_matches  # noqa: PLC0415 - a mistake is rare

        near = get_close_matches(name, names, n=1, cutoff=0.5)
        meant = f"did you mean {near[0]}? " if near else ""
        raise UsageError(f"{owner} has no {name!r}", fix=f"{meant}it has {', '.join(names)}")
