"""A cassette in this process: what clients send is answered from it, or recorded onto it.

Wires the recorder to the clients of Python (at their transports, or by VCR.py), to the files, and to the block of the
network.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from mockserver.api.contract import load_contract, places
from mockserver.api.homes import homes_of, secrets_of
from mockserver.cassette.index import PARTS
from mockserver.cassette.leaks import Leak
from mockserver.cassette.model import Interaction, Mode
from mockserver.edges import cassette_files, settings
from mockserver.edges.intercept.all import RECORDED, intercepted
from mockserver.edges.intercept.network_block import blocked
from mockserver.errors import CouldNotCheck, UsageError
from mockserver.exchange import Request, Response
from mockserver.jobs.interception import Passed, Received, Unheard, Watched
from mockserver.jobs.judge import Judged
from mockserver.jobs.recorder import RECORDING, Forward, Missing, Recorder, Written
from mockserver.jobs.service import Answer, Service
from mockserver.schema.compile import Validators
from mockserver.values import replace


class Leaking(UsageError):
    """What was recorded still holds what looks like a secret, so nothing was written."""


class Missed(ConnectionError):
    """A request is not on the cassette."""


class Contracts:
    """The contracts that recordings are judged by, read once for many cassettes: those of `services`, or all."""

    def __init__(
        self,
        contracts: str | os.PathLike[str] | None = None,
        *,
        services: Sequence[str] = (),
        public: Sequence[str] = (),
        secret: Sequence[str] = (),
    ) -> None:
        said = settings.read()
        validators = Validators()
        try:
            names = list(services or places((), contracts))
        except UsageError:  # a repository without contracts records all the same
            names = []
        self.services = tuple(Service(load_contract(name, contracts=contracts), validators) for name in names)
        self.homes = homes_of(self.services)
        self.rules = secrets_of(self.services, public, secret)
        self.folder = Path(said.cassettes)
        self.passthrough = said.passthrough


class CassetteInUse:
    """One cassette, used by the clients of this process within `with`; `problems` is asked when it is over.

    `passthrough` are hosts that may be reached for real; `match_on` the parts of a request that must be the same.
    """

    def __init__(
        self,
        path: Path,
        mode: Mode,
        contracts: Contracts,
        *,
        match_on: Sequence[str] = PARTS,
        repeats: bool = False,
        passthrough: Sequence[str] = (),
        expires: str = "",
    ) -> None:
        unknown = [part for part in match_on if part not in PARTS]
        if unknown:
            raise UsageError(f"requests are not matched on {unknown[0]}", fix=f"parts are {', '.join(PARTS)}")
        self.path = path
        self._contracts = contracts
        self._passthrough = (*contracts.passthrough, *passthrough)
        self._expires = expires
        self._threads = 0
        self._tried: list[str] = []
        self.written: Written | None = None
        exists = path.is_file()
        if mode in {"replay", "verify"} and not exists:
            raise CouldNotCheck(
                f"there is no cassette {path}", where=str(path), fix="record it: pytest --cassette-mode=once"
            )
        tape = cassette_files.load(path, contracts.folder) if exists and mode != "live" else None
        self.recorder = Recorder(
            tape.cassette if tape is not None else None,
            mode,
            contracts.homes,
            contracts.rules,
            name=path.as_posix(),
            service=cassette_files.service_of(path, contracts.folder),
            match_on=match_on,
            repeats=repeats,
        )

    @contextlib.contextmanager
    def playing(self) -> Iterator[Recorder]:
        """Stand in the way of all clients of this process; write at the end what was recorded."""
        with contextlib.ExitStack() as stack:
            if self.recorder.mode == "replay":
                stack.enter_context(blocked(self._refuse, self._passthrough, self._recorded_ports()))
            stack.enter_context(intercepted(self._receive, RECORDED, last=True))
            if self.recorder.mode != "live":
                from mockserver.edges.vcr import patched  # noqa: PLC0415 - it imports every client that is there

                cassette = stack.enter_context(patched(self.path.as_posix(), self))
                stack.callback(lambda: setattr(self, "_threads", len(cassette.threads)))
            yield self.recorder
        self._write()

    def _refuse(self, place: str) -> str:
        self._tried.append(place)
        return (
            f"{place} is out of reach while a cassette plays. Record the request (--cassette-mode=new), or let the "
            f'host pass: @pytest.mark.cassette(passthrough=["{place.rpartition(":")[0] or place}"])'
        )

    def _recorded_ports(self) -> Iterator[tuple[str, int]]:
        for one in self.recorder.cassette.interactions:
            parts = urlsplit(one.origin)
            if parts.hostname:
                yield parts.hostname.lower(), parts.port or (443 if parts.scheme == "https" else 80)

    def _passes(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.hostname in self._passthrough or parts.netloc in self._passthrough

    def _receive(self, url: str, request: Request) -> Received:
        if self._passes(url):
            return Passed()
        begun = _now()
        match self.recorder.ask(url, request):
            case Interaction(response=response):
                return Answer(response, source="recorded")
            case Missing(text=text):
                return Unheard(text)
            case Forward():
                return Watched(
                    lambda response, reason, took_s: self.recorder.heard(
                        url, request, response, reason=reason, at=begun, took_s=took_s
                    )
                )

    def ask(self, url: str, request: Request) -> Interaction | None:
        """Answer what VCR.py asks for."""
        if self._passes(url):
            return None
        found = self.recorder.ask(url, request)
        if isinstance(found, Missing):
            raise Missed(found.text)
        return found if isinstance(found, Interaction) else None

    def heard(self, url: str, request: Request, response: Response, reason: str) -> None:
        """Take note of what VCR.py has heard."""
        if not self._passes(url):
            self.recorder.heard(url, request, response, reason=reason, at=_now())

    def _write(self) -> None:
        found = self.recorder.result(cassette_files.key())
        if isinstance(found, Written):
            expires = self._expires or found.cassette.expires
            cassette_files.save(self.path, replace(found.cassette, expires=expires))
            self.written = found
        elif found:
            raise leaking(self.path, found)

    def problems(self) -> Iterator[str]:
        """Yield what fails a test: requests that are not there, sockets, threads, and answers that have changed."""
        yield from self.recorder.missing
        yield from (f"{place} was out of reach while {self.path} played" for place in self._tried)
        yield from self.recorder.contradictions
        if self._threads > 1:
            yield (
                f"{self._threads} threads used aiohttp, http.client, httplib2 or tornado while {self.path} was open: "
                "VCR.py swaps classes of the whole process there, so requests may be lost or reach the network\n"
                "  fix  use one thread, or requests, urllib3, httpx or httpx2, which threads may share"
            )

    def judged(self) -> Iterator[tuple[int, Judged]]:
        """Yield what the contract says: of what was written, else of what was loaded."""
        yield from self.written.judged if self.written is not None else self.recorder.judged()


@contextlib.contextmanager
def use_cassette(
    path: Path,
    mode: Mode,
    contracts: Contracts,
    *,
    match_on: Sequence[str] = PARTS,
    repeats: bool = False,
    passthrough: Sequence[str] = (),
    expires: str = "",
) -> Iterator[CassetteInUse]:
    """Play or record a cassette within `with`; of processes that may record the same one, one at a time."""
    with contextlib.ExitStack() as stack:
        if mode in RECORDING:
            stack.enter_context(cassette_files.locked(path))
        in_use = CassetteInUse(
            path, mode, contracts, match_on=match_on, repeats=repeats, passthrough=passthrough, expires=expires
        )
        stack.enter_context(in_use.playing())
        yield in_use


def leaking(path: Path, leaks: Sequence[Leak]) -> Leaking:
    """Return the error for what the gate refuses."""
    listed = "\n".join(f"  {leak.place} holds {leak.what}: {leak.fix}" for leak in leaks[:10])
    return Leaking(
        f"{path} was not written, because it would hold what looks like a secret:\n{listed}",
        where=str(path),
        fix="say which it is: --secret NAME, --public NAME; in pytest mockserver_secret, mockserver_public",
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
