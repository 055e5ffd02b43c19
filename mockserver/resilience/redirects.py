"""May a redirect be followed, and with what?

A redirect is an order from outside: it may not lead to another scheme than http(s), from a public host into a private
network, nor send something twice that is not repeatable; credentials stay with the origin they were meant for. Names
are not resolved here: a public name that leads to a private address is for the one who connects.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, Literal, NamedTuple, TypeAlias
from urllib.parse import SplitResult, urljoin, urlsplit

from mockserver.resilience.idempotency import Repeatable
from mockserver.resilience.policy import RedirectPolicy

RefusedBecause: TypeAlias = Literal[
    "limit",  # more redirects than the policy follows
    "target",  # the target is no http(s) URL that can be read
    "downgrade",  # from https to http
    "private",  # from a public host into a private network, or to a link-local address
    "method",  # 307 and 308 repeat the method, and this request may not be sent twice
    "body",  # its body cannot be sent again
]

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_NUMBER: Final = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$")  # ends in a number (WHATWG URL §3.5)
# RFC 3986 §3.2.2, without what readers of URLs disagree on: backslashes, wide digits and %31 lead one of them elsewhere
_HOST: Final = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_UNREADABLE: Final = re.compile(r"[\\\x00-\x1f\x7f]")
_PORTS: Final = {"http": 80, "https": 443}
_Reach: TypeAlias = Literal["public", "private", "loopback", "link-local"]


class Follow(NamedTuple):
    """Send `method` to `url`; without its body where `body` is False, without credentials where so."""

    method: str
    url: str
    body: bool
    credentials: bool


class Refuse(NamedTuple):
    """Do not follow it."""

    because: RefusedBecause
    location: str


def redirect(
    policy: RedirectPolicy, request: Repeatable, *, method: str, url: str, status: int, location: str | None, hops: int
) -> Follow | Refuse | None:
    """Decide on one answer, after `hops` redirects that were followed; None if it is no redirect (RFC 9110 §15.4)."""
    if status not in _REDIRECTS or location is None:
        return None
    target = _joined(url, location)
    if target is None:
        return Refuse("target", location)
    source = urlsplit(url)
    if hops >= policy.limit:
        return Refuse("limit", location)
    if source.scheme == "https" and target.scheme == "http":
        return Refuse("downgrade", location)
    reach = _reach(target)
    if reach == "link-local" or (reach != "public" and reach != _reach(source)):
        return Refuse("private", location)
    credentials = _origin(source) == _origin(target)
    if _turns_to_get(status, method):
        return Follow("HEAD" if method == "HEAD" else "GET", target.geturl(), body=False, credentials=credentials)
    if not request.repeatable:
        return Refuse("method", location)
    if not request.replayable:
        return Refuse("body", location)
    return Follow(method, target.geturl(), body=True, credentials=credentials)


def _turns_to_get(status: int, method: str) -> bool:
    # §15.4.4: 303 is for a retrieval; §15.4.2, §15.4.3: after 301 and 302 every client turns POST to GET
    return status == 303 or (status in {301, 302} and method == "POST")


def _joined(url: str, location: str) -> SplitResult | None:
    if _UNREADABLE.search(location):
        return None
    try:
        target = urlsplit(urljoin(url, location))
        host = target.hostname or ""
        if target.scheme not in _PORTS or target.port == 0 or not _HOST.fullmatch(host):
            return None
        if _NUMBER.search(host):
            ip_address(host)  # 127.1 and 0x7f000001 are addresses to a resolver, and to nobody who reads
    except ValueError:  # a port or an address that is none
        return None
    # a name and password in the target would be credentials that nobody gave
    return target._replace(netloc=target.netloc.rpartition("@")[2])


def _origin(url: SplitResult) -> tuple[str, str | None, int]:
    return url.scheme, url.hostname, url.port or _PORTS.get(url.scheme, 0)  # RFC 9110 §4.3.1


def _reach(url: SplitResult) -> _Reach:
    host = (url.hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761 §6.3
        return "loopback"
    try:
        address: IPv4Address | IPv6Address = ip_address(host)
    except ValueError:
        return "public"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback or address.is_unspecified:
        return "loopback"
    if address.is_link_local:
        return "link-local"
    return "public" if address.is_global else "private"
