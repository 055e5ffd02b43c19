"""What a client that reads lists to their end is answered at last, and whether it was told to go on for ever."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.api.clients.bound import Binding
from mockserver.contract.plan import Plan, Plans
from mockserver.jobs.verify.answers import Given, Turn
from mockserver.jobs.verify.cases import Case, Cases
from mockserver.jobs.verify.observed import Called
from mockserver.jobs.verify.pages import books
from mockserver.jobs.verify.paging import Paging
from mockserver.schema.compile import Validators
from mockserver.values import JSON, Struct, field, replace


class Lists(Struct):
    """The lists of one service; `least` gives the least answers of an operation."""

    plans: Plans
    validators: Validators
    least: Callable[[Plan], tuple[Given, ...]]
    known: dict[str, tuple[Paging | None, tuple[Given, ...]]] = field(default_factory=dict)

    def ended(self, given: Given | None, plan: Plan) -> tuple[Given, ...]:
        """Return an answer, and a last page after it, for a client that reads on; an error stays one."""
        if given is not None and given.status >= 400:
            return (given,)
        paging, last = self._read(plan)
        if given is not None and paging is not None and paging.how == "url" and _at(given.value, paging.marker):
            given = replace(given, turn=Turn(paging.parameter, "2", paging.marker))  # an address that is answered
        return (*([given] if given is not None else []), *last)

    def has_pages(self, plan: Plan) -> bool:
        """Tell whether an operation's answers say how one page follows another."""
        return self._read(plan)[0] is not None

    def goes_on(self, binding: Binding, case: Case, called: Called, plan: Plan) -> bool:
        """Tell whether a client that reads a list to its end was told that there is more, again and again."""
        if not binding.pages or called.ending != "endless":
            return False
        paging, _ = self._read(plan)
        told = case.given is not None and paging is not None and case.given.at == f"/{'/'.join(paging.total)}"
        targets = [one.request.target for one in called.observed]
        return (told or paging is None) and len(set(targets)) == len(targets)

    def _read(self, plan: Plan) -> tuple[Paging | None, tuple[Given, ...]]:
        """Return how a list is read page by page, and its last page."""
        name = plan.operation.name
        if name not in self.known:
            book = next(books(Cases(self.plans, plan, self.validators, frozenset()), plan), None)
            # where nobody tells how pages follow one another, a page with nothing on it is the last one
            last = book.pages[-1:] if book is not None else self.least(plan)[:1]
            self.known[name] = (book.paging if book is not None else None), last
        return self.known[name]


def _at(value: JSON, way: tuple[str, ...]) -> JSON:
    """Return what stands at the end of a way, or None."""
    for name in way:
        value = value.get(name) if isinstance(value, dict) else None
    return value
