"""What cannot be guessed about the two clients: which operations a method calls, and what its words mean.

Nothing here tells what a method returns: the oracles work with bindings alone.
"""

from __future__ import annotations

import types
from typing import Any

from mockserver import ClientSuite


def shipping(module: types.ModuleType) -> ClientSuite:
    """Return the suite of the shipping client."""
    suite = ClientSuite("shipping", module.ShippingClient, raises=module.ShippingError)

    @suite.calls("createShipment")
    def create(client: Any, to: Any, parcels: Any, from_: Any = None, **more: Any) -> Any:
        return client.create_shipment(to, parcels, sender=from_, **more)

    suite.calls("getShipment")(lambda client, id: client.shipment(id))  # noqa: A006 - the contract's word
    suite.calls("listShipments")(lambda client, state=(), **more: client.list_shipments(states=state, **more))
    suite.calls("listShipments", pages=True)(lambda client, limit=None: list(client.all_shipments(limit=limit)))
    suite.calls("updateShipment")(lambda client, id, body: client.change_shipment(id, body))  # noqa: A006
    suite.calls("cancelShipment")(lambda client, id: client.cancel_shipment(id))  # noqa: A006
    suite.calls("listEvents")(lambda client, id, since=None: client.events(id, since))  # noqa: A006
    suite.calls("getLabel")(lambda client, id: client.label(id))  # noqa: A006

    @suite.calls("uploadLabel")
    def upload(client: Any, id: Any, file: Any, metadata: Any) -> Any:  # noqa: A002
        return client.upload_label(id, file, metadata["carrier"], metadata["trackingNumber"], metadata.get("pages"))

    suite.calls("getTracking")(lambda client, tracking_number: client.track(tracking_number))

    @suite.calls("getRates")
    def rates(client: Any, to: Any, parcel: Any, insured: Any = None) -> Any:
        return client.rates(to["country"], parcel, postal_code=to.get("postalCode"), insured=insured)

    return suite


def payments(module: types.ModuleType) -> ClientSuite:
    """Return the suite of the payments client."""
    suite = ClientSuite("payments", module.Payments, raises=module.PaymentError)
    suite.calls("getCharge")(lambda client, id, expand=None: client.charge(id, expand))  # noqa: A006

    @suite.calls("listCharges", pages=True)
    async def every(client: Any, limit: Any = None) -> Any:
        return [charge async for charge in client.all_charges(limit)]

    @suite.calls("searchCharges")
    def search(client: Any, filter: Any, **more: Any) -> Any:  # noqa: A002
        return client.search_charges(
            currency=filter.get("currency"),
            status=filter.get("status"),
            created=filter.get("created"),
            metadata=filter.get("metadata"),
            **more,
        )

    @suite.calls("getCustomer")
    def customer(client: Any, id: Any, expand: Any = None) -> Any:  # noqa: A002
        return client.customer(id, expand=bool(expand))

    @suite.calls("attachPaymentMethod")
    def attach(client: Any, id: Any, wallet: Any) -> Any:  # noqa: A002
        return client.attach_wallet(id, wallet["provider"], wallet.get("token"))

    suite.calls("exportPayouts")(lambda client, from_, to=None, columns=None: client.export_payouts(from_, to, columns))
    suite.calls("listCustomers")(lambda client: client.latest())
    return suite


SUITES = {"shipping": shipping, "payments": payments}
