"""What a client was ever shown and has ever sent: exchange by exchange, as keys of points.

The same exchange again costs a look. Only what keeps the contract counts: a value that is wrong has covered nothing.
"""

from __future__ import annotations

import threading

from mockserver.contract.model import ResponseSpec
from mockserver.contract.plan import Plan, Plans, response_for
from mockserver.contract.reading import Body, NoBody, Reading, choose_media
from mockserver.coverage.graph import Shape
from mockserver.coverage.shapes import Shapes
from mockserver.coverage.universe import answer_key, body_key, operation_key, parameter_key, status_key
from mockserver.errors import UnreadableDocument
from mockserver.exchange import Request, Response
from mockserver.schema.compile import Validators
from mockserver.values import JSON
from mockserver.wire.bodies import decode_body
from mockserver.wire.reading import Absent, Decoded

_REMEMBERED = 1 << 16


class Measure:
    """What was seen of one contract. Safe for threads. `broken` tells what of the contract could not be read."""

    def __init__(self, plans: Plans, validators: Validators) -> None:
        self.contract = plans.contract
        self.seen: set[str] = set()
        self.broken: set[str] = set()
        self.shapes = Shapes(plans.contract.documents, plans.contract.dialect, validators)
        self._plans = plans
        self._known: set[int] = set()
        self._by_name = {operation.name: operation for operation in plans.contract.operations}
        self._lock = threading.Lock()

    def note(
        self, operation: str, request: Request, reading: Reading | None, response: Response, *, is_sound: bool = False
    ) -> None:
        """Take note of an exchange that was not refused: `operation` by its name, as the request was read.

        `is_sound`: the answer is known to keep the contract, and need not be judged again.
        """
        key = hash((operation, request.target, request.headers, request.body, response.status, response.body))
        with self._lock:
            if key in self._known:
                return
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known.add(key)
            plan = self._plans.of(self._by_name[operation]) if operation in self._by_name else None
            if not isinstance(plan, Plan):
                return
            self.seen.add(operation_key(plan.operation))
            try:
                if reading is not None:
                    self._sent(plan, reading, self.seen)
                self._shown(plan, response, self.seen, is_sound=is_sound)
            except (UnreadableDocument, RecursionError) as flaw:
                self.broken.add(f"{operation}: {flaw}")

    def keys(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return what was seen, and what could not be read."""
        with self._lock:
            return frozenset(self.seen), frozenset(self.broken)

    def _sent(self, plan: Plan, reading: Reading, seen: set[str]) -> None:
        for value in reading.parameters():
            parameter = value.plan.parameter
            there = not isinstance(value.outcome, Absent)
            if not value.valid or (parameter.required and not there):
                continue
            seen.add(parameter_key(plan.operation, parameter, there=there))
            if there and parameter.schema is not None:
                self.shapes.of(parameter.schema, "sent").mark(value.value, seen)
        body = reading.body
        if isinstance(body, NoBody):
            if plan.body is not None and not plan.body.required:
                seen.add(body_key(plan.operation, ""))
        elif isinstance(body, Body) and body.valid:
            media = body.plan.media
            seen.add(body_key(plan.operation, media.name))
            schema = media.item_schema if media.schema is None else media.schema
            if schema is not None:
                _mark(self.shapes.of(schema, "sent"), body.value, seen, per_item=body.plan.per_item)

    def _shown(self, plan: Plan, response: Response, seen: set[str], *, is_sound: bool) -> None:
        documented = response_for(plan.responses, response.status)
        if documented is None:
            return
        seen.add(status_key(plan.operation, documented))
        if documented.content and response.body:
            self._body(plan, documented, response, seen, is_sound=is_sound)

    def _body(
        self, plan: Plan, documented: ResponseSpec, response: Response, seen: set[str], *, is_sound: bool
    ) -> None:
        content_type = response.header("content-type")
        media = choose_media(documented.content, content_type)
        if media is None:
            return
        judge = self._plans.media(media, "response")
        outcome = decode_body(judge.spec, content_type or media.name, response.body)
        if not isinstance(outcome, Decoded) or not (is_sound or judge.accepts(outcome.value)):
            return
        seen.add(answer_key(plan.operation, documented, media.name))
        schema = media.item_schema if media.schema is None else media.schema
        if schema is not None:
            _mark(self.shapes.of(schema, "shown"), outcome.value, seen, per_item=judge.per_item)


def _mark(shape: Shape, value: JSON, seen: set[str], *, per_item: bool) -> None:
    for item in value if per_item and isinstance(value, list) else (value,):
        shape.mark(item, seen)
