"""A client that survives: time-outs, retries, circuit breaker, deadline, contract.

    shipping = APIClient.from_service("shipping")
    shipment = shipping.call("getShipment", shipment_id="42")

Public names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.client.answer import Answer as Answer
    from mockserver.client.auth import ApiKey as ApiKey
    from mockserver.client.auth import Basic as Basic
    from mockserver.client.auth import Bearer as Bearer
    from mockserver.client.awaiting import AsyncAPIClient as AsyncAPIClient
    from mockserver.client.batches import Batch as Batch
    from mockserver.client.batches import parts as parts
    from mockserver.client.discovery import get_service_url as get_service_url
    from mockserver.client.discovery import services as services
    from mockserver.client.errors import APIError as APIError
    from mockserver.client.errors import BadAnswer as BadAnswer
    from mockserver.client.errors import CircuitOpen as CircuitOpen
    from mockserver.client.errors import ClientError as ClientError
    from mockserver.client.errors import ConnectionFailed as ConnectionFailed
    from mockserver.client.errors import ContractViolation as ContractViolation
    from mockserver.client.errors import Overloaded as Overloaded
    from mockserver.client.errors import PartialFailure as PartialFailure
    from mockserver.client.errors import Problem as Problem
    from mockserver.client.errors import RateLimited as RateLimited
    from mockserver.client.errors import RedirectRefused as RedirectRefused
    from mockserver.client.errors import ServerError as ServerError
    from mockserver.client.errors import TimedOut as TimedOut
    from mockserver.client.hooks import AttemptLog as AttemptLog
    from mockserver.client.hooks import Telemetry as Telemetry
    from mockserver.client.hooks import Traceparent as Traceparent
    from mockserver.client.mounting import RetriesTwice as RetriesTwice
    from mockserver.client.mounting import resilient as resilient
    from mockserver.client.oauth2 import OAuth2 as OAuth2
    from mockserver.client.pages import items_in as items_in
    from mockserver.client.sync import APIClient as APIClient
    from mockserver.jobs.configuration import Cache as Cache
    from mockserver.jobs.configuration import Rate as Rate
    from mockserver.resilience.bounds import NO_TIMEOUT as NO_TIMEOUT
    from mockserver.resilience.policies import Policies as Policies
    from mockserver.resilience.policy import Policy as Policy

_ERRORS = (
    "APIError", "BadAnswer", "CircuitOpen", "ClientError", "ConnectionFailed", "ContractViolation", "Overloaded",
    "PartialFailure", "Problem", "RateLimited", "RedirectRefused", "ServerError", "TimedOut",
)  # fmt: skip
_PUBLIC = {
    **dict.fromkeys(_ERRORS, "mockserver.client.errors"),
    "APIClient": "mockserver.client.sync",
    "ApiKey": "mockserver.client.auth",
    "Basic": "mockserver.client.auth",
    "Bearer": "mockserver.client.auth",
    "OAuth2": "mockserver.client.oauth2",
    "Answer": "mockserver.client.answer",
    "AsyncAPIClient": "mockserver.client.awaiting",
    "AttemptLog": "mockserver.client.hooks",
    "Telemetry": "mockserver.client.hooks",
    "Traceparent": "mockserver.client.hooks",
    "Cache": "mockserver.jobs.configuration",
    "Rate": "mockserver.jobs.configuration",
    "Batch": "mockserver.client.batches",
    "items_in": "mockserver.client.pages",
    "parts": "mockserver.client.batches",
    "get_service_url": "mockserver.client.discovery",
    "services": "mockserver.client.discovery",
    "NO_TIMEOUT": "mockserver.resilience.bounds",
    "Policies": "mockserver.resilience.policies",
    "Policy": "mockserver.resilience.policy",
    "RetriesTwice": "mockserver.client.mounting",
    "resilient": "mockserver.client.mounting",
}

__all__ = [  # noqa: PLE0604 - the names above, in one list
    *_PUBLIC,
]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted((*globals(), *_PUBLIC))
