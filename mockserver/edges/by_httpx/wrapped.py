"""An existing client of httpx or httpx2, with policies: a transport around each of its transports.

Whatever the client does stays as it was. Errors are those of httpx as well, so that who caught them still does. A
transport is not told whether its caller wants the body whole or in pieces: `send` of the client is, and says so in the
request's extensions. Decides nothing: `drive` does.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from threading import local
from types import ModuleType
from typing import Any, Final, TypeAlias

from mockserver.edges.by_httpx.failures import failure_of
from mockserver.edges.by_httpx.transport import LATE, headers_of, surplus_of, until
from mockserver.errors import MockserverError
from mockserver.exchange import Headers, Response
from mockserver.resilience.deadline import AttemptTimeouts
from mockserver.resilience.inflate import READABLE, Inflater
from mockserver.resilience.outcome import Failed
from mockserver.resilience.policy import BodyPolicy
from mockserver.resilience.transfer import Got, Outgoing, Upload

SendOnce: TypeAlias = Callable[[Outgoing, AttemptTimeouts, BodyPolicy], Any]
Drive: TypeAlias = Callable[[Outgoing, SendOnce], Any]
"""Sends until it is good or given up; returns (or awaits) what to raise, or None for the last answer."""
Allows: TypeAlias = Callable[[str, str, int, str, int], bool]
Kept: TypeAlias = Callable[[str, str, Headers], Headers]

_SAID: Final = "mockserver"
_KINDS: Final = {"TimedOut": "ReadTimeout", "BadAnswer": "RemoteProtocolError", "ContractViolation": "DecodingError"}


_PAIRS: dict[tuple[type, type], type[Exception]] = {}


class Pace(local):
    """Until when the thread may read."""

    until: float = float("inf")


PACE: Final = Pace()


class PacedBackend:
    """A network of httpcore whose reads end at the deadline of their thread."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def connect_tcp(self, *words: Any, **named: Any) -> Any:
        """Connect."""
        return PacedStream(self._inner.connect_tcp(*words, **named))

    def connect_unix_socket(self, *words: Any, **named: Any) -> Any:
        """Connect."""
        return PacedStream(self._inner.connect_unix_socket(*words, **named))

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        self._inner.sleep(seconds)


