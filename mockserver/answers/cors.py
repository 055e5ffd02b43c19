"""Letting browsers in (Fetch standard, §3.2 "CORS protocol"): a mock stands beside the page, on another port."""

from __future__ import annotations

from mockserver.exchange import Headers, Request

_AGE_S = "600"


def is_preflight(request: Request) -> bool:
    """Tell whether a browser asks what it may send."""
    return (
        request.method == "OPTIONS"
        and request.header("origin") is not None
        and request.header("access-control-request-method") is not None
    )


def cors_headers(request: Request, answered: Headers) -> Headers:
    """Return what a browser needs in order to read the answer."""
    origin = request.header("origin")
    if origin is None or any(name.lower() == "access-control-allow-origin" for name, _ in answered):
        return ()
    exposed = ", ".join(
        dict.fromkeys(name for name, _ in answered if name.lower() not in {"content-type", "set-cookie"})
    )
    return (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Expose-Headers", exposed),
        ("Vary", "Origin"),
    )


def preflight_headers(request: Request, allow: tuple[str, ...]) -> Headers:
    """Return what a browser may send."""
    return (
        ("Access-Control-Allow-Methods", ", ".join(allow)),
        ("Access-Control-Allow-Headers", request.header("access-control-request-headers") or "*"),
        ("Access-Control-Max-Age", _AGE_S),
    )
