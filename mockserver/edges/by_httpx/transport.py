"""The transport of the awaiting client: an `AsyncClient` of httpx2, or of httpx.

The whole attempt runs within `asyncio.timeout`, so that nothing that drips outlives its deadline. A client of our own
keeps no cookies; one that was given keeps all its habits.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import ModuleType
from typing import Any

from mockserver.edges.by_httpx.failures import failure_of
from mockserver.errors import UsageError
from mockserver.exchange import Headers, Response
from mockserver.resilience.deadline import AttemptTimeouts
from mockserver.resilience.inflate import READABLE, Inflater
from mockserver.resilience.outcome import Failed
from mockserver.resilience.policy import BodyPolicy
from mockserver.resilience.transfer import Got, Outgoing, Sink, Upload

LATE = Failed("deadline", detail="the deadline passed while the answer came")
_UNSENT = Failed("deadline", sent=False, detail="the deadline passed before the request was sent")
_MOMENT_S = 0.02


def until(timeouts: AttemptTimeouts) -> asyncio.Timeout:
    """Return the guard of a whole attempt; a moment late, as the time-out of a step tells whether a byte was sent."""
    return asyncio.timeout(None if timeouts.total_s is None else timeouts.total_s + _MOMENT_S)


class HttpxTransport:
    """Sends by an `AsyncClient`; used by the tasks of one event loop.

    What a client that was given adds (headers, auth) goes to the URLs that are `home`, and to no others.
    """

    def __init__(self, module: ModuleType, client: Any, home: Callable[[str], bool], *, connections: int = 20) -> None:
        self._home = home
        self._module: Any = module
        self._is_own = client is None
        if client is None:
            # an idle pool would keep what a bulkhead lets through waiting
            limits = self._module.Limits(max_connections=max(connections, 100), max_keepalive_connections=connections)
            jar = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
            client = self._module.AsyncClient(limits=limits, cookies=jar)
        self._client = client
        self._stream = _stream_of(module)

    async def send(self, outgoing: Outgoing, timeouts: AttemptTimeouts, body: BodyPolicy) -> Got:
        """Send, and read the whole answer."""
        content = self._stream(outgoing.body or b"") if isinstance(outgoing.body, bytes | None) else None
        try:
            async with until(timeouts):
                return await self._send(outgoing, timeouts, body, content)
        except TimeoutError:
            # a server carries out nothing before it has the whole request
            return LATE if content is None or content.is_asked_for else _UNSENT

    async def _send(self, outgoing: Outgoing, timeouts: AttemptTimeouts, body: BodyPolicy, content: Any) -> Got:
        try:
            given = not self._is_own and self._home(outgoing.url)
            answer = await (self._given if given else self._own)(outgoing, timeouts, content)
        except (self._module.HTTPError, self._module.InvalidURL, ValueError) as error:
            failed = failure_of(error)
            if failed is None:
                raise
            return failed
        try:
            read = await self._read(answer, body, outgoing.sink, has_body=outgoing.method != "HEAD")
            surplus = surplus_of(answer)
            if surplus is not None:
                await surplus.aclose()
        finally:
            await answer.aclose()
        headers = headers_of(answer)
        if isinstance(read, bytes):
            return Response(answer.status_code, headers, read)
        # an error status is known even where its body is not
        return Response(answer.status_code, headers) if answer.status_code >= 400 else read

    async def _own(self, outgoing: Outgoing, timeouts: AttemptTimeouts, content: Any) -> Any:
        # past the client's own redirects, cookies and auth: that is a third of what a request costs
        request = self._request(outgoing, timeouts, content)
        transport = self._client._transport_for_url(request.url)  # noqa: SLF001 - the one for its proxy
        return await transport.handle_async_request(request)

    def _request(self, outgoing: Outgoing, timeouts: AttemptTimeouts, content: Any) -> Any:
        module, body, url = self._module, outgoing.body, self._module.URL(outgoing.url)
        given = _headers(outgoing)
        extensions = {"timeout": _limits(timeouts)}
        if isinstance(body, Upload):
            return module.Request(outgoing.method, url, headers=given, content=_content(body), extensions=extensions)
        # said here, as asking httpx to find it out costs more than all of this
        names = {name.lower() for name, _ in given}
        if "content-length" not in names and (body is not None or outgoing.method in {"POST", "PUT", "PATCH"}):
            given.append(("Content-Length", str(len(body or b""))))
        if "host" not in names:
            given.insert(0, ("Host", url.netloc.decode("ascii")))
        return module.Request(outgoing.method, url, headers=given, stream=content, extensions=extensions)

    async def _given(self, outgoing: Outgoing, timeouts: AttemptTimeouts, content: Any) -> Any:
        client = self._client
        request = client.build_request(
            outgoing.method,
            outgoing.url,
            headers=_headers(outgoing),
            content=_content(outgoing.body),
            extensions={"timeout": _limits(timeouts)},
        )
        if content is not None:
            request.stream = content
        return await client.send(request, stream=True, follow_redirects=False)

    async def _read(self, answer: Any, policy: BodyPolicy, sink: Sink | None, *, has_body: bool) -> bytes | Failed:
        coding = answer.headers.get("content-encoding", "").strip().lower()
        readable = coding in READABLE
        into = None
        if sink is not None and 200 <= answer.status_code < 300:
            length = answer.headers.get("content-length", "")
            sink.begin(int(length) if length.isdigit() and not coding else None)
            into = sink.write
        inflater = Inflater(coding if readable else "", policy, into)
        try:
            if getattr(answer, "is_stream_consumed", False):  # a stub that never had a stream
                return bytes(await answer.aread())
            # what follows from HEAD, and with 304, is a length without a body (RFC 9110 §8.6)
            declared = answer.headers.get("content-length", "") if has_body and answer.status_code != 304 else ""
            excess = inflater.expects(declared)
            if excess is not None:
                return excess
            async for piece in answer.stream if readable else answer.aiter_bytes():
                excess = inflater.feed(piece)
                if excess is not None:
                    return excess
        except self._module.HTTPError as error:
            return failure_of(error, in_body=True) or Failed("protocol")
        return inflater.ended()

    async def close(self) -> None:
        """Close the pools of an own client; a given one is its owner's."""
        if self._is_own:
            await self._client.aclose()


