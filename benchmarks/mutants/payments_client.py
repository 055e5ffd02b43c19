"""A correct client of contracts/payments.yaml, written as a shop would: httpx, pydantic, one tree of errors.

The mutants in `payments.toml` are this file with one piece of text exchanged.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict


class PaymentError(Exception):
    """The API said no, or cannot be reached."""

    def __init__(self, message: str, *, status: int = 0, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class CardDeclinedError(PaymentError):
    """The bank said no."""


class Status(StrEnum):
    """What became of a charge."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Address(BaseModel):
    """Where somebody lives."""

    line1: str
    city: str
    country: str
    line2: str | None = None
    postal_code: str | None = None


class Shipping(BaseModel):
    """Where the goods go."""

    name: str
    address: Address


class Span(BaseModel):
    """Seconds since 1970, each bound optional."""

    gt: int | None = None
    gte: int | None = None
    lt: int | None = None
    lte: int | None = None


class PaymentMethod(BaseModel):
    """A way to pay."""

    model_config = ConfigDict(extra="ignore")
    id: str
    type: Literal["card", "bank_debit", "wallet"]
    customer: str | None = None
    card: dict[str, Any] | None = None
    bank_debit: dict[str, Any] | None = None
    wallet: dict[str, Any] | None = None

    @property
    def told(self) -> str:
        match self.type:
            case "card":
                card = self.card or {}
                return f"{card['brand']} {card['last4']}"
            case "bank_debit":
                return str((self.bank_debit or {})["last4"])
            case "wallet":
                return str((self.wallet or {})["provider"])


class Customer(BaseModel):
    """Who buys."""

    model_config = ConfigDict(extra="ignore")
    id: str
    email: str | None
    name: str | None
    balance: int
    created: int
    default_payment_method: str | PaymentMethod | None
    metadata: dict[str, str]
    address: Address | None = None
    preferred_locales: list[str] = []


class Charge(BaseModel):
    """What somebody paid."""

    model_config = ConfigDict(extra="ignore")
    id: str
    amount: int
    amount_refunded: int
    currency: str
    status: Status
    captured: bool
    customer: str | Customer | None
    payment_method: str | PaymentMethod
    failure_code: str | None
    exchange_rate: Decimal | None = None
    risk_score: int | None = None
    metadata: dict[str, str]

    @property
    def left(self) -> int:
        return self.amount - self.amount_refunded


class ChargePage(BaseModel):
    """Some charges, and whether there are more."""

    data: list[Charge]
    has_more: bool


