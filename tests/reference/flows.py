"""What clients do with the reference implementations: every operation, answered and refused, as plain exchanges."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from flask.testing import FlaskClient
from live_api import KEY
from payments_live import SECRET

from mockserver.exchange import Exchange, Request, Response

ADDRESS = {"name": "Mia Keller", "street": "Marktgasse 12", "postalCode": "3011", "city": "Bern"}
PARCEL = {"length": 10, "width": 10, "height": 4, "weight": 250}
KEYS = [f"3f1f8a52-6c0b-4f0e-9a39-2f7f4f1f6c{number:02d}" for number in range(20)]


class Caller:
    """Calls an application without a socket, and keeps what was said."""

    def __init__(self, client: FlaskClient, base: str) -> None:
        self.client = client
        self.base = base
        self.exchanges: list[Exchange] = []

    def __call__(self, method: str, target: str, body: Any = None, *, kind: str = "", **headers: str) -> Any:
        """Call; return the JSON value of the answer, or its bytes."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if data:
            sent["Content-Type"] = kind or "application/json"
        got = self.client.open(self.base + target, method=method, data=data, headers=sent)
        request = Request(method, target, tuple(sent.items()), data)
        response = Response(got.status_code, tuple(got.headers.items()), got.get_data())
        self.exchanges.append(Exchange(request, response, "live"))
        return got.get_json() if got.is_json else got.get_data()


def shipping(client: FlaskClient) -> Iterator[Exchange]:
    """Yield exchanges with the shipping API."""
    call = Caller(client, "/v2")
    key = {"X_Api_Key": KEY}
    made = call("POST", "/shipments", {"to": ADDRESS, "parcels": [PARCEL], "reference": "order-1", "owner": None,
                "metadata": {"channel": "web"}}, Idempotency_Key=KEYS[0], **key)  # fmt: skip
    call("POST", "/shipments", {"to": ADDRESS, "parcels": []}, Idempotency_Key=KEYS[1], **key)
    for number in range(2, 5):
        call("POST", "/shipments", {"to": ADDRESS, "parcels": [PARCEL]}, Idempotency_Key=KEYS[number], **key)
    call("POST", "/shipments", {"to": ADDRESS, "parcels": [PARCEL]}, Idempotency_Key=KEYS[0], **key)
    one = f"/shipments/{made['id']}"
    page = call("GET", "/shipments?limit=2&state=created&state=in_transit", **key)
    cursor = page.get("nextCursor") if isinstance(page, dict) else None
    call("GET", f"/shipments?limit=2&cursor={cursor}" if isinstance(cursor, str) else "/shipments", **key)
    call("GET", "/shipments?createdAfter=2020-01-01T00:00:00Z", **key)
    call("GET", "/shipments?limit=0", **key)
    call("GET", one)
    call("GET", one, **key)
    call("GET", "/shipments/0", **key)
    call("PATCH", one, {"reference": None, "to": {"city": "Oslo", "country": "NO"}},
         kind="application/merge-patch+json", **key)  # fmt: skip
    call("PATCH", one, {}, kind="application/merge-patch+json", **key)
    call("GET", f"{one}/events?since=2020-01-01T00:00:00Z", **key)
    call("GET", f"{one}/label", Accept="application/pdf", **key)
    call("GET", f"{one}/label", Accept="image/png", **key)
    call("GET", f"{one}/label", Accept="text/html", **key)
    call("POST", f"{one}/label", _upload(made.get("trackingNumber", "")), kind="multipart/form-data; boundary=b", **key)
    call("POST", f"{one}/label", b"x", kind="text/plain", **key)
    call("GET", f"/tracking/{made.get('trackingNumber', '')}")
    call("GET", "/tracking/RR999999999CH")
    call("GET", "/rates?to%5Bcountry%5D=NO&parcel%5Blength%5D=30&parcel%5Bwidth%5D=20&parcel%5Bheight%5D=10"
         "&parcel%5Bweight%5D=900", **key)  # fmt: skip
    call("GET", "/rates", **key)
    token = _token(client)
    hook = call("POST", "/webhooks", {"url": "https://shop.example/hooks", "events": ["shipment.state_changed"]},
                Authorization=f"Bearer {token}")  # fmt: skip
    call("POST", "/webhooks", {"url": "https://shop.example/hooks", "events": ["shipment.state_changed"]},
         Authorization=f"Bearer {token}")  # fmt: skip
    call("DELETE", f"/webhooks/{hook['id']}", Authorization=f"Bearer {token}")
    call("DELETE", f"/webhooks/{hook['id']}", Authorization=f"Bearer {token}")
    call("POST", "/keys/rotate", {"gracePeriod": 60}, Authorization=f"Bearer {token}", **key)
    call("POST", "/keys/rotate", Authorization="Bearer none", **key)
    call("DELETE", one, **key)
    call("DELETE", one, **key)
    yield from call.exchanges


