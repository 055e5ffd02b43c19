"""A correct client of contracts/shipping.yaml, written as a shop would: requests, dataclasses, one tree of errors.

The mutants in `shipping.toml` are this file with one piece of text exchanged.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any, TypedDict
from urllib.parse import quote

import requests


class ShippingError(Exception):
    """The API said no, or cannot be reached."""

    def __init__(self, message: str, *, status: int = 0, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class NotFoundError(ShippingError):
    """There is nothing of that name."""


class RateLimitedError(ShippingError):
    """Too many requests, or the API is not there now."""


class State(Enum):
    """How far a shipment has come."""

    CREATED = "created"
    LABEL_READY = "label_ready"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNED = "returned"
    LOST = "lost"


class Speed(Enum):
    """How quick a shipment is."""

    STANDARD = "standard"
    EXPRESS = "express"


@dataclass(frozen=True)
class Address:
    """A place with a letter box."""

    city: str
    name: str | None = None
    street: str | None = None
    postal_code: str | None = None
    country: str | None = None
    email: str | None = None

    def as_json(self) -> dict[str, Any]:
        fields = {
            "name": self.name,
            "street": self.street,
            "postalCode": self.postal_code,
            "city": self.city,
            "country": self.country,
            "email": self.email,
        }
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True)
class Parcel:
    """One box, in centimetres and grams."""

    length: int
    width: int
    height: int
    weight: int

    def as_json(self) -> dict[str, Any]:
        return {"length": self.length, "width": self.width, "height": self.height, "weight": self.weight}


@dataclass(frozen=True)
class Money:
    """An amount in the minor unit."""

    amount: int
    currency: str


@dataclass(frozen=True)
class Owner:
    """Who pays."""

    name: str
    email: str | None = None

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"name": self.name}
        if self.email is not None:
            body["email"] = self.email
        return body


@dataclass(frozen=True)
class Customs:
    """What the customs office wants to know."""

    contents: str
    value: Money
    hs_code: str | None = None

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "contents": self.contents,
            "value": {"amount": self.value.amount, "currency": self.value.currency},
        }
        if self.hs_code is not None:
            body["hsCode"] = self.hs_code
        return body


class Changes(TypedDict, total=False):
    """What changes; None takes away."""

    reference: str | None
    owner: dict[str, Any] | None
    to: dict[str, Any]
    metadata: dict[str, str | None]


@dataclass(frozen=True)
class Shipment:
    """What the API tells of a shipment."""

    id: str
    state: State
    tracking_number: str | None
    payer: str | None
    price: Money | None
    created_at: datetime | None
    deliver_by: date | None
    label_url: str | None
    parcels: tuple[Parcel, ...]
    metadata: dict[str, str]

    @property
    def is_over(self) -> bool:
        return self.state in {State.DELIVERED, State.RETURNED, State.LOST}

    @classmethod
    def read(cls, body: dict[str, Any]) -> Shipment:
        owner = body.get("owner")
        price = body.get("price")
        created = body.get("createdAt")
        deliver = body.get("deliverBy")
        return cls(
            id=body["id"],
            state=State(body["state"]),
            tracking_number=body.get("trackingNumber"),
            payer=owner["name"] if owner is not None else None,
            price=Money(price["amount"], price["currency"]) if price is not None else None,
            created_at=datetime.fromisoformat(created) if created is not None else None,
            deliver_by=date.fromisoformat(deliver) if deliver is not None else None,
            label_url=body.get("labelUrl"),
            parcels=tuple(
                Parcel(item["length"], item["width"], item["height"], item["weight"])
                for item in body.get("parcels", ())
            ),
            metadata=dict(body.get("metadata", {})),
        )


@dataclass(frozen=True)
class Page:
    """Some shipments, and where the next ones start."""

    items: tuple[Shipment, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class Event:
    """One thing that happened to a parcel."""

    kind: str
    at: datetime
    city: str
    detail: str | None = None
    coordinates: tuple[float, float] | None = None

    @classmethod
    def read(cls, body: dict[str, Any]) -> Event:
        place = body["place"]
        point = place.get("coordinates")
        match body["kind"]:
            case "scanned":
                detail = body.get("facility")
            case "delivered":
                detail = body.get("signedBy")
            case "exception":
                detail = body["reason"]
            case other:
                raise ShippingError(f"unknown event {other}")
        return cls(
            kind=body["kind"],
            at=datetime.fromisoformat(body["at"]),
            city=place["city"],
            detail=detail,
            coordinates=(point[0], point[1]) if point is not None else None,
        )


@dataclass(frozen=True)
class Tracking:
    """Where a parcel is and was."""

    number: str
    state: State
    expected: date | None
    events: tuple[Event, ...] = ()

    @property
    def last_place(self) -> str | None:
        return self.events[-1].city if self.events else None


@dataclass(frozen=True)
class Rate:
    """What a shipment would cost."""

    speed: Speed
    price: Money
    days: int


@dataclass(frozen=True)
class Webhook:
    """A subscription."""

    id: str
    secret: str
    events: list[str] = field(default_factory=list)


class ShippingClient:
    """Talks to the shipping API."""

    def __init__(
        self,
        base_url: str = "https://api.shipping.example/v2",
        api_key: str = "",
        token: str | None = None,
        timeout: float = 10.0,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._timeout = timeout
        self._session = requests.Session()
        self._session.headers["X-Api-Key"] = api_key
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def create_shipment(
        self,
        to: Address,
        parcels: list[Parcel],
        *,
        reference: str | None = None,
        owner: Owner | None = None,
        sender: Address | None = None,
        service: Speed | None = None,
        collect_on: date | None = None,
        customs: Customs | None = None,
        metadata: dict[str, str] | None = None,
        idempotency_key: uuid.UUID | None = None,
    ) -> Shipment:
        """Send something."""
        body: dict[str, Any] = {"to": to.as_json(), "parcels": [parcel.as_json() for parcel in parcels]}
        if reference is not None:
            body["reference"] = reference
        if owner is not None:
            body["owner"] = owner.as_json()
        if sender is not None:
            body["from"] = sender.as_json()
        if service is not None:
            body["service"] = service.value
        if collect_on is not None:
            body["collectOn"] = collect_on.isoformat()
        if customs is not None:
            body["customs"] = customs.as_json()
        if metadata is not None:
            body["metadata"] = metadata
        headers = {"Idempotency-Key": str(idempotency_key or uuid.uuid4())}
        answer = self._send("POST", "/shipments", json=body, headers=headers)
        return Shipment.read(answer.json())

    def shipment(self, shipment_id: str) -> Shipment:
        """Read a shipment."""
        return Shipment.read(self._send("GET", f"/shipments/{quote(shipment_id, safe='')}").json())

    def list_shipments(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        states: Sequence[State] = (),
        created_after: datetime | None = None,
    ) -> Page:
        """Read a page of shipments."""
        params: list[tuple[str, str]] = []
        if cursor is not None:
            params.append(("cursor", cursor))
        if limit is not None:
            params.append(("limit", str(limit)))
        params.extend(("state", state.value) for state in states)
        if created_after is not None:
            params.append(("createdAfter", created_after.isoformat()))
        body = self._send("GET", "/shipments", params=params).json()
        return Page(tuple(Shipment.read(item) for item in body["items"]), body["nextCursor"])

    def all_shipments(self, *, limit: int | None = None) -> Iterator[Shipment]:
        """Read all shipments, page by page."""
        cursor: str | None = None
        while True:
            page = self.list_shipments(cursor=cursor, limit=limit)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def change_shipment(self, shipment_id: str, changes: Changes) -> Shipment:
        """Change a shipment that was not collected yet."""
        answer = self._send(
            "PATCH",
            f"/shipments/{quote(shipment_id, safe='')}",
            data=json.dumps(changes),
            headers={"Content-Type": "application/merge-patch+json"},
        )
        return Shipment.read(answer.json())

    def cancel_shipment(self, shipment_id: str) -> None:
        """Take a shipment back."""
        self._send("DELETE", f"/shipments/{quote(shipment_id, safe='')}")

    def events(self, shipment_id: str, since: datetime | None = None) -> tuple[Event, ...]:
        """Read what happened to a shipment."""
        params = {"since": since.isoformat()} if since is not None else {}
        body = self._send("GET", f"/shipments/{quote(shipment_id, safe='')}/events", params=params).json()
        return tuple(Event.read(item) for item in body["items"])

    def label(self, shipment_id: str) -> bytes:
        """Download the label as PDF."""
        answer = self._send(
            "GET", f"/shipments/{quote(shipment_id, safe='')}/label", headers={"Accept": "application/pdf"}
        )
        return answer.content

    def upload_label(
        self, shipment_id: str, file: bytes, carrier: str, tracking_number: str, pages: int | None = None
    ) -> str:
        """Bring a label of another carrier; return what became of it."""
        told: dict[str, Any] = {"carrier": carrier, "trackingNumber": tracking_number}
        if pages is not None:
            told["pages"] = pages
        answer = self._send(
            "POST",
            f"/shipments/{quote(shipment_id, safe='')}/label",
            files={
                "file": ("label.png", file, "image/png"),
                "metadata": (None, json.dumps(told), "application/json"),
            },
        )
        receipt: str = answer.json()["status"]
        return receipt

    def track(self, tracking_number: str) -> Tracking:
        """Tell where a parcel is."""
        body = self._send("GET", f"/tracking/{tracking_number}").json()
        expected = body["estimatedDelivery"]
        return Tracking(
            number=body["trackingNumber"],
            state=State(body["state"]),
            expected=date.fromisoformat(expected) if expected is not None else None,
            events=tuple(Event.read(item) for item in body["events"]),
        )

    def rates(
        self, country: str, parcel: Parcel, *, postal_code: str | None = None, insured: bool | None = None
    ) -> list[Rate]:
        """Ask what a parcel would cost."""
        params = {"to[country]": country}
        if postal_code is not None:
            params["to[postalCode]"] = postal_code
        params.update({f"parcel[{name}]": str(value) for name, value in parcel.as_json().items()})
        if insured is not None:
            params["insured"] = "true" if insured else "false"
        body = self._send("GET", "/rates", params=params).json()
        return [
            Rate(Speed(item["service"]), Money(item["price"]["amount"], item["price"]["currency"]), item["transitDays"])
            for item in body["items"]
        ]

    def create_webhook(self, url: str, events: list[str]) -> Webhook:
        """Subscribe."""
        body = self._send("POST", "/webhooks", json={"url": url, "events": events}).json()
        return Webhook(body["id"], body["secret"], body["events"])

    def delete_webhook(self, webhook_id: uuid.UUID) -> None:
        """Unsubscribe."""
        self._send("DELETE", f"/webhooks/{webhook_id}")

    def rotate_key(self, grace_period: int | None = None) -> tuple[str, datetime]:
        """Exchange the key; return the new one and until when the old one lives."""
        if grace_period is None:
            answer = self._send("POST", "/keys/rotate")
        else:
            answer = self._send("POST", "/keys/rotate", json={"gracePeriod": grace_period})
        body = answer.json()
        return body["key"], datetime.fromisoformat(body["oldKeyExpiresAt"])

    def _send(self, method: str, path: str, **more: Any) -> requests.Response:
        try:
            answer = self._session.request(method, self._base + path, timeout=self._timeout, **more)
        except requests.RequestException as broken:
            raise ShippingError(f"{method} {path}: {broken}") from broken
        if answer.status_code < 400:
            return answer
        raise self._error(answer)

    def _error(self, answer: requests.Response) -> ShippingError:
        try:
            problem = answer.json()
            message = str(problem.get("detail") or problem["title"])
        except ValueError:
            message = answer.reason
        if answer.status_code == 404:
            return NotFoundError(message, status=404)
        if answer.status_code in {429, 503}:
            after = answer.headers.get("Retry-After")
            return RateLimitedError(
                message, status=answer.status_code, retry_after=int(after) if after is not None else None
            )
        return ShippingError(message, status=answer.status_code)
