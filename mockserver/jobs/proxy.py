"""A validating reverse proxy: what passes between a client and an API, judged in both directions.

Knows requests, answers and the contract. Sending and listening are edges' affairs.
"""

from __future__ import annotations

from mockserver.answers.headers import told_violations
from mockserver.cassette.header_names import FRAMING
from mockserver.cassette.model import split_url
from mockserver.exchange import Headers, Request, Response
from mockserver.jobs.homes import Located
from mockserver.jobs.judge import judge_exchange
from mockserver.jobs.recorder import Recorder
from mockserver.jobs.refuse import cleaned
from mockserver.jobs.service import OnViolation, Service
from mockserver.values import JSON, replace
from mockserver.violation import Violations, errors_in
from mockserver.wire.json import dumps

_STREAMS = (
    "text/event-stream",
    "application/x-ndjson",
    "application/jsonl",
    "application/json-seq",
    "multipart/x-mixed",
)


class Proxy:
    """One service behind a proxy: `url` is where its API lives, without a slash at its end."""

    def __init__(
        self, service: Service, url: str, *, on_violation: OnViolation = "report", recorder: Recorder | None = None
    ) -> None:
        self.service = service
        self.url = url.rstrip("/")
        self.on_violation = on_violation
        self.recorder = recorder

    def outgoing(self, request: Request) -> Request:
        """Return the request as it goes to the API: no fields of this connection, codings that can be looked into."""
        kept = tuple(
            pair
            for pair in request.headers
            if pair[0].lower() not in {*FRAMING, "host", "content-length", "accept-encoding"}
        )
        asks = request.header("accept-encoding") or ""
        coding = "gzip, deflate" if "gzip" in asks else "identity"
        return replace(request, headers=(*kept, ("Accept-Encoding", coding)))

    def is_stream(self, response: Response) -> bool:
        """Tell from the fields of an answer whether its body comes piece by piece and may have no end."""
        kind = (response.header("content-type") or "").lower()
        return kind.startswith(_STREAMS)

    def judge(self, request: Request, response: Response) -> tuple[str, Violations]:
        """Return the operation and what is wrong, in both directions."""
        judged = judge_exchange(Located(self.service, request.target), request, response)
        return judged.operation, cleaned(self.service, request, judged.violations)

    def wrong_request(self, request: Request) -> Violations:
        """Return what is wrong with a request before it is sent, where that stops it."""
        if self.on_violation != "reject":
            return ()
        judged = judge_exchange(Located(self.service, request.target), request, Response(200))
        found = errors_in(cleaned(self.service, request, judged.violations))
        return tuple(violation for violation in found if violation.side == "consumer")

    def heard(self, request: Request, response: Response, *, reason: str, at: str, took_s: float) -> None:
        """Take note of an exchange for the cassette."""
        if self.recorder is not None:
            url = f"{self.url}{request.target}"
            self.recorder.heard(url, request, response, reason=reason, at=at, took_s=took_s)

    def incoming(self, response: Response, own_url: str, operation: str, violations: Violations) -> Response:
        """Return the answer as the client gets it, with what was found in a field."""
        if self.on_violation == "reject":
            broken = tuple(one for one in errors_in(violations) if one.side == "provider")
            if broken:
                return refusal(502, "the API broke the contract", broken)
        kept = tuple(
            (name, self._here(value, own_url) if name.lower() in {"location", "content-location"} else value)
            for name, value in response.headers
            if name.lower() not in {*FRAMING, "content-length"}
        )
        ours: Headers = (("X-Mockserver-Operation", _latin(operation)),) if operation else ()
        if violations:
            ours = (*ours, ("X-Mockserver-Violations", told_violations(violations)))
        return replace(response, headers=(*kept, *ours))

    def _here(self, location: str, own_url: str) -> str:
        """Return an address of the API as one of this proxy."""
        if location.startswith(self.url):
            return own_url + location[len(self.url) :]
        _, base = split_url(self.url)
        return location[len(base) :] or "/" if base and location.startswith(f"{base}/") else location


def refusal(status: int, title: str, violations: Violations) -> Response:
    """Return problem details (RFC 9457) that tell what was wrong."""
    problem: JSON = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "errors": [{"detail": one.message, "rule": one.rule, "at": one.at, "fix": one.fix} for one in violations],
    }
    told = (("Content-Type", "application/problem+json"), ("X-Mockserver-Source", "refused"))
    return Response(status, (*told, ("X-Mockserver-Violations", told_violations(violations))), dumps(problem))


def _latin(text: str) -> str:
    return text if text.isascii() and text.isprintable() else text.encode("unicode_escape").decode("ascii")
