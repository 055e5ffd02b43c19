"""Values of one edition, judged by the other: none may contradict what a diff calls compatible."""

import datetime as dt
from collections.abc import Iterator

from mockserver.change.model import Comparison
from mockserver.change.operations import matched
from mockserver.contract.model import Contract, MediaType
from mockserver.contract.plan import Plan, Plans
from mockserver.errors import MockserverError
from mockserver.generate.generator import Generator
from mockserver.jobs.diff import diff
from mockserver.schema.compile import Validators

TODAY = dt.date(2026, 11, 22)


def compared(old: Contract, new: Contract) -> Comparison:
    found = diff(old, new, today=TODAY)
    assert all(change.witness is not None for change in found.changes if change.verdict == "breaking")
    return found


def bodies(plan: Plan, direction: str) -> Iterator[tuple[str, MediaType]]:
    if direction == "request":
        yield from (("body", media) for media in (plan.body.content if plan.body else ()))
    else:
        yield from ((f"{one.status} body", media) for one in plan.responses for media in one.content)


def samples(old: Contract, new: Contract, values: int) -> Iterator[tuple[str, bool]]:
    """Yield where a value was drawn, and whether it agrees with the verdict, for all that is called compatible."""
    found = compared(old, new)
    unsafe = {
        (change.direction, name)
        for change in found.changes
        if change.verdict != "compatible"
        for name in change.operations
    }
    validators = Validators()
    plans = {"old": Plans(old, validators), "new": Plans(new, validators)}
    for paired in matched(old, new).both:
        for direction, left, right in (("request", "old", "new"), ("response", "new", "old")):
            if (direction, paired.new.name) in unsafe:
                continue
            ours, theirs = (plans[side].of(getattr(paired, side)) for side in (left, right))
            if isinstance(ours, Plan) and isinstance(theirs, Plan):
                judges = {(place, media.name): media for place, media in bodies(theirs, direction)}
                for place, media in bodies(ours, direction):
                    partner = judges.get((place, media.name))
                    if partner is not None:
                        for agrees in drawn(plans[left], media, plans[right], partner, direction, values):
                            yield f"{paired.new.name} {direction} {place}", agrees


def drawn(left: Plans, made_by, right: Plans, judged_by, direction: str, values: int) -> Iterator[bool]:
    try:
        maker, judge = left.media(made_by, direction), right.media(judged_by, direction)
        generator = Generator(maker.bundle.schema, Validators()) if maker.bundle else None
        drawn_values = [generator.draw(seed) for seed in range(values)] if generator else []
    except MockserverError:
        return  # it is broken on a side, or admits nothing: nothing can be drawn
    for value in drawn_values:
        if maker.accepts(value):
            yield judge.accepts(value)
