"""One attempt over an adapter of requests: opened, read to its end, or failed in one of the known ways.

Uses adapters and not sessions, so that whatever patches or replaces adapters (`responses`, cassettes, stubs) sees what
is sent. Decides nothing.
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPHeaderDict
from urllib3.exceptions import HTTPError
from urllib3.util.timeout import Timeout

from mockserver.edges.by_requests.failures import failure_of
from mockserver.edges.by_requests.paced import PACE
from mockserver.exchange import Headers
from mockserver.resilience.deadline import AttemptTimeouts
from mockserver.resilience.inflate import READABLE, Inflater
from mockserver.resilience.outcome import Failed
from mockserver.resilience.policy import BodyPolicy
from mockserver.resilience.transfer import Sink

_PIECE = 65_536
_WORLDLY = (requests.RequestException, HTTPError, OSError)
_UNSPELLABLE = Failed("local", sent=False, detail="the URL or a header cannot be spelled")


class Broken(NamedTuple):
    """Why there is no answer, and the exception that told so."""

    failed: Failed
    error: BaseException | None = None


class Connect(NamedTuple):
    """What requests calls the settings of a connection."""

    verify: Any = True
    cert: Any = None
    proxies: Any = None


def opened(
    adapter: BaseAdapter, prepared: requests.PreparedRequest, timeouts: AttemptTimeouts, connect: Connect
) -> requests.Response | Broken:
    """Send a request and read the head of its answer."""
    PACE.until = float("inf") if timeouts.total_s is None else time.monotonic() + timeouts.total_s
    PACE.begun, PACE.paced = True, None
    try:
        return adapter.send(
            prepared,
            stream=True,
            timeout=Timeout(connect=timeouts.connect_s, read=timeouts.read_s),  # type: ignore[arg-type] # it takes one
            verify=connect.verify,
            cert=connect.cert,
            proxies=connect.proxies,
        )
    except (*_WORLDLY, ValueError) as error:
        if PACE.paced is not None:
            PACE.paced.close()  # an answer whose head was refused holds its socket open
        return Broken(failure_of(error, begun=PACE.begun) or _UNSPELLABLE, error)


def headers_of(answer: requests.Response) -> Headers:
    """Return the fields of an answer in their order, repeated ones too."""
    fields = answer.raw.headers if answer.raw is not None else None
    return tuple(fields.iteritems()) if isinstance(fields, HTTPHeaderDict) else tuple(answer.headers.items())


def body_of(answer: requests.Response, policy: BodyPolicy, sink: Sink | None = None) -> bytes | Broken:
    """Read the body to its end, its codings taken off; into the sink, where there is one and the answer is good."""
    if answer._content is not False:  # type: ignore[comparison-overlap] # noqa: SLF001 - a stub that had no stream
        return answer.content
    coding = answer.headers.get("Content-Encoding", "").strip().lower()
    into = None
    if sink is not None and 200 <= answer.status_code < 300:
        length = answer.headers.get("Content-Length", "")
        sink.begin(int(length) if length.isdigit() and not coding else None)
        into = sink.write
    inflater = Inflater(coding, policy, into)
    try:
        if answer.raw is None or not hasattr(answer.raw, "stream"):
            pieces, inflater = answer.iter_content(_PIECE), Inflater("", policy, into)
        elif coding in READABLE:
            pieces = answer.raw.stream(_PIECE, decode_content=False)
        else:  # br, zstd: urllib3 knows them where they are installed
            pieces, inflater = answer.raw.stream(_PIECE, decode_content=True), Inflater("", policy, into)
        # what follows from HEAD, and with 304, is a length without a body (RFC 9110 §8.6)
        length = answer.headers.get("Content-Length", "")
        has_body = answer.request.method != "HEAD" and answer.status_code != 304
        excess = inflater.expects(length) if has_body else None
        for piece in pieces if excess is None else ():
            excess = inflater.feed(piece)
            if excess is not None:
                break
        if excess is not None:
            answer.close()
            return Broken(excess)
    except _WORLDLY as error:
        answer.close()
        failed = failure_of(error, begun=True) or Failed("protocol")
        cut = failed.kind in {"reset", "protocol"}
        return Broken(Failed("body-cut", detail=failed.detail) if cut else failed, error)
    whole = inflater.ended()
    return whole if isinstance(whole, bytes) else Broken(whole)