def _token(client: FlaskClient) -> str:
    basic = base64.b64encode(b"shop:s3cret").decode()
    form = {"grant_type": "client_credentials"}
    got = client.post("/oauth2/token", data=form, headers={"Authorization": f"Basic {basic}"})
    return str(got.get_json()["access_token"])


def _upload(tracking: str) -> bytes:
    told = json.dumps({"carrier": "Post", "trackingNumber": tracking})
    return (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="l.png"\r\nContent-Type: image/png\r\n\r\n'
        b'\x89PNG\r\n--b\r\nContent-Disposition: form-data; name="metadata"\r\nContent-Type: application/json\r\n\r\n'
        + told.encode()
        + b"\r\n--b--\r\n"
    )


def payments(client: FlaskClient) -> Iterator[Exchange]:
    """Yield exchanges with the payments API."""
    call = Caller(client, "/v1")
    key = {"Authorization": f"Bearer {SECRET}"}
    form = "application/x-www-form-urlencoded"

    def post(target: str, pairs: list[tuple[str, str]], **headers: str) -> Any:
        return call("POST", target, urlencode(pairs).encode(), kind=form, **{**key, **headers})

    customer = post("/customers", [("email", "mia@customer.example"), ("name", "Mia Keller"),
                    ("address[line1]", "Marktgasse 12"), ("address[city]", "Bern"), ("address[country]", "CH"),
                    ("preferred_locales", "de-CH"), ("preferred_locales", "fr")])["id"]  # fmt: skip
    post("/customers", [("name", "Mia")])
    call("POST", f"/customers/{customer}/payment_methods", {"type": "card", "card": {"number": "4242424242424242",
         "cvc": "123", "exp_month": 8, "exp_year": 2029}}, **key)  # fmt: skip
    pair = [("amount", "1099"), ("currency", "chf"), ("customer", customer), ("metadata[order]", "1001")]
    charge = post("/charges", pair, Idempotency_Key="order-1001-charge")["id"]
    post("/charges", [*pair, ("expand", "customer"), ("expand", "payment_method")])
    post("/charges", [("currency", "chf")])
    post("/charges", [("amount", "1"), ("currency", "eur")], Idempotency_Key="order-1001-charge")
    held = post("/charges", [*pair, ("capture", "false")])["id"]
    post(f"/charges/{held}/capture", [("amount", "500")])
    post(f"/charges/{held}/capture", [])
    post(f"/charges/{charge}/refunds", [("amount", "99"), ("reason", "duplicate")])
    post(f"/charges/{charge}/refunds", [("amount", "99999")])
    call("GET", f"/charges/{charge}?expand=customer", **key)
    call("GET", f"/charges/{charge}")
    call("GET", f"/charges/{charge}", Authorization=f"Basic {base64.b64encode(f'{SECRET}:'.encode()).decode()}")
    call("GET", "/charges/ch_none", **key)
    call("GET", "/charges?limit=1&status=succeeded,failed&created%5Bgte%5D=1", **key)
    call("GET", f"/charges?limit=1&starting_after={held}", **key)
    call("GET", "/charges?limit=1000", **key)
    wanted = urlencode({"filter": json.dumps({"currency": "chf", "amount": {"gte": 1000}}), "limit": "1"})
    call("GET", f"/charges/search?{wanted}", **key)
    call("GET", "/customers?email=mia%40customer.example", **key)
    call("GET", f"/customers/{customer}?expand=default_payment_method", **key)
    post(f"/customers/{customer}", [("name", "Mia Meier")])
    call("POST", f"/customers/{customer}/payment_methods", {"type": "card", "card": {"number": "4000000000000002",
         "cvc": "123", "exp_month": 8, "exp_year": 2029}}, **key)  # fmt: skip
    post("/charges", pair)
    call("GET", "/balance", **key)
    call("GET", "/payouts/export?from=2026-10-01&to=2026-10-31&columns=id%7Camount", Accept="text/csv", **key)
    call("GET", "/payouts/export?from=2026-10-01", Accept="application/json", **key)
    call("DELETE", f"/customers/{customer}", **key)
    call("GET", f"/customers/{customer}", **key)
    yield from call.exchanges


FLOWS = {"shipping": shipping, "payments": payments}
