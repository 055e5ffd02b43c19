"""The ground truth: the live API changed in one way, and a hand-written test of the client run against it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import handwritten as by_hand
import payments_client
import pytest
import requests
import shipping_client
from drifts import Drift
from flask import Flask, Response, request
from handwritten import Shop
from live_api import KEY, _drifted, answer
from payments_live import SECRET
from running import running
from single_changes import Single, ignoring

GRANT = {"grant_type": "client_credentials"}


class Changing:
    """A live API that can change in one way at a time."""

    def __init__(self, service: str, url: str, app: Flask) -> None:
        self.change: Single | None = None
        self._app = app
        app.before_request(self._before)
        app.after_request_funcs.setdefault(None, []).append(self._after)
        self.shop = _shipping(url, app) if service == "shipping" else _payments(url)

    def _mine(self) -> bool:
        live = self.change.live if self.change is not None else None
        return live is not None and request.endpoint in live.operations

    def _before(self) -> Response | None:
        live = self.change.live if self.change is not None and self._mine() else None
        if live is not None and live.refuses is not None and live.refuses(request):
            return answer(live.code, {"type": "about:blank", "title": "No", "status": live.code, "error": {
                "type": "invalid_request_error", "code": None, "message": "No", "param": None}})  # fmt: skip
        if live is not None and live.ignores:
            ignoring(request, live.ignores)
        return None

    def _after(self, response: Response) -> Response:
        live = self.change.live if self.change is not None and self._mine() else None
        if live is None or live.reply is None:
            return response
        return _drifted(Drift("", "", (), "", live.reply), response)

    def breaks(self, change: Single) -> bool:
        """Tell whether the hand-written test fails against the changed API; without the change it passes."""
        self.change = None
        change.test(self.shop)
        self.change = change
        try:
            change.test(self.shop)
        except (Exception, pytest.fail.Exception):  # noqa: BLE001 - however it fails, it fails
            return True
        finally:
            self.change = None
        return False


@contextmanager
def changing(service: str) -> Iterator[Changing]:
    """Run the live API of a service, with things in it."""
    with running(service) as (url, app):
        yield Changing(service, url, app)


def _shipping(url: str, app: Flask) -> Shop:
    root = url.removesuffix("/v2")
    token = requests.post(f"{root}/oauth2/token", data=GRANT, auth=("a", "b"), timeout=5).json()["access_token"]
    client = shipping_client.ShippingClient(url, KEY, token)
    ids = []
    for _ in range(2):
        made = client.create_shipment(
            shipping_client.Address("Bern"), [shipping_client.Parcel(10, 10, 4, 250)],
            owner=shipping_client.Owner("Keller Books"), metadata={"channel": "web"},
        )  # fmt: skip
        ids.append(made)
    app.view_functions["getShipment"].__self__.advance(ids[1].id, "exception")
    return Shop(client, shipping_client, ids[0].id, ids[1].id, str(ids[0].tracking_number))


class _Anew:
    """A client of httpx is bound to its event loop: each call gets a new one."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __getattr__(self, name: str) -> object:
        async def call(*args: object, **more: object) -> object:
            client = payments_client.Payments(self._url, SECRET)
            try:
                return await getattr(client, name)(*args, **more)
            finally:
                await client._http.aclose()  # noqa: SLF001 - the client has no way to close

        return call


def _payments(url: str) -> Shop:
    client = _Anew(url)
    key = {"Authorization": f"Bearer {SECRET}"}
    customer = by_hand.run(client.create_customer("mia@customer.example")).id  # type: ignore[operator]
    card = {"number": "4242424242424242", "cvc": "123", "exp_month": 8, "exp_year": 2029}
    where = f"{url}/customers/{customer}/payment_methods"
    requests.post(where, json={"type": "card", "card": card}, headers=key, timeout=5)
    charge = by_hand.run(client.create_charge(1099, "chf", customer=customer, metadata={"order": "1001"}))  # type: ignore[operator]
    return Shop(client, payments_client, charge.id, customer)
