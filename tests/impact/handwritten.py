"""Hand-written tests of the two clients, as a shop has them: each asserts what the shop relies on.

They are the ground truth for "does it break us": run against a live API that has changed, they pass or fail.
"""

from __future__ import annotations

import asyncio
import types
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Shop:
    """A client, its module, and things that exist."""

    client: Any
    module: types.ModuleType
    number: str
    other: str = ""
    tracking: str = ""


def creates(shop: Shop) -> None:
    module = shop.module
    made = shop.client.create_shipment(module.Address("Bern"), [module.Parcel(10, 10, 4, 250)])
    assert made.id
    assert made.state is module.State.CREATED


def creates_with_everything(shop: Shop) -> None:
    module = shop.module
    made = shop.client.create_shipment(
        module.Address("Bern", "Mia Keller", "Marktgasse 12", "3011", "CH", "mia@customer.example"),
        [module.Parcel(10, 10, 4, 20000), module.Parcel(20, 20, 20, 900)],
        reference="order-1001-of-mia-keller-in-bern",
        owner=module.Owner("Keller Books"),
        sender=module.Address("Chur"),
        service=module.Speed.EXPRESS,
        collect_on=date(2027, 1, 4),
        customs=module.Customs("gift", module.Money(1200, "CHF")),
        metadata={"channel": "web"},
    )
    assert made.payer == "Keller Books"
    assert len(made.parcels) == 2


def reads(shop: Shop) -> None:
    found = shop.client.shipment(shop.number)
    assert found.id == shop.number
    assert found.state in shop.module.State
    assert found.tracking_number.startswith("RR")
    assert found.payer == "Keller Books"
    assert found.price.amount > 0
    assert len(found.price.currency) == 3
    assert found.created_at.year >= 2026
    assert found.deliver_by > date(2026, 1, 1)
    assert found.label_url.startswith("https://")
    assert found.parcels[0].weight == 250
    assert found.metadata == {"channel": "web"}


def lists(shop: Shop) -> None:
    page = shop.client.list_shipments()
    assert shop.number in [one.id for one in page.items]
    assert page.next_cursor is None


def lists_a_hundred(shop: Shop) -> None:
    assert shop.client.list_shipments(limit=100).items


def lists_what_is_new(shop: Shop) -> None:
    assert shop.client.list_shipments(created_after=datetime(2037, 1, 1, tzinfo=UTC)).items == ()


def reads_all(shop: Shop) -> None:
    assert {shop.number, shop.other} <= {one.id for one in shop.client.all_shipments(limit=1)}


def changes(shop: Shop) -> None:
    assert shop.client.change_shipment(shop.number, {"reference": "order-2"}).id == shop.number


def cancels(shop: Shop) -> None:
    module = shop.module
    made = shop.client.create_shipment(module.Address("Bern"), [module.Parcel(10, 10, 4, 250)])
    shop.client.cancel_shipment(made.id)


def reads_events(shop: Shop) -> None:
    found = shop.client.events(shop.other)
    assert [one.kind for one in found] == ["scanned", "exception"]
    assert found[0].city == "Härkingen"
    assert found[0].coordinates[0] < 8
    assert isinstance(found[1].detail, str)
    assert found[0].at.year >= 2026


def tracks(shop: Shop) -> None:
    found = shop.client.track(shop.tracking)
    assert found.number == shop.tracking
    assert found.last_place == "Härkingen"
    assert found.expected is not None


def asks_for_rates(shop: Shop) -> None:
    rates = shop.client.rates("CH", shop.module.Parcel(10, 10, 4, 250))
    assert [rate.days for rate in rates] == [3, 1]
    assert all(rate.price.amount > 0 and len(rate.price.currency) == 3 for rate in rates)


def asks_for_rates_with_everything(shop: Shop) -> None:
    assert shop.client.rates("CH", shop.module.Parcel(10, 10, 4, 250), postal_code="3011", insured=True)


def downloads_a_label(shop: Shop) -> None:
    assert shop.client.label(shop.number).startswith(b"%PDF")


def uploads_a_label(shop: Shop) -> None:
    assert shop.client.upload_label(shop.number, PNG, "Post", "RR123456785CH")


def subscribes(shop: Shop) -> None:
    hook = shop.client.create_webhook(f"https://shop.example/{uuid.uuid4()}", ["shipment.state_changed"])
    assert hook.secret
    shop.client.delete_webhook(uuid.UUID(hook.id))


def rotates(shop: Shop) -> None:
    key, until = shop.client.rotate_key(60)
    assert key
    assert until.year >= 2026


