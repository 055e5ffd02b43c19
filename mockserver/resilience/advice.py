"""What an answer says about the next request: when, and whether at all.

Every field is foreign text: what cannot be read, is negative or lies in the past is as if it were not there, and
nothing is ever raised. What to do about it is decided in `retry` and `hold`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

from mockserver.exchange import Headers

_SECONDS: Final = re.compile(r"[0-9]{1,10}(?:\.[0-9]{0,9})?")  # RFC 9110 §10.2.3 has whole ones only; servers send 1.5
_DATE: Final = re.compile(
    r"[A-Z][a-z]{2,8},? .*[0-9][0-9]:[0-9][0-9]:[0-9][0-9].*", re.ASCII
)  # RFC 9110 §5.6.7, all three forms
_WHOLE: Final = re.compile(r"[0-9]{1,15}")
_NUMBER: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{0,9})?")
_EPOCH_FROM: Final = 1_000_000_000  # GitHub and GitLab send the moment, others the seconds until then
_EPOCH_MS_FROM: Final = 1_000_000_000_000
# RateLimit of draft-ietf-httpapi-ratelimit-headers: -07 `limit=9, remaining=0, reset=30`, later `"name";r=0;t=30`
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_PARAMETER: Final = re.compile(r"([a-z]+)\s*=\s*([0-9]{1,15})\b")
_REMAINING: Final = ("ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining")
_RESET: Final = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset")
_RESET_AFTER: Final = "x-ratelimit-reset-after"
_HEARD: Final = frozenset({"retry-after", "retry-after-ms", "date", "ratelimit", _RESET_AFTER, *_REMAINING, *_RESET})


class Advice(NamedTuple):
    """Seconds from the arrival of the answer; None where nothing was said.

    `retry_after_s` was asked for; `reset_s` is when a rate limit begins anew, and `remaining` what is left of it.
    `should_retry` is the server's own word, which goes over the status.
    """

    retry_after_s: float | None = None
    should_retry: bool | None = None
    remaining: int | None = None
    reset_s: float | None = None

    @property
    def exhausted_s(self) -> float | None:
        """The seconds until a limit that is used up begins anew."""
        return self.reset_s if self.remaining == 0 else None

    @property
    def wait_s(self) -> float | None:
        """The seconds for which a refused request should wait: as asked, else until the limit begins anew."""
        if self.retry_after_s is not None:
            return self.retry_after_s
        return None if self.remaining else self.reset_s


SILENCE: Final = Advice()


def advice(headers: Headers, *, veto_headers: AbstractSet[str] = frozenset(), epoch_s: float | None = None) -> Advice:
    """Read what an answer advises.

    Dates count from its own `Date` field, so that no clock need be right; without one, from `epoch_s` (seconds since
    1970).

    >>> advice((("Retry-After", "2"), ("X-Should-Retry", "false")), veto_headers={"x-should-retry"})
    Advice(retry_after_s=2.0, should_retry=False, remaining=None, reset_s=None)
    """
    said: dict[str, str] = {}
    for name, value in headers:
        lower = name.lower()
        if lower in _HEARD or lower in veto_headers:
            said.setdefault(lower, value.strip())
    if not said or said.keys() == {"date"}:
        return SILENCE
    now = _epoch(said.get("date", ""))
    now = epoch_s if now is None else now
    remaining, reset_s = _rate_limit(said, now)
    return Advice(_retry_after(said, now), _veto(said, veto_headers), remaining, reset_s)


def _retry_after(said: Mapping[str, str], now: float | None) -> float | None:
    milliseconds = _seconds(said.get("retry-after-ms", ""))  # Azure, OpenAI: finer than whole seconds
    if milliseconds is not None:
        return milliseconds / 1000
    text = said.get("retry-after", "")
    seconds = _seconds(text)
    if seconds is not None:
        return seconds
    moment = _epoch(text)
    return None if moment is None or now is None or moment < now else moment - now


def _veto(said: Mapping[str, str], veto_headers: AbstractSet[str]) -> bool | None:
    words = {said[name].lower() for name in veto_headers if name in said}
    # two that disagree: the careful one
    return False if "false" in words else True if "true" in words else None


def _rate_limit(said: Mapping[str, str], now: float | None) -> tuple[int | None, float | None]:
    if "ratelimit" in said:
        limits = list(_structured(said["ratelimit"]))
        if limits:
            # of several limits the one that is used up, and of those the one that lasts longest
            return min(limits, key=lambda limit: (limit[0], -(limit[1] or 0.0)))
    remaining = next((int(said[name]) for name in _REMAINING if _WHOLE.fullmatch(said.get(name, ""))), None)
    after = _seconds(said.get(_RESET_AFTER, ""))
    if after is not None:
        return remaining, after
    resets = (_until(said[name], now) for name in _RESET if name in said)
    return remaining, next((reset for reset in resets if reset is not None), None)


def _structured(text: str) -> Iterator[tuple[int, float | None]]:
    text = _QUOTED.sub("", text)
    for item in text.split(",") if ";" in text else (text,):
        found = {name: int(value) for name, value in _PARAMETER.findall(item)}
        remaining = found.get("r", found.get("remaining"))
        reset = found.get("t", found.get("reset"))
        if remaining is not None:
            yield remaining, None if reset is None else float(reset)


def _until(text: str, now: float | None) -> float | None:
    if not _NUMBER.fullmatch(text):
        moment = _epoch(text)
    else:
        number = float(text)
        if number < _EPOCH_FROM:
            return number
        moment = number / 1000 if number >= _EPOCH_MS_FROM else number
    return None if moment is None or now is None or moment < now else moment - now


def _seconds(text: str) -> float | None:
    return float(text) if _SECONDS.fullmatch(text) else None


def _epoch(text: str) -> float | None:
    # the standard library's reader takes much that is no date: the form is asked first
    if not _DATE.fullmatch(text):
        return None
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
