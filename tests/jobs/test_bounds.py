"""Nothing grows with uptime: what is remembered is bounded in number, and in what one request may make it hold."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType

import pytest

from mockserver import MockServer, load_contract
from mockserver.answers.choose import Chooser
from mockserver.answers.imagine import Imagination
from mockserver.answers.prefer import NONE
from mockserver.contract.plan import Plan, Plans
from mockserver.exchange import Fields, Request, Response, Streamed
from mockserver.jobs.journal import Journal
from mockserver.jobs.service import Answer
from mockserver.schema.compile import Validators

SHIPPING = Path(__file__).parent.parent.parent / "contracts" / "shipping.yaml"
FOREIGN = (ModuleType, type, FunctionType, BuiltinFunctionType)


def weight(root: object) -> int:
    """Count the objects that something holds, and the characters and bytes in them."""
    seen: set[int] = set()
    todo, found = [root], 0
    while todo:
        held = todo.pop()
        if id(held) not in seen and not isinstance(held, FOREIGN):
            seen.add(id(held))
            found += 1 + (len(held) if isinstance(held, str | bytes) else 0)
            todo += gc.get_referents(held)
    return found


def a_plan() -> Plan:
    contract = load_contract(SHIPPING)
    plan = Plans(contract, Validators()).of(contract.operations[0])
    assert isinstance(plan, Plan)
    return plan


def journal() -> tuple[object, Callable[[int], object]]:
    kept = Journal(20)
    return kept, lambda n: kept.note(Request("GET", f"/{n:06}"), Answer(Response(200, (), b"x" * 100)), 0.0, 0.0)


def validators() -> tuple[object, Callable[[int], object]]:
    compiled = Validators(limit=20)
    return compiled, lambda n: compiled.compile({"const": f"{n:06}"})


def chooser() -> tuple[object, Callable[[int], object]]:
    choices, plan = Chooser(limit=20), a_plan()
    return choices, lambda n: choices.success(plan, NONE, f"application/json, text/x-{n:06}")


def chooser_of_long_texts() -> tuple[object, Callable[[int], object]]:
    choices, plan = Chooser(), a_plan()
    return choices, lambda n: choices.success(plan, NONE, f"application/json, text/x-{n:06}" + "x" * 1000)


def plans() -> tuple[object, Callable[[int], object]]:
    contract, compiled = load_contract(SHIPPING), Validators(limit=20)
    read = Plans(contract, compiled, limit=4)
    return read, lambda n: read.of(contract.operations[n % len(contract.operations)])


@pytest.mark.parametrize("made", [journal, validators, chooser, chooser_of_long_texts, plans])
def test_a_memory_that_is_full_stays_as_large_as_it_is(made: Callable[[], tuple[object, Callable[[int], object]]]):
    memory, ask = made()
    sizes = []
    for turn in range(3):
        for number in range(200):
            ask(turn * 200 + number)
        sizes.append(weight(memory))
    assert max(sizes[1:]) <= 1.2 * sizes[0]


def test_the_journal_holds_no_more_bytes_than_it_may_and_always_the_last_exchange():
    kept = Journal(1000, held=10_000)
    for number in range(50):
        kept.note(Request("POST", f"/{number}", (), b"x" * 600), Answer(Response(200, (), b"y" * 400)), 0.0, 0.0)
    assert [entry.request.target for entry in kept.entries()] == [f"/{number}" for number in range(40, 50)]
    pieces = Streamed(200, (), ((0.0, b"z" * 6_000), (0.0, b"z" * 6_000)))
    kept.note(Request("GET", "/large"), Answer(pieces), 0.0, 0.0)
    assert [entry.request.target for entry in kept.entries()] == ["/large"]
    kept.note(Request("GET", "/small"), Answer(Response(204)), 0.0, 0.0)
    assert [entry.request.target for entry in kept.entries()] == ["/small"]


def test_the_journal_says_what_was_asked_and_answered_without_the_reading():
    kept = Journal(5)
    answer = Answer(Response(200, (("A", "b"),), b"{}"), 0.5, "", "shipping", "getShipment", "generated")
    kept.note(Request("GET", "/shipments/1"), answer, 1.0, 0.25)
    (entry,) = kept.entries()
    assert (entry.request.target, entry.answer, entry.at_s, entry.took_s) == ("/shipments/1", answer, 1.0, 0.25)
    kept.clear()
    assert kept.entries() == ()


def test_what_many_requests_leave_behind_is_what_the_journal_keeps():
    server = MockServer(SHIPPING)
    session = server.session

    def ask(numbers: range) -> int:
        for number in numbers:
            session.serve(Request("GET", f"/shipments/{number:06}", Fields((("X-Api-Key", f"{number:06}"),))))
            session.serve(Request("GET", f"/{number:06}", ()))
        session.reset()
        return weight(session)

    first = ask(range(300))
    assert ask(range(1000, 1600)) <= 1.01 * first


def test_generators_are_kept_by_contract_not_by_request():
    server = MockServer(SHIPPING)
    (service,) = server.session.services
    imagination: Imagination = service.imagination

    def sent(numbers: range) -> Iterator[Request]:
        fields = Fields((("X-Api-Key", "any"), ("Content-Type", "application/json")))
        for number in numbers:
            yield Request("POST", "/shipments", fields, b'{"to": {"city": "Bern"}, "x%06d": 1}' % number)

    for request in sent(range(100)):
        server.session.serve(request)
    before = weight(imagination)
    for request in sent(range(1000, 1300)):
        server.session.serve(request)
    assert weight(imagination) <= 1.01 * before
