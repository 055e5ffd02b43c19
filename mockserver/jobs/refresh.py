"""Which recordings have to be made again, and making them: only what is stale is asked, the rest stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, TypeAlias

from mockserver.cassette.age import days_old, expired
from mockserver.cassette.model import Cassette, Interaction, Recorded
from mockserver.cassette.secret_words import is_secret_name
from mockserver.exchange import Headers, Request, Response
from mockserver.jobs.homes import Homes
from mockserver.jobs.judge import digest, judge
from mockserver.values import Struct, replace
from mockserver.violation import errors_in

Sent: TypeAlias = tuple[Response, str, float]
Send: TypeAlias = Callable[[str, Request], Sent]
"""(address of the service, request) -> answer, reason phrase, seconds."""

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_MADE_ANEW: Final = frozenset({"host", "content-length", "accept-encoding", "connection"})


class Refreshed(Struct, frozen=True):
    """A cassette with what was asked again, and a sentence for each recording that was, or was left."""

    cassette: Cassette
    done: tuple[str, ...]
    left: tuple[str, ...]


def staleness(one: Interaction, cassette: Cassette, homes: Homes, service: str, now: datetime, older_than: int) -> str:
    """Return why a recording has to be made again, or nothing."""
    why = expired(one, cassette, now)
    if why:
        return why
    judged = judge(one, homes, service)
    if errors_in(judged.violations):
        return f"it no longer keeps the contract: {errors_in(judged.violations)[0].message}"
    known = homes.services.get(judged.service)
    if known is not None and one.recorded.contract and one.recorded.contract != digest(known.contract):
        return "the contract has changed since"
    age = days_old(one, now)
    return f"it is {age} days old" if age is not None and age > older_than else ""


class Wanted(Struct, frozen=True):
    """What is asked again: what is stale `now`, or `everything`; of unsafe methods only if that is said."""

    now: datetime
    older_than: int = 180
    everything: bool = False
    unsafe: bool = False


class Live(Struct, frozen=True):
    """The live API: address and credentials of a service by its name, and how requests are sent."""

    address: Callable[[str], str]
    credentials: Callable[[str], Headers]
    send: Send


def refresh(cassette: Cassette, homes: Homes, service: str, wanted: Wanted, live: Live) -> Refreshed:
    """Ask again what is wanted; `service` is the one that the cassette's folder names."""
    kept: list[Interaction] = []
    done: list[str] = []
    left: list[str] = []
    for one in cassette.interactions:
        told = f"{one.request.method} {one.url}"
        stale = staleness(one, cassette, homes, service, wanted.now, wanted.older_than)
        why = "asked for" if wanted.everything else stale
        located = homes.locate(one.url, service) if why else None
        if why and located is None:
            left.append(f"{told}: no contract has this host")
        elif why and one.request.method not in _SAFE and not wanted.unsafe:
            left.append(f"{told}: {why}; --unsafe sends it again")
        elif located is not None:
            name = located.service.name
            asked = replace(
                one.request, target=located.target, headers=(*_plain(one.request.headers), *live.credentials(name))
            )
            response, reason, took_s = live.send(live.address(name), asked)
            done.append(f"{told}: {why}")
            stamp = wanted.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            noted = Recorded(stamp, took_s, expires=one.recorded.expires)
            one = replace(  # noqa: PLW2901 - the recording that takes its place
                one,
                request=replace(asked, target=one.request.target),
                response=response,
                reason=reason,
                recorded=noted,
            )
        kept.append(one)
    return Refreshed(replace(cassette, interactions=tuple(kept)), tuple(done), tuple(left))


def _plain(headers: Headers) -> Iterator[tuple[str, str]]:
    """Yield fields without pseudonyms: the credentials of today take their place."""
    return ((name, value) for name, value in headers if not is_secret_name(name) and name.lower() not in _MADE_ANEW)
