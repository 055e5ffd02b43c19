"""What clients do on our own cassettes: each flow takes the address of its API and returns what it has learnt.

`python tests/reference/record_cassettes.py` records them against the reference implementations; in CI they are played.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx2
import requests

ADDRESS = {"name": "Mia Keller", "street": "Marktgasse 12", "postalCode": "3011", "city": "Bern"}
PARCEL = {"length": 10, "width": 10, "height": 4, "weight": 250}
TIMEOUT_S = 5


def shipping_create(url: str, key: str) -> Any:
    with requests.Session() as session:
        session.headers["X-Api-Key"] = key
        once = {"Idempotency-Key": "3f1f8a52-6c0b-4f0e-9a39-2f7f4f1f6c11"}
        wanted = {"to": ADDRESS, "parcels": [PARCEL], "reference": "order-1001", "metadata": {"channel": "web"}}
        made = session.post(f"{url}/shipments", json=wanted, headers=once, timeout=TIMEOUT_S)
        again = session.post(f"{url}/shipments", json=wanted, headers=once, timeout=TIMEOUT_S)
        number = made.json()["id"]
        read = session.get(f"{url}/shipments/{number}", timeout=TIMEOUT_S)
        events = session.get(f"{url}/shipments/{number}/events", timeout=TIMEOUT_S)
        tracked = requests.get(f"{url}/tracking/{made.json()['trackingNumber']}", timeout=TIMEOUT_S)
        return (
            [answer.status_code for answer in (made, again, read, events, tracked)],
            read.json()["to"]["city"],
            again.json() == made.json(),
            [event["kind"] for event in events.json()["items"]],
            tracked.json()["state"],
        )


def shipping_labels(url: str, key: str) -> Any:
    with requests.Session() as session:
        session.headers["X-Api-Key"] = key
        once = {"Idempotency-Key": "3f1f8a52-6c0b-4f0e-9a39-2f7f4f1f6c12"}
        made = session.post(
            f"{url}/shipments", json={"to": ADDRESS, "parcels": [PARCEL]}, headers=once, timeout=TIMEOUT_S
        ).json()
        label = session.get(f"{url}/shipments/{made['id']}/label", headers={"Accept": "image/png"}, timeout=TIMEOUT_S)
        told = {"carrier": "Post", "trackingNumber": made["trackingNumber"]}
        files = {
            "file": ("label.png", label.content, "image/png"),
            "metadata": ("metadata.json", json.dumps(told), "application/json"),
        }
        taken = session.post(f"{url}/shipments/{made['id']}/label", files=files, timeout=TIMEOUT_S)
        gone = session.delete(f"{url}/shipments/{made['id']}", timeout=TIMEOUT_S)
        return label.content[:4], label.headers["Content-Disposition"][:10], taken.json()["status"], gone.status_code


def shipping_refused(url: str, key: str) -> Any:
    with requests.Session() as session:
        stranger = session.get(f"{url}/shipments/42", timeout=TIMEOUT_S)
        session.headers["X-Api-Key"] = key
        answers = [
            stranger,
            session.get(f"{url}/shipments/none", timeout=TIMEOUT_S),
            session.get(f"{url}/shipments", params={"limit": 0}, timeout=TIMEOUT_S),
            session.get(f"{url}/rates", timeout=TIMEOUT_S),
        ]
        return [(answer.status_code, answer.json()["title"]) for answer in answers]


def shipping_webhooks(url: str, key: str) -> Any:
    """Ask for a token, use it, give it back changed: secrets that flow from answer to request."""
    with requests.Session() as session:
        root = url.removesuffix("/v2") if "127.0.0.1" in url else "https://auth.shipping.example"
        token = session.post(
            f"{root}/oauth2/token", data={"grant_type": "client_credentials"}, auth=("shop", "s3cret-of-the-shop"),
            timeout=TIMEOUT_S,
        ).json()["access_token"]  # fmt: skip
        session.headers["Authorization"] = f"Bearer {token}"
        wanted = {"url": "https://shop.example/hooks/shipping", "events": ["shipment.state_changed"]}
        made = session.post(f"{url}/webhooks", json=wanted, timeout=TIMEOUT_S)
        gone = session.delete(f"{url}/webhooks/{made.json()['id']}", timeout=TIMEOUT_S)
        turned = session.post(
            f"{url}/keys/rotate", json={"gracePeriod": 60}, headers={"X-Api-Key": key}, timeout=TIMEOUT_S
        )
        return [made.status_code, gone.status_code, turned.status_code, made.json()["secret"][:6]]


def payments_charge(url: str, key: str) -> Any:
    with httpx2.Client(headers={"Authorization": f"Bearer {key}"}, timeout=TIMEOUT_S) as client:
        customer = client.post(f"{url}/customers", data={"email": "mia@customer.example", "name": "Mia Keller"}).json()
        card = {"number": "4242424242424242", "cvc": "123", "exp_month": 8, "exp_year": 2029}
        client.post(f"{url}/customers/{customer['id']}/payment_methods", json={"type": "card", "card": card})
        wanted = {"amount": "1099", "currency": "chf", "customer": customer["id"], "metadata[order]": "1001"}
        charge = client.post(f"{url}/charges", data=wanted, headers={"Idempotency-Key": "order-1001-charge"}).json()
        refund = client.post(f"{url}/charges/{charge['id']}/refunds", data={"amount": "99", "reason": "duplicate"})
        read = client.get(f"{url}/charges/{charge['id']}", params={"expand": "customer"}).json()
        return charge["status"], refund.status_code, read["amount_refunded"], read["customer"]["email"]


def payments_lists(url: str, key: str) -> Any:
    with httpx2.Client(auth=(key, ""), timeout=TIMEOUT_S) as client:
        answers = [
            client.get(f"{url}/charges", params={"limit": 2, "status": "succeeded,failed", "created[gte]": 1}),
            client.get(f"{url}/customers", params={"email": "nobody@customer.example"}),
            client.get(f"{url}/balance"),
            client.get(f"{url}/payouts/export", params={"from": "2026-10-01", "to": "2026-10-31"}),
        ]
        return [answer.status_code for answer in answers], answers[3].text.splitlines()[0], answers[0].json()["data"]


def payments_refused(url: str, key: str) -> Any:
    with httpx2.Client(timeout=TIMEOUT_S) as client:
        stranger = client.get(f"{url}/balance")
        client.headers["Authorization"] = f"Bearer {key}"
        missing = client.post(f"{url}/charges", data={"currency": "chf"})
        unknown = client.get(f"{url}/charges/ch_none")
        return [(one.status_code, one.json()["error"]["type"]) for one in (stranger, missing, unknown)]


FLOWS: Mapping[str, Callable[[str, str], Any]] = {
    "shipping/create": shipping_create,
    "shipping/labels": shipping_labels,
    "shipping/refused": shipping_refused,
    "shipping/webhooks": shipping_webhooks,
    "payments/charge": payments_charge,
    "payments/lists": payments_lists,
    "payments/refused": payments_refused,
}

LEARNT: Mapping[str, Any] = {
    "shipping/create": ([201, 201, 200, 200, 200], "Bern", True, ["scanned"], "created"),
    "shipping/labels": (b"\x89PNG", "attachment", "pending", 204),
    "shipping/refused": [
        (401, "The credential is missing or not valid"), (404, "There is nothing of that name"),
        (400, "The request cannot be understood"), (400, "The request cannot be understood"),
    ],
    "shipping/webhooks": [201, 204, 200, "whsec_"],
    "payments/charge": ("succeeded", 201, 99, "mia@customer.example"),
    "payments/lists": ([200, 200, 200, 200], "id,arrival_date,amount,currency,status", []),
    "payments/refused": [
        (401, "authentication_error"), (400, "invalid_request_error"), (404, "invalid_request_error"),
    ],
}  # fmt: skip
