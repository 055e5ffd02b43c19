"""Requests that a client makes before its own: a token is fetched, a session is begun.

Some can be told by what they answer; others are seen, because the same call made again does without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mockserver.contract.plan import Plan
from mockserver.jobs.service import Service
from mockserver.jobs.verify.observed import Observed
from mockserver.jobs.verify.places import bare
from mockserver.values import Struct, field

_TOKENS: Final = frozenset(
    {"accesstoken", "token", "idtoken", "jwt", "authtoken", "bearertoken", "sessiontoken", "sessionid", "sessionkey"}
)


class Beforehand(Struct):
    """Which operations of a service are called only to be able to call the others."""

    service: Service
    known: dict[str, bool] = field(default_factory=dict)

    def names(self, observed: Sequence[Observed], wanted: Sequence[str] = ()) -> frozenset[str]:
        """Return those among what was called; never those that were `wanted`."""
        return frozenset(one.operation for one in observed if one.operation not in wanted and self._is(one.operation))

    def learn(self, first: Sequence[Observed], again: Sequence[Observed]) -> None:
        """Take note of what the same call did without when it was made again."""
        if again:
            gone = {one.operation for one in first} - {one.operation for one in again} - {""}
            self.known.update(dict.fromkeys(gone, True))

    def _is(self, name: str) -> bool:
        if name not in self.known:
            self.known[name] = any(
                self._gives_token(plan)
                for operation in self.service.contract.operations
                if operation.name == name and operation.method == "POST"
                if isinstance(plan := self.service.plans.of(operation), Plan)
            )
        return self.known[name]

    def _gives_token(self, plan: Plan) -> bool:
        """Tell whether an operation answers a credential (RFC 6749 §5.1, and what looks like it)."""
        content = (media for one in plan.responses if one.status[:1] == "2" for media in one.content)
        shapes = (self.service.plans.media(media, "response").spec.shape for media in content)
        return any(bare(name) in _TOKENS for shape in shapes for name in shape.property_names)