class PacedStream:
    """A stream of httpcore whose reads end at the deadline of their thread."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> Any:
        """Read what is there, or wait for it."""
        left = PACE.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return self._inner.read(max_bytes, left if timeout is None else min(timeout, left))

    def start_tls(self, *words: Any, **named: Any) -> Any:
        """Begin to encrypt."""
        return PacedStream(self._inner.start_tls(*words, **named))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Sending:
    """One request of a client, and the newest answer."""

    def __init__(self, module: Any, inner: Any, request: Any, fields: Headers) -> None:
        self._module = module
        self._inner = inner
        self._request = request
        self._fields = fields
        self.is_whole: bool = request.extensions.get(_SAID, {}).get("whole", False)
        self.answer: Any = None

    def _again(self, outgoing: Outgoing, timeouts: AttemptTimeouts) -> Any:
        given = self._request.extensions.get("timeout", {})
        limits = {
            "connect": timeouts.connect_s, "read": timeouts.read_s, "write": timeouts.write_s, "pool": timeouts.pool_s,
        }  # fmt: skip
        total = timeouts.total_s
        shorter = {
            name: usual if given.get(name) is None else given[name] if total is None else min(given[name], total)
            for name, usual in limits.items()
        }
        # a copy: what the client keeps of its request, and asks the next hop with, stays as it was
        request = object.__new__(type(self._request))
        request.__dict__.update(self._request.__dict__, extensions={**self._request.extensions, "timeout": shorter})
        if outgoing.headers is not self._fields:
            request.headers = self._module.Headers(list(outgoing.headers))
        return request

    def _known(self, answer: Any, read: Inflater | Failed) -> Got:
        fields = headers_of(answer)
        if isinstance(read, Inflater):
            ended = read.ended()
            if isinstance(ended, bytes):
                return Response(answer.status_code, fields, ended)
            read = ended
        if answer.status_code >= 400:  # an error status is known even where its body is not
            self._keep(answer, b"", coded=False)
            return Response(answer.status_code, fields)
        return read

    def _keep(self, answer: Any, raw: bytes, *, coded: bool = True) -> None:
        # its stream was read past it, so that it knows nothing of that: whoever reads it now finds all there is
        answer.stream = self._module.ByteStream(raw)
        if not coded:
            answer.headers.pop("content-encoding", None)
        self.answer = answer

    def _failed(self, error: Exception, *, in_body: bool) -> Failed:
        if isinstance(error, TimeoutError):
            return LATE
        failed = failure_of(error, in_body=in_body)
        if failed is None:
            raise error
        return failed


def _inflater(answer: Any, body: BodyPolicy) -> Inflater:
    coding = answer.headers.get("content-encoding", "").strip().lower()
    return Inflater(coding if coding in READABLE else "", body)


class _Blocking(_Sending):
    def once(self, outgoing: Outgoing, timeouts: AttemptTimeouts, body: BodyPolicy) -> Got:
        """Send once."""
        PACE.until = float("inf") if timeouts.total_s is None else time.monotonic() + timeouts.total_s
        try:
            return self._once(outgoing, timeouts, body)
        finally:
            PACE.until = float("inf")

    def _once(self, outgoing: Outgoing, timeouts: AttemptTimeouts, body: BodyPolicy) -> Got:
        if self.answer is not None:
            self.answer.close()
        try:
            answer = self._inner.handle_request(self._again(outgoing, timeouts))
        except (self._module.HTTPError, TimeoutError) as error:
            return self._failed(error, in_body=False)
        if not self.is_whole:
            self.answer = answer
            return Response(answer.status_code, headers_of(answer))
        stream, inflater, raw, excess = answer.stream, _inflater(answer, body), [], None
        try:
            for piece in stream:
                raw.append(piece)
                excess = inflater.feed(piece)
                if excess is not None:
                    break
            surplus = surplus_of(answer)
            if surplus is not None:
                surplus.close()
        except (self._module.HTTPError, TimeoutError) as error:
            return self._known(answer, self._failed(error, in_body=True))
        finally:
            stream.close()
        self._keep(answer, b"".join(raw))
        return self._known(answer, excess if excess is not None else inflater)


class _Awaiting(_Sending):
    async def once(self, outgoing: Outgoing, timeouts: AttemptTimeouts, body: BodyPolicy) -> Got:
        """Send once."""
        try:
            async with until(timeouts):
                return await self._once(outgoing, timeouts, body)
        except TimeoutError:
            return LATE

    async def _once(self, outgoing: Outgoing, timeouts: AttemptTimeouts, body: BodyPolicy) -> Got:
        if self.answer is not None:
            await self.answer.aclose()
        try:
            answer = await self._inner.handle_async_request(self._again(outgoing, timeouts))
        except self._module.HTTPError as error:
            return self._failed(error, in_body=False)
        if not self.is_whole:
            self.answer = answer
            return Response(answer.status_code, headers_of(answer))
        stream, inflater, raw, excess = answer.stream, _inflater(answer, body), [], None
        try:
            async for piece in stream:
                raw.append(piece)
                excess = inflater.feed(piece)
                if excess is not None:
                    break
            surplus = surplus_of(answer)
            if surplus is not None:
                await surplus.aclose()
        except self._module.HTTPError as error:
            return self._known(answer, self._failed(error, in_body=True))
        finally:
            await stream.aclose()
        self._keep(answer, b"".join(raw))
        return self._known(answer, excess if excess is not None else inflater)


class ResilientTransport:
    """Sends by another transport, as often as its policy says; made into one of httpx by `mount`."""

    def __init__(self, module: ModuleType, inner: Any, drive: Drive, allows: Allows, kept: Kept) -> None:
        self._module: Any = module
        self.inner = inner
        self._drive = drive
        self._allows = allows
        self._kept = kept

    def handle_request(self, request: Any) -> Any:
        """Send a request."""
        outgoing = self._outgoing(request)
        sending = _Blocking(self._module, self.inner, request, outgoing.headers)
        return self._ended(self._drive(outgoing, sending.once), sending, request)

    async def handle_async_request(self, request: Any) -> Any:
        """Send a request, awaiting."""
        outgoing = self._outgoing(request)
        sending = _Awaiting(self._module, self.inner, request, outgoing.headers)
        awaited: Awaitable[MockserverError | None] = self._drive(outgoing, sending.once)
        return self._ended(await awaited, sending, request)

    def close(self) -> None:
        """Close the transport inside."""
        self.inner.close()

    async def aclose(self) -> None:
        """Close the transport inside."""
        await self.inner.aclose()

    def _outgoing(self, request: Any) -> Outgoing:
        fields = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
        url, first = str(request.url), request.extensions.get(_SAID, {}).get("url", request.url)
        if first is not request.url:  # a redirect led here
            kept = self._kept(str(first), url, fields)
            if len(kept) < len(fields):
                request.headers, fields = self._module.Headers(list(kept)), kept
        stream = request.stream
        body: bytes | Upload = b"".join(stream) if isinstance(stream, self._module.ByteStream) else Upload(lambda: ())
        return Outgoing(request.method, url, fields, body or None)

    def _ended(self, error: MockserverError | None, sending: _Sending, request: Any) -> Any:
        if error is not None:
            raise as_httpx(self._module, error, request)
        answer = sending.answer
        said = request.extensions.get(_SAID, {})
        location = answer.headers.get("location")
        if location is not None and said.get("follows") and 300 <= answer.status_code < 400:
            said["hops"] = said.get("hops", 0) + 1
            if not self._allows(request.method, str(request.url), answer.status_code, location, said["hops"] - 1):
                del answer.headers["location"]  # not followed: the caller gets the redirect itself
        return answer


def mount(module: ModuleType, client: Any, drive: Drive, allows: Allows, kept: Kept) -> None:
    """Put policies around every transport of a client, and let `send` say what its caller wants."""
    awaits = hasattr(client, "aclose")
    base: Any = getattr(module, "AsyncBaseTransport" if awaits else "BaseTransport")
    kind = type("ResilientTransport", (ResilientTransport, base), {"__doc__": ResilientTransport.__doc__})

    def wrapped(inner: Any) -> Any:
        pool = getattr(inner, "_pool", None)
        if not awaits and pool is not None and hasattr(pool, "_network_backend"):
            pool._network_backend = PacedBackend(pool._network_backend)  # noqa: SLF001 - httpx has no word for it
        return kind(module, inner, drive, allows, kept)

    client._transport = wrapped(client._transport)  # noqa: SLF001 - an existing client has no public place for it
    mounts = client._mounts  # noqa: SLF001 - the same
    for pattern, inner in list(mounts.items()):
        if inner is not None:
            mounts[pattern] = wrapped(inner)
    send = client.send

    def said_so(request: Any, *, stream: bool = False, **named: Any) -> Any:
        follows = named.get("follow_redirects", client.follow_redirects)
        follows = follows if isinstance(follows, bool) else client.follow_redirects
        said = {"whole": not stream, "url": request.url, "follows": follows}
        request.extensions = {**request.extensions, _SAID: said}
        return send(request, stream=stream, **named)

    client.send = said_so


def is_mounted(client: Any) -> bool:
    """Tell whether a client has policies already."""
    return isinstance(client._transport, ResilientTransport)  # noqa: SLF001 - an existing client has no public place


def own_retries(client: Any) -> int:
    """Return how often the transport of a client repeats a connection by itself."""
    pool = getattr(client._transport, "_pool", None)  # noqa: SLF001 - httpx has no word for it
    retries = getattr(pool, "_retries", 0)
    return retries if isinstance(retries, int) else 0


def as_httpx(module: Any, error: MockserverError, request: Any) -> Exception:
    """Return an error that is one of httpx as well."""
    name = next((_KINDS[each.__name__] for each in type(error).__mro__ if each.__name__ in _KINDS), "ConnectError")
    theirs: type[Exception] = getattr(module, name)
    both = _PAIRS.get((type(error), theirs))
    if both is None:
        both = type(type(error).__name__, (type(error), theirs), {"__doc__": type(error).__doc__})
        _PAIRS[type(error), theirs] = both
    raised = both.__new__(both)
    raised.args = error.args
    raised.__dict__.update(error.__dict__)
    raised.__dict__.update(_request=request)
    return raised
