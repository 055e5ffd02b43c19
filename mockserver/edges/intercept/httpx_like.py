"""httpx and httpx2: one seam under two names (`HTTPTransport.handle_request`, `handle_async_request`).

Transports that a client was given on purpose (mock, WSGI, ASGI) are its own affair and stay as they are.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from typing import Any

from mockserver.edges.intercept.calls import RECEIVERS, Failed, Waited, outcome, somebody_else_stubs
from mockserver.exchange import Request, Response
from mockserver.jobs.interception import Watched

_ERRORS = {
    "hang": "ReadTimeout",
    "timeout": "ReadTimeout",
    "connect-timeout": "ConnectTimeout",
    "reset": "ReadError",
    "empty": "RemoteProtocolError",
    "truncate": "RemoteProtocolError",
    "malformed": "RemoteProtocolError",
    "cut-chunk": "RemoteProtocolError",
}


class Library:
    """The hooks of one of the two."""

    def __init__(self, httpx: Any) -> None:
        self._httpx = httpx
        self._sync = self._below_sync = httpx.HTTPTransport.handle_request
        self._async = self._below_async = httpx.AsyncHTTPTransport.handle_async_request
        library = self

        def handle_request(transport: Any, request: Any) -> Any:
            return library.handle(transport, request)

        async def handle_async_request(transport: Any, request: Any) -> Any:
            return await library.handle_async(transport, request)

        self._hook, self._async_hook = handle_request, handle_async_request

    def put(self) -> None:
        """Stand in the way of all requests of this process."""
        sync, asynchronous = self._httpx.HTTPTransport, self._httpx.AsyncHTTPTransport
        if sync.handle_request is not self._hook:
            self._below_sync, sync.handle_request = sync.handle_request, self._hook
            if self._is_own(self._below_sync):
                self._sync = self._below_sync
        if asynchronous.handle_async_request is not self._async_hook:
            self._below_async = asynchronous.handle_async_request
            asynchronous.handle_async_request = self._async_hook
            if self._is_own(self._below_async):
                self._async = self._below_async

    def _is_own(self, handle: Any) -> bool:
        """Tell the library's own function from a stub; what was found first may have been the stub of somebody else."""
        return str(handle.__module__).startswith(f"{self._httpx.__name__}.") and not hasattr(handle, "__wrapped__")

    def take_away(self) -> None:
        """Leave the way as it was found."""
        if self._httpx.HTTPTransport.handle_request is self._hook:
            self._httpx.HTTPTransport.handle_request = self._below_sync
        if self._httpx.AsyncHTTPTransport.handle_async_request is self._async_hook:
            self._httpx.AsyncHTTPTransport.handle_async_request = self._below_async

    def handle(self, transport: Any, request: Any) -> Any:
        """Answer a request of a sync client."""
        receive = RECEIVERS.latest
        if receive is None:
            return self._sync(transport, request)
        if self._below_sync is not self._sync or somebody_else_stubs(self._httpx.__name__):
            try:
                return self._below_sync(transport, request)
            except Exception as unmatched:
                if not _is_unmatched(unmatched):
                    raise
        found = outcome(receive, str(request.url), as_request(request, request.read()), _patience(request))
        match found:
            case None:
                return self._sync(transport, request)
            case Watched(heard=heard):
                begun = time.perf_counter()
                real = self._sync(transport, request)
                body = b"".join(real.stream)
                real.stream.close()
                return self._heard(heard, real, body, time.perf_counter() - begun)
            case Failed():
                raise self._error(found, request)
            case Waited(response=response, wait_s=wait_s):
                if wait_s:
                    time.sleep(wait_s)
                return self._answered(response)

    async def handle_async(self, transport: Any, request: Any) -> Any:
        """Answer a request of an async client."""
        receive = RECEIVERS.latest
        if receive is None:
            return await self._async(transport, request)
        if self._below_async is not self._async or somebody_else_stubs(self._httpx.__name__):
            try:
                return await self._below_async(transport, request)
            except Exception as unmatched:
                if not _is_unmatched(unmatched):
                    raise
        found = outcome(receive, str(request.url), as_request(request, await request.aread()), _patience(request))
        match found:
            case None:
                return await self._async(transport, request)
            case Watched(heard=heard):
                begun = time.perf_counter()
                real = await self._async(transport, request)
                body = b"".join([piece async for piece in real.stream])
                await real.stream.aclose()
                return self._heard(heard, real, body, time.perf_counter() - begun)
            case Failed():
                raise self._error(found, request)
            case Waited(response=response, wait_s=wait_s):
                if wait_s:
                    await _sleep(wait_s)
                return self._answered(response)

    def _heard(self, heard: Callable[[Response, str, float], None], real: Any, body: bytes, took_s: float) -> Any:
        """Tell the whole answer, and hand it on as it came."""
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in real.headers.raw)
        response = Response(real.status_code, headers, body)
        heard(response, real.reason_phrase, took_s)
        return self._answered(response)

    def _error(self, failed: Failed, request: Any) -> Exception:
        error: Exception = getattr(self._httpx, _ERRORS.get(failed.fault, "ConnectError"))(failed.text, request=request)
        return error

    def _answered(self, response: Response) -> Any:
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
        return self._httpx.Response(response.status, headers=headers, content=response.body)


async def _sleep(seconds: float) -> None:
    """Wait on whatever runs the client: asyncio, or what anyio can tell."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:  # trio
        await sys.modules["trio"].sleep(seconds)
    else:
        await asyncio.sleep(seconds)


def _is_unmatched(error: Exception) -> bool:
    """Tell whether a library of stubs says that it has none for this request."""
    return type(error).__module__.partition(".")[0] in {"respx", "pytest_httpx"} or "No response can be found" in str(
        error
    )


def _patience(request: Any) -> float | None:
    timeout = request.extensions.get("timeout") or {}
    read: float | None = timeout.get("read")
    return read


def as_request(request: Any, body: bytes) -> Request:
    """Return a request as it would stand on the wire."""
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
    return Request(request.method, request.url.raw_path.decode("ascii"), headers, body)
