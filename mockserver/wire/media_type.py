"""Media types: read, matched, negotiated (RFC 9110 §8.3.1, §12.5.1).

Knows names and parameters, not what a body of that type looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from mockserver.values import Struct

_WORD: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_NAME: Final = re.compile(rf"\s*({_WORD})/({_WORD})\s*(?=;|$)")
_PARAMETER: Final = re.compile(rf';\s*(?:({_WORD})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"]*)))?\s*')
_LISTED: Final = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_QUALITY: Final = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_CONCRETE: Final[Mapping[str, str]] = {
    "*/*": "application/json",
    "application/*": "application/json",
    "text/*": "text/plain",
    "image/*": "image/png",
    "audio/*": "audio/mpeg",
    "video/*": "video/mp4",
    "font/*": "font/woff2",
    "multipart/*": "multipart/form-data",
}


class MediaRange(Struct, frozen=True):
    """A media type, or a range of them: `type` or `subtype` may be `*`. Names are in lower case."""

    type: str
    subtype: str
    parameters: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.essence + "".join(f"; {name}={_quoted(value)}" for name, value in self.parameters)

    @property
    def essence(self) -> str:
        """The name without its parameters."""
        return f"{self.type}/{self.subtype}"

    @property
    def is_concrete(self) -> bool:
        """Whether it names one media type only."""
        return "*" not in (self.type, self.subtype)

    @property
    def is_json(self) -> bool:
        """Whether such a body is one JSON text (RFC 8259, RFC 6839 §3.1)."""
        return self.subtype == "json" or self.subtype.endswith("+json")

    @property
    def is_xml(self) -> bool:
        """Whether such a body is an XML document (RFC 7303 §9)."""
        return self.subtype == "xml" or self.subtype.endswith("+xml")

    def parameter(self, name: str) -> str:
        """Return the value of a parameter, or nothing."""
        return next((value for key, value in self.parameters if key == name), "")


_JSON: Final = MediaRange("application", "json", ())
_LEAST: Final = 0.001


@lru_cache(maxsize=512)
def parse(text: str) -> MediaRange | None:
    """Return the media type or range, or None when the text is neither.

    >>> parse('Text/HTML; Charset="utf-8"')
    MediaRange(type='text', subtype='html', parameters=(('charset', 'utf-8'),))
    """
    name = _NAME.match(text)
    if name is None:
        return None
    return MediaRange(name[1].lower(), name[2].lower(), parameters_of(text[name.end() :]))


def parameters_of(text: str) -> tuple[tuple[str, str], ...]:
    """Return the `; name=value` pairs of a header field, quoted strings unquoted (RFC 9110 §5.6.6)."""
    return tuple(
        (match[1].lower(), re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3].strip())
        for match in _PARAMETER.finditer(text)
        if match[1]
    )


def is_json(text: str) -> bool:
    """Tell whether a body of that type is one JSON text."""
    media = parse(text)
    return media is not None and media.is_json


def is_never_empty(text: str) -> bool:
    """Tell whether no octets are no body of that type: texts of JSON (RFC 8259 §2) and XML (XML 1.0 §2.1) have some."""
    media = parse(text)
    return media is not None and (media.is_json or media.subtype == "xml" or media.subtype.endswith("+xml"))


def matches(pattern: str, media_type: str) -> bool:
    """Tell whether a range covers a media type; parameters that only one of them has do not count.

    >>> matches("text/*", "text/html; charset=utf-8"), matches("text/html", "text/plain")
    (True, False)
    """
    wanted, given = parse(pattern), parse(media_type)
    return wanted is not None and given is not None and _specificity(wanted, given) > 0


def select(documented: Iterable[str], media_type: str) -> str | None:
    """Return the most specific documented key for a body's media type (OAS 3.1 §4.8.13.1), or None.

    >>> select(["*/*", "application/*", "text/plain"], "application/pdf")
    'application/*'
    """
    given = parse(media_type)
    if given is None:
        return None
    ranked = [(_specificity(wanted, given), key) for key in documented if (wanted := parse(key)) is not None]
    best = max((rank for rank, _ in ranked), default=0)
    return next((key for rank, key in ranked if rank == best), None) if best else None


def negotiate(accept: str | None, offers: Sequence[str]) -> str | None:
    """Return the offer that the client likes best, as it is written in `offers`, or None when it accepts none.

    Of offers liked as much, the one named most specifically wins, then the first. A header without a readable range
    counts as none. An offer may be a range: see `concrete`.

    >>> negotiate("text/*;q=0.5, application/json", ["text/html", "application/json"])
    'application/json'
    >>> negotiate("image/png", ["text/html"])
    """
    ranges = _ranges(accept or "")
    if not ranges:
        return offers[0] if offers else None
    if any(media.subtype.endswith("+json") and media.subtype != "problem+json" and q for media, q in ranges):
        ranges.append((_JSON, _LEAST))  # RFC 6839 §3.1: who reads a format on top of JSON reads JSON; a problem is none
    best: tuple[float, int] = (0.0, 0)
    chosen = None
    for offer in offers:
        offered = parse(offer)
        if offered is None:
            continue
        # RFC 9110 §12.5.1: the most specific range that covers an offer decides its quality
        rank, quality = max(((_overlap(wanted, offered), q) for wanted, q in ranges), default=(0, 0.0))
        if rank and quality and (quality, rank) > best:
            best, chosen = (quality, rank), offer
    return chosen


def concrete(offer: str, accept: str | None = None) -> str:
    """Return one media type for an offer that may be a range: the one asked for, else a usual one of that range.

    >>> concrete("image/*", "image/webp, */*"), concrete("text/*"), concrete("application/xml")
    ('image/webp', 'text/plain', 'application/xml')
    """
    offered = parse(offer)
    if offered is None or offered.is_concrete:
        return offer
    liked = sorted(_ranges(accept or ""), key=lambda ranged: -ranged[1])
    for wanted, quality in liked:
        if quality and wanted.is_concrete and _overlap(wanted, offered):
            return wanted.essence
    for wanted, quality in liked:
        if quality and wanted.type != "*" and _overlap(wanted, offered):
            return _CONCRETE.get(f"{wanted.type}/*", f"{wanted.type}/octet-stream")
    return _CONCRETE.get(offered.essence, f"{offered.type}/octet-stream")


def _ranges(accept: str) -> list[tuple[MediaRange, float]]:
    ranges: list[tuple[MediaRange, float]] = []
    for match in _LISTED.finditer(accept):
        media = parse(match[0])
        quality = media.parameter("q") or "1" if media else ""
        if media is None or not _QUALITY.fullmatch(quality):
            continue
        kept = tuple(pair for pair in media.parameters if pair[0] not in ("q", "charset"))
        ranges.append((MediaRange(media.type, media.subtype, kept), float(quality)))
    return ranges


def _specificity(wanted: MediaRange, given: MediaRange) -> int:
    """Return 0 when the range does not cover the media type, and more the closer it names it."""
    known = dict(given.parameters)
    if any(known.get(name, value).lower() != value.lower() for name, value in wanted.parameters if name != "charset"):
        return 0
    if wanted.type not in ("*", given.type) or wanted.subtype not in ("*", given.subtype):
        return 0
    shared = sum(1 for name, _ in wanted.parameters if name in known and name != "charset")
    return 1 + (wanted.type != "*") + (wanted.subtype != "*") + shared


def _overlap(wanted: MediaRange, offered: MediaRange) -> int:
    """Return how specifically the client's range names an offer that may be a range itself."""
    if offered.is_concrete:
        return _specificity(wanted, offered)
    types = "*" in (wanted.type, offered.type) or wanted.type == offered.type
    subtypes = "*" in (wanted.subtype, offered.subtype) or wanted.subtype == offered.subtype
    return 1 + (wanted.type != "*") + (wanted.subtype != "*") if types and subtypes else 0


def _quoted(value: str) -> str:
    if re.fullmatch(_WORD, value):
        return value
    escaped = re.sub(r'(["\\])', r"\\\1", value)
    return f'"{escaped}"'
