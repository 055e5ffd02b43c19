"""The client that blocks: over requests."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self, Unpack

from mockserver.client.answer import Answer
from mockserver.client.asked import Ask, Options
from mockserver.client.asking import following, list_of, to_file
from mockserver.client.cached import conversation
from mockserver.client.conversation import Authorize, Refused, Send, Step
from mockserver.client.driving import drive
from mockserver.client.face import Face
from mockserver.resilience.deadline import within
from mockserver.values import JSON

if TYPE_CHECKING:
    import requests

    from mockserver.client.batches import Batch, Call, Enough
    from mockserver.client.pages import By


class APIClient(Face[Answer, JSON]):
    """Calls one API; thread-safe, pooled, a context manager.

    >>> with APIClient("https://api.example.com/v1", policy={"retry": {"attempts": 2}}) as api:
    ...     api.base_url
    'https://api.example.com/v1'

    `policy` is a `Policy`, `Policies` or words by name. `auth` adds credentials, and is never asked for another origin.
    `session` is a `requests.Session` of yours, with its headers, cookies and certificates. `contract` is a path or a
    `Contract`; `validate` is strict, warn or off. `hooks` are told of every attempt.
    """

    def _open(self, session: requests.Session | None) -> None:
        from mockserver.edges.by_requests.transport import RequestsTransport  # noqa: PLC0415 - loads requests

        if session is not None:
            from mockserver.client.mounting import judged  # noqa: PLC0415 - who gives no session need not load it

            judged(session, session, "requests")
        self._transport = RequestsTransport(session, self._caller.is_home, connections=self._caller.concurrent)

    def _value(self, ask: Ask) -> JSON:
        return self._run(ask).data

    def _run(self, ask: Ask) -> Answer:
        steps = conversation(self._caller, ask).steps
        answer: Answer = drive(steps, self._done, self._caller.clock, queues=ask.queues)
        return answer

    def _done(self, step: Step) -> Any:
        match step:
            case Send():
                return self._transport.send(step.outgoing, step.timeouts, step.body)
            case Authorize():
                with within(step.deadline):
                    return self._caller.auth.authorize(step.outgoing)
            case Refused():
                return self._caller.auth.refused(step.outgoing, step.answer)

    def pages(
        self,
        what: str,
        arguments: Mapping[str, Any] | None = None,
        /,
        *,
        by: By = "auto",
        options: Options | None = None,
        **named: Any,
    ) -> Iterator[Answer]:
        """Yield the pages of a list: of an operation, or of a URL that begins with a slash.

        Follows Link headers, URLs and cursors in the body, page numbers and offsets; `by` says which, where it cannot
        be seen. Raises BadAnswer when pages go in a circle.
        """
        from mockserver.client.pages import Pager  # noqa: PLC0415 - who reads no lists need not load it

        ask = list_of(self._caller, what, {**(arguments or {}), **named}, options or {})
        pager = Pager(ask.outgoing.url, by=by, names=ask.names)
        while True:
            answer = self._run(ask)
            yield answer
            url = pager.after(answer)
            if url is None:
                return
            ask = following(ask, url)

    def batch(self, calls: Sequence[Call], *, policy: Enough = "all", concurrency: int = 8) -> Batch:
        """Make many calls, so many at a time; return results and errors by place.

        A call is an operation, a pair of operation and arguments, or a function. Raises PartialFailure unless `all`
        succeed, or more than half (`quorum`); `best_effort` is content with any.
        """
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - who makes no batch need not load it
        from contextvars import copy_context  # noqa: PLC0415 - the same

        from mockserver.client.batches import Batch  # noqa: PLC0415 - the same

        def outcome(call: Call) -> tuple[JSON, Exception | None]:
            try:
                return self._called(call), None
            except Exception as error:  # noqa: BLE001 - it stands in the batch, beside the results
                return None, error

        with ThreadPoolExecutor(max(1, concurrency)) as pool:
            # a deadline around the batch holds for its threads too
            running = [pool.submit(copy_context().run, outcome, call) for call in calls]
            outcomes = [each.result() for each in running]
        batch = Batch(tuple(value for value, _ in outcomes), tuple(error for _, error in outcomes))
        return batch.enough(policy, service=self.service)

    def _called(self, call: Call) -> JSON:
        if callable(call):
            return call()
        return self.call(call) if isinstance(call, str) else self.call(*call)

    def download(self, url: str, target: str | os.PathLike[str] | BinaryIO, **options: Unpack[Options]) -> Answer:
        """Save the body of a GET to a file, which is there when it is whole; return the answer without its body.

        `progress` is told the octets so far and, where known, of how many. No cap of size holds; the deadline does.
        """
        from mockserver.edges.sink import FileSink  # noqa: PLC0415 - who saves no files need not load it

        sink = FileSink(target, options.get("progress"))
        try:
            answer = self._run(to_file(self._caller, url, sink, options))
            sink.finish()
        finally:
            sink.abandon()
        return answer

    def close(self) -> None:
        """Close pooled connections; a session that was given is its owner's."""
        self._caller.close()
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
