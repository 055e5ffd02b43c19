"""A client that reads a list to its end: whether it asks for every page, once, each where the one before said."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.api.clients.bound import Binding
from mockserver.api.clients.calls import Calling
from mockserver.api.clients.plans import planned
from mockserver.contract.plan import Plan
from mockserver.edges.consumer.methods import Notes
from mockserver.jobs.verify.cases import Case
from mockserver.jobs.verify.judge import judge
from mockserver.jobs.verify.observed import Called, Shown, Wanted
from mockserver.jobs.verify.pages import Book, books
from mockserver.violation import Violation


def read_books(calling: Calling, binding: Binding, plan: Plan) -> Iterator[tuple[Book, Case, Called]]:
    """Let the client read lists to their end; yield each with what came of it."""
    cases = planned(calling, binding, 0, plan)
    if cases is None:
        return
    for book in books(cases, plan):
        case = Case("answered", cases.least(), book.pages[-1], book.why)
        yield book, case, calling.called(binding, case, plan, Notes(), pages=book)


def read_pages(calling: Calling, binding: Binding) -> tuple[list[Shown], int]:
    """Let the client read lists to their end; return what is wrong, and how many were read."""
    plan = calling.service.plans.of(binding.operations[0])
    found: list[Shown] = []
    count = 0
    if not isinstance(plan, Plan):
        return found, count
    wanted = calling.wanted(binding, plan)
    for book, case, called in read_books(calling, binding, plan):
        count += 1
        found.extend(tuple(judge(case, called, wanted)) or _turned(case, called, wanted, book))
    return found, count


def _turned(case: Case, called: Called, wanted: Wanted, book: Book) -> Iterator[Shown]:
    """Tell whether every page was asked for, once, each where the one before said."""
    asked = [one for one in called.observed if one.operation in wanted.operations]
    node = wanted.plan.operation.node
    name = wanted.plan.operation.name

    def shown(message: str, fix: str, at: str) -> Shown:
        violation = Violation("client-calls", "consumer", "error", name, node.uri, node.pointer, at, message, fix)
        source = asked[-1].source if asked else called.source
        return Shown(violation, case, called, source or called.source, request=asked[-1].request if asked else None)

    if len(asked) != len(book.pages):
        yield shown(
            f"{name} has {book.why}, and your client asked for {len(asked)}",
            "ask until there is no further page",
            "pages",
        )
        return
    for observed, expected in zip(asked[1:], book.asked, strict=True):
        said = [value.value for value in observed.reading.query] if observed.reading is not None else []
        if expected not in said and str(expected) not in map(str, said):
            yield shown(
                f"the page before said to go on at {expected!r}, and your client asked {observed.request.target}",
                f"send {expected!r}",
                "pages",
            )
    returned = called.returned
    if isinstance(returned, list) and 0 < len(returned) not in {book.count, len(book.pages)}:
        yield shown(
            f"{name} has {book.why} with {book.count} items, and your client returned {len(returned)}",
            "return each item once",
            "items",
        )