class Payments:
    """Talks to the payments API."""

    def __init__(
        self, base_url: str = "https://api.payments.example/v1", token: str = "", http: httpx.AsyncClient | None = None
    ) -> None:
        self._http = http or httpx.AsyncClient(timeout=10.0)
        self._base = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}

    async def create_charge(
        self,
        amount: int,
        currency: str,
        *,
        customer: str | None = None,
        payment_method: str | None = None,
        capture: bool | None = None,
        description: str | None = None,
        statement_descriptor: str | None = None,
        receipt_email: str | None = None,
        shipping: Shipping | None = None,
        metadata: dict[str, str] | None = None,
        expand: list[str] | None = None,
        idempotency_key: str | None = None,
    ) -> Charge:
        """Take money."""
        form: list[tuple[str, str]] = [("amount", str(amount)), ("currency", currency)]
        if customer is not None:
            form.append(("customer", customer))
        if payment_method is not None:
            form.append(("payment_method", payment_method))
        if capture is not None:
            form.append(("capture", "true" if capture else "false"))
        if description is not None:
            form.append(("description", description))
        if statement_descriptor is not None:
            form.append(("statement_descriptor", statement_descriptor))
        if receipt_email is not None:
            form.append(("receipt_email", receipt_email))
        if shipping is not None:
            form.append(("shipping[name]", shipping.name))
            form.extend(
                (f"shipping[address][{name}]", value)
                for name, value in shipping.address.model_dump(exclude_none=True).items()
            )
        form.extend((f"metadata[{name}]", value) for name, value in (metadata or {}).items())
        form.extend(("expand", name) for name in expand or ())
        answer = await self._send("POST", "/charges", form=form, headers=_keyed(idempotency_key))
        return Charge.model_validate(answer.json())

    async def charge(self, charge_id: str, expand: list[str] | None = None) -> Charge:
        """Read a charge."""
        params = [("expand", name) for name in expand or ()]
        answer = await self._send("GET", f"/charges/{quote(charge_id, safe='')}", params=params)
        return Charge.model_validate(answer.json())

    async def list_charges(
        self,
        *,
        limit: int | None = None,
        starting_after: str | None = None,
        created: Span | None = None,
        status: list[Status] | None = None,
        customer: str | None = None,
    ) -> ChargePage:
        """Read a page of charges."""
        params: list[tuple[str, str]] = []
        if limit is not None:
            params.append(("limit", str(limit)))
        if starting_after is not None:
            params.append(("starting_after", starting_after))
        if created is not None:
            params.extend(_deep("created", created.model_dump(exclude_none=True)))
        if status:
            params.append(("status", ",".join(status)))
        if customer is not None:
            params.append(("customer", customer))
        answer = await self._send("GET", "/charges", params=params)
        return ChargePage.model_validate(answer.json())

    async def all_charges(self, limit: int | None = None) -> AsyncIterator[Charge]:
        """Read all charges, page by page."""
        after: str | None = None
        while True:
            page = await self.list_charges(limit=limit, starting_after=after)
            for charge in page.data:
                yield charge
            if not page.has_more or not page.data:
                return
            after = page.data[-1].id

    async def search_charges(
        self,
        *,
        currency: str | None = None,
        status: Status | None = None,
        created: Span | None = None,
        metadata: dict[str, str] | None = None,
        limit: int | None = None,
        page: str | None = None,
    ) -> tuple[list[Charge], str | None]:
        """Find charges; return them and the name of the next page."""
        wanted: dict[str, Any] = {}
        if currency is not None:
            wanted["currency"] = currency
        if status is not None:
            wanted["status"] = status.value
        if created is not None:
            wanted["created"] = created.model_dump(exclude_none=True)
        if metadata is not None:
            wanted["metadata"] = metadata
        params = [("filter", json.dumps(wanted))]
        if limit is not None:
            params.append(("limit", str(limit)))
        if page is not None:
            params.append(("page", page))
        body = (await self._send("GET", "/charges/search", params=params)).json()
        return [Charge.model_validate(item) for item in body["data"]], body["next_page"]

    async def capture_charge(
        self, charge_id: str, amount: int | None = None, idempotency_key: str | None = None
    ) -> Charge:
        """Take what was only reserved."""
        form = [("amount", str(amount))] if amount is not None else []
        answer = await self._send(
            "POST", f"/charges/{quote(charge_id, safe='')}/capture", form=form, headers=_keyed(idempotency_key)
        )
        return Charge.model_validate(answer.json())

    async def refund_charge(
        self,
        charge_id: str,
        *,
        amount: int | None = None,
        reason: Literal["duplicate", "fraudulent", "requested_by_customer"] | None = None,
        metadata: dict[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> str:
        """Give money back; return the id of the refund."""
        form: list[tuple[str, str]] = []
        if amount is not None:
            form.append(("amount", str(amount)))
        if reason is not None:
            form.append(("reason", reason))
        form.extend((f"metadata[{name}]", value) for name, value in (metadata or {}).items())
        answer = await self._send(
            "POST", f"/charges/{quote(charge_id, safe='')}/refunds", form=form, headers=_keyed(idempotency_key)
        )
        refund: str = answer.json()["id"]
        return refund

    async def create_customer(
        self,
        email: str,
        *,
        name: str | None = None,
        address: Address | None = None,
        preferred_locales: list[str] | None = None,
        metadata: dict[str, str] | None = None,
    ) -> Customer:
        """Make a customer known."""
        form = [("email", email), *_customer(name, address, preferred_locales, metadata)]
        return Customer.model_validate((await self._send("POST", "/customers", form=form)).json())

    async def customer(self, customer_id: str, *, expand: bool = False) -> Customer:
        """Read a customer."""
        params = [("expand", "default_payment_method")] if expand else []
        answer = await self._send("GET", f"/customers/{quote(customer_id, safe='')}", params=params)
        return Customer.model_validate(answer.json())

    async def list_customers(
        self, *, limit: int | None = None, starting_after: str | None = None, email: str | None = None
    ) -> list[Customer]:
        """Read a page of customers."""
        wanted = {"limit": limit, "starting_after": starting_after, "email": email}
        params = [(key, str(value)) for key, value in wanted.items() if value is not None]
        body = (await self._send("GET", "/customers", params=params)).json()
        return [Customer.model_validate(item) for item in body["data"]]

    async def update_customer(
        self,
        customer_id: str,
        *,
        email: str | None = None,
        name: str | None = None,
        address: Address | None = None,
        preferred_locales: list[str] | None = None,
        metadata: dict[str, str] | None = None,
    ) -> Customer:
        """Change a customer."""
        form = _customer(name, address, preferred_locales, metadata)
        if email is not None:
            form.append(("email", email))
        answer = await self._send("POST", f"/customers/{quote(customer_id, safe='')}", form=form)
        return Customer.model_validate(answer.json())

    async def delete_customer(self, customer_id: str) -> bool:
        """Forget a customer."""
        answer = await self._send("DELETE", f"/customers/{quote(customer_id, safe='')}")
        return bool(answer.json()["deleted"])

    async def attach_wallet(
        self, customer_id: str, provider: Literal["apple_pay", "google_pay", "twint"], token: str | None = None
    ) -> str:
        """Let a customer pay with a phone; return how the way to pay is called."""
        wallet = {"provider": provider}
        if token is not None:
            wallet["token"] = token
        answer = await self._send(
            "POST",
            f"/customers/{quote(customer_id, safe='')}/payment_methods",
            body={"type": "wallet", "wallet": wallet},
        )
        return PaymentMethod.model_validate(answer.json()).told

    async def balance(self) -> dict[str, int]:
        """Tell what can be paid out, by currency."""
        body = (await self._send("GET", "/balance")).json()
        total: dict[str, int] = {}
        for funds in body["available"]:
            total[funds["currency"]] = total.get(funds["currency"], 0) + funds["amount"]
        return total

    async def export_payouts(
        self, start: date, end: date | None = None, columns: list[str] | None = None
    ) -> list[dict[str, str]]:
        """Download payouts as rows."""
        params = [("from", start.isoformat())]
        if end is not None:
            params.append(("to", end.isoformat()))
        if columns:
            params.append(("columns", "|".join(columns)))
        answer = await self._send("GET", "/payouts/export", params=params, headers={"Accept": "text/csv"})
        return list(csv.DictReader(io.StringIO(answer.text)))

    async def latest(self) -> datetime | None:
        """Tell when the newest customer came."""
        customers = await self.list_customers(limit=1)
        return datetime.fromtimestamp(customers[0].created, UTC) if customers else None

    async def _send(
        self,
        method: str,
        path: str,
        *,
        params: list[tuple[str, str]] | None = None,
        form: list[tuple[str, str]] | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        more: dict[str, Any] = {}
        if form is not None:
            more["content"] = str(httpx.QueryParams(form)).encode()
            more["headers"] = {"Content-Type": "application/x-www-form-urlencoded"}
        if body is not None:
            more["json"] = body
        sent = {**self._headers, **(headers or {}), **more.pop("headers", {})}
        try:
            answer = await self._http.request(method, self._base + path, params=params or None, headers=sent, **more)
        except httpx.HTTPError as broken:
            raise PaymentError(f"{method} {path}: {broken}") from broken
        if answer.is_success:
            return answer
        raise self._error(answer)

    def _error(self, answer: httpx.Response) -> PaymentError:
        error = answer.json()["error"]
        code = error["code"]
        if answer.status_code == 402:
            return CardDeclinedError(error["message"], status=402, code=code)
        return PaymentError(error["message"], status=answer.status_code, code=code)


def _keyed(key: str | None) -> dict[str, str]:
    return {"Idempotency-Key": key} if key is not None else {}


def _deep(name: str, value: dict[str, Any]) -> list[tuple[str, str]]:
    return [(f"{name}[{key}]", str(item)) for key, item in value.items()]


def _customer(
    name: str | None, address: Address | None, locales: list[str] | None, metadata: dict[str, str] | None
) -> list[tuple[str, str]]:
    form: list[tuple[str, str]] = []
    if name is not None:
        form.append(("name", name))
    if address is not None:
        form.extend(_deep("address", address.model_dump(exclude_none=True)))
    form.extend(("preferred_locales", locale) for locale in locales or ())
    form.extend((f"metadata[{key}]", value) for key, value in (metadata or {}).items())
    return form
