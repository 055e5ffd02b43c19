"""Which header fields may stand on a cassette. An allowlist: what nobody has named is left out."""

from __future__ import annotations

from typing import Final

SAFE: Final = frozenset(
    {
        "accept", "accept-charset", "accept-encoding", "accept-language", "accept-patch", "accept-post",
        "accept-ranges", "age", "allow", "api-version", "cache-control", "content-digest", "content-disposition",
        "content-encoding", "content-language", "content-length", "content-location", "content-md5", "content-range",
        "content-security-policy", "content-type", "date", "deprecation", "etag", "expires", "host",
        "idempotency-key", "idempotency-replayed", "idempotent-replayed", "if-match", "if-modified-since",
        "if-none-match", "if-range", "if-unmodified-since", "last-modified", "link", "location", "origin", "pragma",
        "prefer", "preference-applied", "range", "referrer-policy", "request-id", "retry-after", "server", "sunset",
        "te", "traceparent", "upgrade-insecure-requests", "user-agent", "vary", "warning", "www-authenticate",
        "x-content-type-options", "x-correlation-id", "x-frame-options", "x-http-method-override",
        "x-requested-with", "x-request-id",
    }
)  # fmt: skip
_SAFE_STARTS: Final = (
    "access-control-", "ratelimit", "x-ratelimit-", "x-rate-limit-", "x-mockserver-", "x-page", "x-per-page",
    "x-total", "x-next-page", "x-prev-page", "x-pagination-", "sec-fetch-",
)  # fmt: skip
FRAMING: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "proxy-connection", "upgrade", "trailer"})
"""Fields of one connection (RFC 9110 §7.6.1): a recorded body is whole, and nobody misses them."""


def is_safe(name: str) -> bool:
    """Tell whether a header field (lower case) may stand on a cassette.

    >>> is_safe("stripe-version"), is_safe("x-amz-cf-id")
    (True, False)
    """
    return name in SAFE or name.startswith(_SAFE_STARTS) or name.endswith("-version")
