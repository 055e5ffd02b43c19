"""What a cassette holds: interactions, and what we noted beside each.

Knows requests and answers as they were on the wire. Does not know how they are written, nor what they should be.
"""

from __future__ import annotations

from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from mockserver.exchange import Request, Response
from mockserver.values import JSON, Struct

Mode: TypeAlias = Literal["replay", "once", "new", "rewrite", "live", "verify"]
"""What a cassette is for: VCR's none, once, new_episodes and all; past the cassette; or live against the cassette."""

MODES: dict[str, Mode] = {
    "replay": "replay",
    "none": "replay",
    "once": "once",
    "new": "new",
    "new_episodes": "new",
    "rewrite": "rewrite",
    "all": "rewrite",
    "live": "live",
    "verify": "verify",
}
"""Modes by their names; VCR's words are other names for ours."""


class Recorded(Struct, frozen=True):
    """What we noted when an interaction was recorded; cassettes of others have none of it.

    `at` is ISO 8601, UTC; `took_s` seconds; `operation` the operationId or label; `contract` the digest of the contract
    that it was checked against; `expires` a date or an age as `90d`; `redacted` JSON pointers into the interaction;
    `dropped` the header fields that were left out.
    """

    at: str = ""
    took_s: float = 0.0
    operation: str = ""
    contract: str = ""
    expires: str = ""
    redacted: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


NOTHING_NOTED = Recorded()


class Interaction(Struct, frozen=True):
    """One request and its answer. `origin` is scheme and authority, without a slash at its end.

    `reason` is the phrase of the status line. `extra` are members of others' formats that we keep as they are.
    """

    origin: str
    request: Request
    response: Response
    reason: str = ""
    recorded: Recorded = NOTHING_NOTED
    extra: tuple[tuple[str, JSON], ...] = ()

    @property
    def url(self) -> str:
        """The absolute address of the request."""
        return self.origin + self.request.target


class Cassette(Struct, frozen=True):
    """Interactions in the order in which they were recorded.

    `expires` holds for all of them; `metadata` is VCR's; `notes` tell, a sentence each, what could not be read of it.
    `at` are the places of interactions in files of other forms, as JSON pointers.
    """

    interactions: tuple[Interaction, ...] = ()
    expires: str = ""
    metadata: JSON = None
    notes: tuple[str, ...] = ()
    at: tuple[str, ...] = ()


def split_url(url: str) -> tuple[str, str]:
    """Return origin and raw target of an absolute address.

    >>> split_url("https://api.example/v1/a%2Fb?q=1#top")
    ('https://api.example', '/v1/a%2Fb?q=1')
    """
    scheme, mark, rest = url.partition("://")
    if not mark:
        return "", url
    end = next((index for index, character in enumerate(rest) if character in "/?#"), len(rest))
    return f"{scheme}://{rest[:end]}", rest[end:].partition("#")[0]


def host_of(origin: str) -> str:
    """Return the host of an origin in lower case, without user and port.

    >>> host_of("https://me:pw@API.example:8443")
    'api.example'
    """
    try:
        return (urlsplit(origin).hostname or "").lower()
    except ValueError:  # brackets that are no IPv6 address
        return ""
