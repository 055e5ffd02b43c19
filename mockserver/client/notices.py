"""What an answer says of the future of its operation: deprecated (RFC 9745), to be gone (RFC 8594).

Reads header fields; whom to tell is for the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Literal, NamedTuple

_MOMENT: Final = re.compile(r"@(-?[0-9]{1,12})")  # RFC 9745 §2.1: a date of structured fields (RFC 9651 §3.3.7)
_LINK: Final = re.compile(r'<([^>]*)>[^<]*?;\s*rel\s*=\s*"?([^";,]+)', re.IGNORECASE)
_RELATIONS: Final = ("deprecation", "sunset", "successor-version")


class Said(NamedTuple):
    """One thing that was said: `kind` is deprecation or sunset, `value` a date (ISO 8601) or what stood there."""

    kind: Literal["deprecation", "sunset"]
    text: str
    value: str


def said(headers: Mapping[str, str]) -> Iterator[Said]:
    """Yield what the fields say, with where to read more.

    >>> [each.text for each in said({"deprecation": "@1688169599", "link": '</v2>; rel="successor-version"'})]
    ['deprecated since 2023-06-30; its successor is /v2']
    """
    deprecation, sunset = headers.get("deprecation"), headers.get("sunset")
    if deprecation is None and sunset is None:
        return
    links = _links(headers.get("link", ""))
    if deprecation is not None and deprecation.strip().lower() not in {"false", "?0"}:
        day = _day(deprecation)
        since = f" since {day}" if day else ""
        yield Said("deprecation", f"deprecated{since}{_more(links, 'deprecation')}", day or deprecation)
    if sunset is not None:
        day = _day(sunset)
        yield Said("sunset", f"gone from {day or sunset:.60} on{_more(links, 'sunset')}", day or sunset)


def _links(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for target, relations in _LINK.findall(text):
        for relation in relations.lower().split():
            if relation in _RELATIONS:
                found.setdefault(relation, target)
    return found


def _more(links: Mapping[str, str], relation: str) -> str:
    read = f"; read {links[relation]}" if relation in links else ""
    successor = f"; its successor is {links['successor-version']}" if "successor-version" in links else ""
    return f"{read}{successor}"


def _day(text: str) -> str:
    moment = _MOMENT.fullmatch(text.strip())
    try:
        # older servers send the date of a draft (IMF-fixdate), as Sunset does
        when = datetime.fromtimestamp(int(moment[1]), UTC) if moment else parsedate_to_datetime(text)
    except (ValueError, OverflowError, OSError):
        return ""  # foreign text: what is no date is told as it stands
    return when.date().isoformat()