def misses(shop: Shop) -> None:
    with pytest.raises(shop.module.NotFoundError):
        shop.client.shipment("none")


def run(awaitable: Any) -> Any:
    return asyncio.run(awaitable)


def charges(shop: Shop) -> None:
    made = run(shop.client.create_charge(1099, "chf", customer=shop.other))
    assert made.amount == 1099
    assert made.status == "succeeded"


def charges_little(shop: Shop) -> None:
    assert run(shop.client.create_charge(50, "chf", customer=shop.other)).amount == 50


def charges_with_everything(shop: Shop) -> None:
    made = run(
        shop.client.create_charge(
            1099, "chf", customer=shop.other, description="Order", statement_descriptor="KELLER BOOKS BERN CH",
            receipt_email="mia@customer.example", metadata={"order": "1"}, idempotency_key=uuid.uuid4().hex,
        )
    )  # fmt: skip
    assert made.metadata == {"order": "1"}


def reads_a_charge(shop: Shop) -> None:
    charge = run(shop.client.charge(shop.number))
    assert charge.id == shop.number
    assert charge.amount == 1099
    assert charge.left == 1099
    assert charge.currency.lower() == "chf"
    assert charge.status in set(shop.module.Status)
    assert charge.customer == shop.other
    assert isinstance(charge.payment_method, str)
    assert charge.risk_score == 12
    assert charge.metadata == {"order": "1001"}


def reads_a_charge_with_its_customer(shop: Shop) -> None:
    assert run(shop.client.charge(shop.number, ["customer"])).customer.email == "mia@customer.example"


def lists_charges(shop: Shop) -> None:
    page = run(shop.client.list_charges())
    assert shop.number in [one.id for one in page.data]
    assert page.has_more is False


def lists_many_charges(shop: Shop) -> None:
    assert run(shop.client.list_charges(limit=50)).data


def searches(shop: Shop) -> None:
    found, _ = run(shop.client.search_charges(status=shop.module.Status.SUCCEEDED, limit=100))
    assert shop.number in [one.id for one in found]


def captures(shop: Shop) -> None:
    held = run(shop.client.create_charge(1099, "chf", customer=shop.other, capture=False))
    assert run(shop.client.capture_charge(held.id)).captured


def refunds(shop: Shop) -> None:
    made = run(shop.client.create_charge(1099, "chf", customer=shop.other))
    assert run(shop.client.refund_charge(made.id, amount=99, reason="duplicate"))


def makes_a_customer(shop: Shop) -> None:
    made = run(shop.client.create_customer("noe@customer.example"))
    assert made.email == "noe@customer.example"


def reads_a_customer(shop: Shop) -> None:
    customer = run(shop.client.customer(shop.other))
    assert customer.id == shop.other
    assert customer.email == "mia@customer.example"
    assert customer.balance == 0
    assert customer.created > 0


def reads_a_customer_with_the_card(shop: Shop) -> None:
    assert run(shop.client.customer(shop.other, expand=True)).default_payment_method.id.startswith("pm_")


def finds_a_customer(shop: Shop) -> None:
    run(shop.client.create_customer("ugo@customer.example"))
    found = run(shop.client.list_customers(email="mia@customer.example"))
    assert {one.email for one in found} == {"mia@customer.example"}


def renames_a_customer(shop: Shop) -> None:
    assert run(shop.client.update_customer(shop.other, name="Mia")).id == shop.other


def forgets_a_customer(shop: Shop) -> None:
    made = run(shop.client.create_customer("lea@customer.example"))
    assert run(shop.client.delete_customer(made.id)) is True


def attaches_a_wallet(shop: Shop) -> None:
    made = run(shop.client.create_customer("leo@customer.example"))
    assert run(shop.client.attach_wallet(made.id, "twint"))


def reads_the_balance(shop: Shop) -> None:
    assert run(shop.client.balance())["chf"] > 0


def exports(shop: Shop) -> None:
    rows = run(shop.client.export_payouts(date(2026, 10, 1)))
    assert rows[0]["id"] == "po_70efdf2ec9b0"


def exports_some_columns(shop: Shop) -> None:
    rows = run(shop.client.export_payouts(date(2026, 10, 1), columns=["id", "amount"]))
    assert set(rows[0]) == {"id", "amount"}


def misses_a_charge(shop: Shop) -> None:
    with pytest.raises(shop.module.PaymentError) as missing:
        run(shop.client.charge("ch_none"))
    assert missing.value.status == 404
