"""A reference implementation in which somebody lives: things made through its own API, drawn by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from flask import Flask, request
from live_api import KEY
from payments_live import SECRET
from running import running

CITIES = ("Bern", "Genève", "Zürich", "Chur", "Lugano")
NAMES = ("Mia Keller", "Noé Favre", "Lea Meier", "Ugo Bianchi")
CREDENTIALS = {"shipping": ("X-Api-Key", KEY), "payments": ("Authorization", f"Bearer {SECRET}")}
TIMEOUT_S = 5


@contextmanager
def inhabited(service: str, seed: int) -> Iterator[tuple[str, Flask, list[tuple[str, str]]]]:
    """Run the live API of a service; yield its address, its application, and what it is asked from now on."""
    with running(service) as (url, app):
        dice = random.Random(seed)
        with requests.Session() as session:
            name, value = CREDENTIALS[service]
            session.headers[name] = value
            (_ship if service == "shipping" else _sell)(session, url, app, dice)
        asked: list[tuple[str, str]] = []
        app.before_request_funcs.setdefault(None, []).insert(
            0, lambda: asked.append((request.method, request.full_path.rstrip("?")))
        )
        yield url, app, asked


def _ship(session: requests.Session, url: str, app: Flask, dice: random.Random) -> None:
    for number in range(dice.randint(3, 7)):
        address = {"name": dice.choice(NAMES), "street": f"Gasse {number}", "postalCode": "3011"}
        parcel = {key: dice.randint(1, 60) for key in ("length", "width", "height")} | {
            "weight": dice.randint(50, 9000)
        }
        wanted = {
            "to": {**address, "city": dice.choice(CITIES)},
            "parcels": [parcel] * dice.randint(1, 3),
            "metadata": {f"key{dice.randint(0, 99)}": "value"},
            "service": dice.choice(("standard", "express")),
        }
        if dice.random() < 0.5:
            wanted["reference"] = f"order-{dice.randint(1000, 9999)}"
        key = {"Idempotency-Key": f"3f1f8a52-6c0b-4f0e-9a39-{dice.getrandbits(48):012x}"}
        made = session.post(f"{url}/shipments", json=wanted, headers=key, timeout=TIMEOUT_S)
        assert made.status_code == 201, made.text
        if dice.random() < 0.4:
            app.view_functions["getShipment"].__self__.advance(
                made.json()["id"], dice.choice(("in_transit", "delivered"))
            )


def _sell(session: requests.Session, url: str, app: Flask, dice: random.Random) -> None:
    del app
    for number in range(dice.randint(3, 6)):
        person = {"email": f"p{number}@customer.example", "name": dice.choice(NAMES)}
        customer = session.post(f"{url}/customers", data=person, timeout=TIMEOUT_S).json()["id"]
        card = {"number": "4242424242424242", "cvc": "123", "exp_month": dice.randint(1, 12), "exp_year": 2029}
        method = {"type": "card", "card": card}
        session.post(f"{url}/customers/{customer}/payment_methods", json=method, timeout=TIMEOUT_S)
        for _ in range(dice.randint(1, 3)):
            wanted = {
                "amount": str(dice.randint(50, 99999)),
                "currency": dice.choice(("chf", "eur", "usd")),
                "customer": customer,
                "metadata[order]": str(dice.randint(1, 999)),
                "capture": dice.choice(("true", "false")),
            }
            made = session.post(f"{url}/charges", data=wanted, timeout=TIMEOUT_S)
            assert made.status_code == 201, made.text
