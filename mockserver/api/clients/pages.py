"""A client that reads a list to its end: whether it asks for every page, once, each where the one before said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.api.clients.bound import Binding
from mockserver.api.clients.calls import Calling
from mockserver.api.clients.plans import planned
from mockserver.contract.plan import Plan
from mockserver.edges.consumer.methods import Notes
from mockserver.edges.consumer.scalars import InexpressibleError
from mockserver.jobs.verify.cases import Case, Cases, Said
from mockserver.jobs.verify.judge import judge
from mockserver.jobs.verify.observed import Called, Observed, Shown, Wanted
from mockserver.jobs.verify.pages import Book, books
from mockserver.values import JSON
from mockserver.violation import Violation
from mockserver.wire.reading import Absent


def read_books(calling: Calling, binding: Binding, plan: Plan) -> Iterator[tuple[Book, Case, Called]]:
    """Let the client read lists to their end; yield each with what came of it.

    Once with all that can be said about a list: what was asked of the first page holds for the others.
    """
    cases = planned(calling, binding, 0, plan)
    if cases is None:
        return
    for book in books(cases, plan):
        case = Case("answered", _without_place(cases.least(), book), book.pages[-1], book.why)
        yield book, case, calling.called(binding, case, plan, Notes(), pages=book)
        if book.why == "two pages":
            said = _without_place(_everything(cases), book)
            case = Case("answered", said, book.pages[-1], "two pages, and everything said")
            try:
                yield book, case, calling.called(binding, case, plan, Notes(), pages=book)
            except InexpressibleError:
                continue  # not all of it has words; some of it had


def _everything(cases: Cases) -> Said:
    return next((case.said for case in cases.sent() if case.why == "every parameter"), cases.least())


def _without_place(said: Said, book: Book) -> Said:
    """Return what is said without where to begin: a client that reads all of a list begins at its beginning."""
    return {place: value for place, value in said.items() if place[:2] != ("query", book.paging.parameter)}


def read_pages(calling: Calling, binding: Binding) -> tuple[list[Shown], int]:
    """Let the client read lists to their end; return what is wrong, and how many were read."""
    plan = calling.service.plans.of(binding.operations[0])
    found: list[Shown] = []
    count = 0
    if not isinstance(plan, Plan):
        return found, count
    for book, case, called in read_books(calling, binding, plan):
        count += 1
        wanted = calling.wanted(binding, plan, called.observed)
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

    if case.why != book.why:  # its size may be limited by what was said
        for lost in _forgotten(asked):
            yield shown(f"{lost} was asked of the first page, and not of the next", f"send {lost} again", "pages")
        return
    if len(asked) != len(book.pages):
        yield shown(
            f"{name} has {book.why}, and your client asked for {len(asked)}",
            "ask until there is no further page",
            "pages",
        )
        return
    for observed, expected in zip(asked, _expected(asked, book), strict=True):
        said = list(_said(observed).values())
        if expected is not None and expected not in said and str(expected) not in map(str, said):
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


def _said(observed: Observed) -> Mapping[str, JSON]:
    """Return what a request says in its query."""
    values = observed.reading.query if observed.reading is not None else ()
    return {one.plan.parameter.name: one.value for one in values if not isinstance(one.outcome, Absent)}


def _expected(asked: list[Observed], book: Book) -> list[JSON]:
    """Return what each request says: nothing is told of the first, but that pages are counted from somewhere."""
    if book.paging.how != "number":
        return [None, *book.asked]
    parameter, first = book.paging.parameter, book.paging.first
    began = _said(asked[0]).get(parameter)
    if first is None:
        first = began if isinstance(began, int) else 1
    return [first if began is not None else None, *(first + one for one in book.asked)]


def _forgotten(asked: list[Observed]) -> Iterator[str]:
    """Yield the parameters of the first request that a later one does not say."""
    for later in asked[1:]:
        yield from (name for name in _said(asked[0]) if name not in _said(later))
        return
