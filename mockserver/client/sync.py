"""The client that blocks: over requests."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from mockserver.client.answer import Answer
from mockserver.client.caller import Ask
from mockserver.client.conversation import Authorize, Conversation, Refused, Send, Step
from mockserver.client.driving import drive
from mockserver.client.face import Face
from mockserver.resilience.deadline import within
from mockserver.values import JSON

if TYPE_CHECKING:
    import requests


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

        self._transport = RequestsTransport(session, connections=self._caller.concurrent)

    def _value(self, ask: Ask) -> JSON:
        return self._run(ask).data

    def _run(self, ask: Ask) -> Answer:
        conversation = Conversation(self._caller, ask)
        answer: Answer = drive(conversation.steps, self._done, self._caller.clock, queues=ask.queues)
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

    def close(self) -> None:
        """Close pooled connections; a session that was given is its owner's."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
