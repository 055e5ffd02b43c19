"""What a test wants an operation to answer, in order, instead of what the mock would imagine.

A step is looked at when the operation is asked for; whoever wrote it is told what was never used. Whether a request
keeps the contract is judged as always: a step does not make a wrong request right.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from mockserver.answers.imagine import Imagination
from mockserver.contract.plan import MediaPlan, Plan, Plans, response_for
from mockserver.contract.reading import choose_media
from mockserver.contract.route import Routed
from mockserver.exchange import Headers, Response, whole
from mockserver.jobs.answer import Answering
from mockserver.jobs.service import Answer
from mockserver.values import JSON, Struct, field, replace
from mockserver.wire.bodies import decode_body, encode_body
from mockserver.wire.reading import Decoded
from mockserver.wire.shape import ANYTHING
from mockserver.wire.specs import BodySpec

if TYPE_CHECKING:
    from mockserver.jobs.replay import Recordings

UNSET: Final = object()
"""No body was given; None is the body `null`."""
_TRIES = 8

Fits: TypeAlias = Callable[[Answer], bool]


class Step(Struct):
    """One answer: a status, what is merged into its body or the whole of it, header fields, an example, a fault.

    `make` is asked for the step itself, when it is known what it answers.
    `times` is how often it answers (None: always), `when` decides whether it is meant for a request.
    """

    operation: str
    source: str = ""
    status: int | None = None
    merge: Mapping[str, JSON] | None = None
    make: Callable[[Answer], Step] | None = None
    json: JSON = UNSET
    body: bytes | None = None
    headers: Headers = ()
    example: str | None = None
    fault: str = ""
    times: int | None = None
    when: Fits | None = None
    optional: bool = False
    used: int = 0

    @property
    def is_over(self) -> bool:
        """Whether it has answered as often as it should."""
        return self.times is not None and self.used >= self.times


class Script(Struct):
    """The steps of all operations of one service. Safe for threads; the latest step that fits counts.

    `behind` answers what no step does: what was recorded; without it, what the mock imagines.
    """

    steps: list[Step] = field(default_factory=list)
    behind: Recordings | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, *steps: Step) -> None:
        """Write steps that follow one another; they come before what was written earlier."""
        with self._lock:
            self.steps[:0] = steps

    def unused(self) -> tuple[Step, ...]:
        """Return the steps that never answered and should have."""
        return tuple(step for step in self.steps if not step.used and not step.optional)

    def clear(self) -> None:
        """Forget all steps."""
        with self._lock:
            self.steps.clear()

    def answer(self, answering: Answering, route: Routed) -> Answer:
        """Answer a request by the step that is its turn, or as the mock would."""
        name = route.operation.name
        if not any(step.operation == name and not step.is_over for step in self.steps):
            return self._plain(answering, route)
        plain = self._plain(answering, route)
        if plain.source == "refused":
            return plain
        with self._lock:
            step = next((one for one in self.steps if one.operation == name and _fits(one, plain)), None)
            if step is None:
                return plain
            step.used += 1
        if step.make is not None:
            step = step.make(plain)
        if step.fault:
            return replace(plain, fault=step.fault)
        return played(step, answering, route, plain)

    def _plain(self, answering: Answering, route: Routed) -> Answer:
        return answering.answer(route) if self.behind is None else self.behind.answer(answering, route)


def _fits(step: Step, answer: Answer) -> bool:
    return not step.is_over and (step.when is None or step.when(answer))


def played(step: Step, answering: Answering, route: Routed, plain: Answer) -> Answer:
    """Return the answer that a step asks for."""
    plans = answering.service.plans
    plan = plans.of(route.operation)
    status, answer = step.status, plain
    if status is not None and isinstance(plan, Plan) and response_for(plan.responses, status) is None:
        answer = replace(plain, response=Response(status, _ours(plain.response.headers)), source="scripted")
    elif status is not None or step.example is not None:
        wishes = replace(answering.wishes, code=status, example=step.example)
        answer = replace(answering, wishes=wishes).answer(route)
        if answer.source == "refused":
            return answer
    response = whole(answer.response)
    if step.merge is not None:
        media = body_media(plans, plan, response)
        value = _merged_answer(step.merge, body_of(media, response), media, answering.service.imagination)
        response = _with_json(media, response, value)
    if step.json is not UNSET:
        response = _with_json(body_media(plans, plan, response), response, step.json)
    if step.body is not None:
        response = replace(response, body=step.body)
    if step.headers:
        named = {name.lower() for name, _ in step.headers}
        kept = tuple(pair for pair in response.headers if pair[0].lower() not in named)
        response = replace(response, headers=(*kept, *step.headers))
    return replace(answer, response=response, source="scripted", violations=plain.violations)


def _ours(headers: Headers) -> Headers:
    return tuple(pair for pair in headers if pair[0].startswith("X-Mockserver-"))


def merged(value: JSON, changes: JSON) -> JSON:
    """Return a value with changes put in, objects into objects; what is no object replaces.

    >>> merged({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": None}})
    {'a': {'b': None, 'c': 2}, 'd': 3}
    """
    if not isinstance(value, dict) or not isinstance(changes, Mapping):
        return changes
    out = dict(value)
    for name, change in changes.items():
        out[name] = merged(out[name], change) if name in out else change
    return out


def body_media(plans: Plans, plan: object, response: Response) -> MediaPlan | None:
    """Return how the body of an answer is spelled and judged."""
    if not isinstance(plan, Plan):
        return None
    documented = response_for(plan.responses, response.status)
    if documented is None or not documented.content:
        return None
    media = choose_media(documented.content, response.header("content-type"))
    return plans.media(media, "response") if media is not None else None


def _merged_answer(changes: Mapping[str, JSON], value: JSON, media: MediaPlan | None, imagination: Imagination) -> JSON:
    """Return the imagined body with the changes in it; another one is imagined where they do not go together."""
    whole = merged(value, changes)
    if media is None or media.accepts(whole):
        return whole
    for seed in range(_TRIES):
        another = merged(imagination.value(media, seed, wanted=changes), changes)
        if media.accepts(another):
            return another
    return whole


def body_of(media: MediaPlan | None, response: Response) -> JSON:
    """Return the value that the body of an answer spells; an empty object where there is none."""
    if media is None:
        return {}
    decoded = decode_body(media.spec, response.header("content-type") or media.media.name, response.body)
    return decoded.value if isinstance(decoded, Decoded) else {}


def _with_json(media: MediaPlan | None, response: Response, value: JSON) -> Response:
    spec = media.spec if media is not None else BodySpec("application/json", ANYTHING)
    content_type, body = encode_body(spec, value)
    kept = tuple(pair for pair in response.headers if pair[0].lower() not in {"content-type", "content-length"})
    return replace(response, headers=(("Content-Type", content_type), *kept), body=body)
