"""Reports for the tests of renderers: one that has everything, one of ten thousand findings."""

from __future__ import annotations

from mockserver.report.model import Accepted, Finding, Line, Page, Report, Table

NASTY = 'a "quoted" <b>bold</b> & 100% | `tick`\r\n::error::not a command, with: a colon \x00\x1b[31m ü 日本'


def finding(number: int = 1, **more: object) -> Finding:
    """Return a finding; every number has another place and another identity."""
    plain = {
        "rule": "request-required",
        "side": "consumer",
        "level": "error",
        "operation": "createShipment",
        "pointer": f"/components/schemas/Parcel/properties/p{number}",
        "file": "contracts/shipping.yaml",
        "line": 142 + number,
        "at": f"body#/parcels/0/p{number}",
        "message": f"parcels[0].p{number} is missing",
        "fix": "send it, for example 250",
        "fingerprint": f"{number:012x}",
    }
    return Finding(**{**plain, **more})  # type: ignore[arg-type]


EVERYTHING = Report(
    "verify client",
    "shipping",
    "shop.shipping:Client",
    9,
    ("3 of 11 operations are not used by this client", f"an odd sentence: {NASTY}"),
    (
        finding(
            1,
            text="required: [length, weight]",
            source='shop/shipping.py:58  return self._post("/shipments", json=payload)',
            witness={"length": 10, "text": NASTY},
            evidence=(("sent", 'POST /shipments {"length": 10}'), ("answer", "422")),
            further=(("again", "mockserver verify client shop.shipping:Client"), ("paste", "def test():\n    pass")),
        ),
        finding(1, at="body#/parcels/1/p1"),
        finding(2, level="warning", rule="response-optional", message=NASTY),
        finding(3, level="info", operation="", file="", line=0, pointer=""),
        finding(4, accepted=Accepted("the vendor mends it, ticket 7", "2027-03-01")),
        finding(5, operation="getShipment", file="", line=0, source="shop/other.py:7  x = 1"),
    ),
    note="412 cases",
    figures={"cases": 412},
    tables=(Table("Counted", ("what", "how many"), (("cases", "412"), (NASTY, "1"))),),
    pages=(
        Page(
            "contracts/shipping.yaml",
            (
                Line(1, "openapi: 3.1.1"),
                Line(2, "a: <b>", "seen", ("2 of 2 seen",)),
                Line(9, "b: 'x'", "partly", ("1 of 2 seen", "never shown: b is null")),
                Line(10, "c: 1", "missed", ("0 of 1 seen", "never sent: c there")),
                Line(11, "d: 1", "unused", ("no operation that is used leads here",)),
            ),
        ),
    ),
)
CLEAN = Report("lint", "shipping", "", 13, (), ())
NOTHING = Report("verify client", "payments", "", 0, ("could not check: 401",), ())
MANY = Report(
    "verify provider",
    "payments",
    "https://test.example",
    400,
    (),
    tuple(
        finding(
            number % 8000,
            operation=f"operation{number % 400}",
            level=("error", "warning", "info")[number % 3],
            source=f"shop/client.py:{number}  self.call()",
            witness={"number": number, "text": "x" * 80},
            evidence=(("sent", f"GET /things/{number}"), ("answer", "200 {}")),
        )
        for number in range(10_000)
    ),
)