def _stream_of(module: Any) -> Any:
    """Return the class of bodies that know whether they were asked for: by then the head of the request has left."""

    class Body(module.ByteStream):  # type: ignore[misc] # which module it is, is known when it runs
        is_asked_for = False

        def __init__(self, octets: bytes) -> None:
            super().__init__(octets)
            self._octets = octets

        async def __aiter__(self) -> AsyncIterator[bytes]:
            self.is_asked_for = True
            yield self._octets

    return Body


def surplus_of(answer: Any) -> Any:
    """Return the connection if more came than the answer: the next request on it would be given that (RFC 9112 §6.3).

    httpx and its core have no public word for it: where their insides look different, nothing is found.
    """
    inner = answer.stream
    for name in ("_stream", "_httpcore_stream", "_stream", "_connection"):
        inner = getattr(inner, name, inner)
    state = getattr(inner, "_h11_state", None)
    if state is None or not state.trailing_data[0]:
        return None
    state.send_failed()  # from here on it is not kept
    return inner


def _limits(timeouts: AttemptTimeouts) -> dict[str, float | None]:
    return {
        "connect": timeouts.connect_s, "read": timeouts.read_s, "write": timeouts.write_s, "pool": timeouts.pool_s,
    }  # fmt: skip


def headers_of(answer: Any) -> Headers:
    """Return the fields of an answer in their order, as they were spelled."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw)


def _headers(outgoing: Outgoing) -> list[tuple[str, str]]:
    headers = list(outgoing.headers)
    if isinstance(outgoing.body, Upload) and outgoing.body.length is not None:
        headers.append(("Content-Length", str(outgoing.body.length)))
    return headers


def _content(body: bytes | Upload | None) -> Any:
    return _pieces(body.open()) if isinstance(body, Upload) else body


async def _pieces(pieces: Iterable[bytes] | AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    try:
        if isinstance(pieces, AsyncIterable):
            async for piece in pieces:
                yield piece
        else:
            for piece in pieces:
                yield piece
    except (OSError, ValueError) as unreadable:  # a file of the caller: no fault of the network
        raise UsageError(f"the body cannot be read: {unreadable}", fix="open it anew for each call") from unreadable
