"""The client that awaits: over httpx2, or httpx where that is what is installed."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self, Unpack

from mockserver.client.answer import Answer
from mockserver.client.asked import Ask, Options
from mockserver.client.asking import following, list_of, to_file
from mockserver.client.cached import conversation
from mockserver.client.conversation import Authorize, Refused, Send, Step
from mockserver.client.driving import drive_awaiting
from mockserver.client.face import Face
from mockserver.errors import MissingExtra, UsageError
from mockserver.resilience.deadline import within
from mockserver.values import JSON

if TYPE_CHECKING:
    from mockserver.client.batches import Batch, Call, Enough
    from mockserver.client.pages import By


class AsyncAPIClient(Face[Coroutine[Any, Any, Answer], Coroutine[Any, Any, JSON]]):
    """Calls one API, awaiting; for the tasks of one asyncio event loop, pooled, an async context manager.

    As `APIClient`; `session` is an `AsyncClient` of yours, of httpx2 or httpx.
    """

    def _open(self, session: Any) -> None:
        from mockserver.edges.by_httpx.transport import HttpxTransport  # noqa: PLC0415 - loads an extra

        module = _module(session)
        if session is not None:
            from mockserver.client.mounting import judged  # noqa: PLC0415 - who gives no session need not load it

            judged(session, session, module.__name__)
        self._transport = HttpxTransport(module, session, self._caller.is_home, connections=self._caller.concurrent)

    async def _value(self, ask: Ask) -> JSON:
        return (await self._run(ask)).data

    async def _run(self, ask: Ask) -> Answer:
        steps = conversation(self._caller, ask).steps
        answer: Answer = await drive_awaiting(steps, self._done, self._caller.clock, queues=ask.queues)
        return answer

    async def _done(self, step: Step) -> Any:
        match step:
            case Send():
                return await self._transport.send(step.outgoing, step.timeouts, step.body)
            case Authorize():
                with within(step.deadline):
                    return await self._asked("authorize", step.outgoing)
            case Refused():
                return await self._asked("refused", step.outgoing, step.answer)

    async def _asked(self, name: str, *words: Any) -> Any:
        awaited = getattr(self._caller.auth, f"a{name}", None)
        return await awaited(*words) if awaited is not None else getattr(self._caller.auth, name)(*words)

    async def pages(
        self,
        what: str,
        arguments: Mapping[str, Any] | None = None,
        /,
        *,
        by: By = "auto",
        options: Options | None = None,
        **named: Any,
    ) -> AsyncIterator[Answer]:
        """Yield the pages of a list, as `APIClient.pages`."""
        from mockserver.client.pages import Pager  # noqa: PLC0415 - who reads no lists need not load it

        ask = list_of(self._caller, what, {**(arguments or {}), **named}, options or {})
        pager = Pager(ask.outgoing.url, by=by, names=ask.names)
        while True:
            answer = await self._run(ask)
            yield answer
            url = pager.after(answer)
            if url is None:
                return
            ask = following(ask, url)

    async def batch(self, calls: Sequence[Call], *, policy: Enough = "all", concurrency: int = 8) -> Batch:
        """Make many calls, so many at a time, as `APIClient.batch`; a function may return what is awaited."""
        places = asyncio.Semaphore(max(1, concurrency))

        async def outcome(call: Call) -> tuple[JSON, Exception | None]:
            async with places:
                try:
                    return await self._called(call), None
                except Exception as error:  # noqa: BLE001 - it stands in the batch, beside the results
                    return None, error

        outcomes = await asyncio.gather(*(outcome(call) for call in calls))
        from mockserver.client.batches import Batch  # noqa: PLC0415 - who makes no batch need not load it

        batch = Batch(tuple(value for value, _ in outcomes), tuple(error for _, error in outcomes))
        return batch.enough(policy, service=self.service)

    async def _called(self, call: Call) -> JSON:
        if callable(call):
            made = call()
            return await made if inspect.isawaitable(made) else made
        return await (self.call(call) if isinstance(call, str) else self.call(*call))

    async def download(self, url: str, target: str | os.PathLike[str] | BinaryIO, **options: Unpack[Options]) -> Answer:
        """Save the body of a GET to a file, as `APIClient.download`."""
        from mockserver.edges.sink import FileSink  # noqa: PLC0415 - who saves no files need not load it

        sink = FileSink(target, options.get("progress"))
        try:
            answer = await self._run(to_file(self._caller, url, sink, options))
            sink.finish()
        finally:
            sink.abandon()
        return answer

    async def close(self) -> None:
        """Close pooled connections; a client that was given is its owner's."""
        self._caller.close()
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


def _module(session: Any) -> ModuleType:
    if session is not None:
        names: tuple[str, ...] = tuple(each.__module__.partition(".")[0] for each in type(session).__mro__)
        found = next((name for name in names if name in ("httpx2", "httpx")), None)
        if found is None:
            kind = type(session).__name__
            raise UsageError(f"session is a {kind}", fix="give an AsyncClient of httpx2 or httpx")
    else:
        found = next((name for name in ("httpx2", "httpx") if find_spec(name) is not None), None)
    if found is None:
        raise MissingExtra("AsyncAPIClient needs httpx2", fix='pip install "mockserver[async]"')
    return import_module(found)
