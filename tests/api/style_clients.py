"""Clients in the styles that people write them in, each correct; the tests put one fault into each at a time."""

# A module of functions on urllib.
FUNCTIONS = r"""import json
import os
import uuid
import urllib.request
import urllib.error
from urllib.parse import quote, urlencode

BASE = "https://api.shipping.example/v2"
KEY = os.environ.get("SHIPPING_KEY", "test")


class ShippingError(RuntimeError):
    pass


def _request(method, path, query=(), payload=None, kind="application/json", headers=None):
    url = BASE + path + ("?" + urlencode(query) if query else "")
    data = json.dumps(payload).encode() if payload is not None else None
    req = urllib.request.Request(url, data=data, method=method, headers={"X-Api-Key": KEY, **(headers or {})})
    if data is not None:
        req.add_header("Content-Type", kind)
    try:
        with urllib.request.urlopen(req, timeout=10) as answer:
            text = answer.read()
            return json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        raise ShippingError(f"{error.code} {error.reason}") from error


def get_shipment(shipment_id: str) -> dict:
    return _request("GET", f"/shipments/{quote(shipment_id, safe='')}")


def create_shipment(
    to: dict, parcels: list, *, reference: str | None = None, service: str | None = None, **extra
) -> dict:
    body = {"to": to, "parcels": parcels, **extra}
    if reference is not None:
        body["reference"] = reference
    if service is not None:
        body["service"] = service
    return _request("POST", "/shipments", payload=body, headers={"Idempotency-Key": str(uuid.uuid4())})


def cancel_shipment(shipment_id: str) -> None:
    _request("DELETE", f"/shipments/{quote(shipment_id, safe='')}")


def iter_shipments(state: list[str] | None = None, limit: int | None = None):
    cursor = None
    while True:
        query = [("state", s) for s in state or ()]
        if limit is not None:
            query.append(("limit", limit))
        if cursor is not None:
            query.append(("cursor", cursor))
        page = _request("GET", "/shipments", query)
        yield from page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            return


def track(number: str) -> dict:
    return _request("GET", f"/tracking/{quote(number, safe='')}")
"""

# aiohttp and dataclasses, pages by an async generator.
AWAITED = r"""from __future__ import annotations
import aiohttp
import uuid
from dataclasses import dataclass, field, asdict
from datetime import datetime
from typing import Any, AsyncIterator
from urllib.parse import quote
from yarl import URL


class ShippingError(Exception):
    def __init__(self, status: int, title: str) -> None:
        super().__init__(f"{status} {title}")
        self.status = status


@dataclass
class Parcel:
    length: int
    width: int
    height: int
    weight: int


@dataclass
class Address:
    city: str
    name: str | None = None
    street: str | None = None
    country: str | None = None


@dataclass
class Shipment:
    id: str
    state: str
    owner_name: str | None = None
    parcels: list[Parcel] = field(default_factory=list)
    created_at: datetime | None = None


def _strip(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in values.items() if v is not None}


class Shipping:
    def __init__(self, base_url: str, token: str) -> None:
        self._base = base_url
        self._headers = {"X-Api-Key": token}

    async def _call(self, method: str, path: str, **more: Any) -> Any:
        async with aiohttp.ClientSession(headers=self._headers) as session:
            async with session.request(method, URL(self._base + path, encoded=True), **more) as answer:
                if answer.status >= 400:
                    body = await answer.json(content_type=None) if answer.content_length else {}
                    raise ShippingError(answer.status, (body or {}).get("title") or "")
                if answer.status == 204:
                    return None
                return await answer.json()

    @staticmethod
    def _read(body: dict[str, Any]) -> Shipment:
        owner = body.get("owner")
        created = body.get("createdAt")
        return Shipment(
            body["id"],
            body["state"],
            owner["name"] if owner else None,
            [Parcel(p["length"], p["width"], p["height"], p["weight"]) for p in body.get("parcels", [])],
            datetime.fromisoformat(created) if created else None,
        )

    async def get_shipment(self, shipment_id: str) -> Shipment:
        return self._read(await self._call("GET", f"/shipments/{quote(shipment_id, safe='')}"))

    async def create_shipment(self, to: Address, parcels: list[Parcel], reference: str | None = None) -> Shipment:
        body = {"to": _strip(asdict(to)), "parcels": [asdict(p) for p in parcels]}
        if reference is not None:
            body["reference"] = reference
        return self._read(
            await self._call("POST", "/shipments", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
        )

    async def cancel_shipment(self, shipment_id: str) -> None:
        await self._call("DELETE", f"/shipments/{quote(shipment_id, safe='')}")

    async def shipments(self, limit: int | None = None) -> AsyncIterator[Shipment]:
        cursor: str | None = None
        while True:
            params = _strip({"limit": str(limit) if limit is not None else None, "cursor": cursor})
            page = await self._call(
                "GET",
                "/shipments"
                + ("?" + "&".join(f"{k}={quote(v, safe='')}" for k, v in params.items()) if params else ""),
            )
            for item in page["items"]:
                yield self._read(item)
            cursor = page["nextCursor"]
            if not cursor:
                return
"""

# An SDK with groups of methods, httpx and pydantic.
GROUPED = r"""from __future__ import annotations
import enum
from datetime import date, datetime
from typing import Any, Generic, Iterator, TypeVar
from urllib.parse import quote
import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError


class SdkError(Exception): ...


class ApiError(SdkError):
    def __init__(self, response: httpx.Response) -> None:
        super().__init__(f"HTTP {response.status_code}")
        self.status_code = response.status_code


class TransportError(SdkError): ...


class Model(BaseModel):
    model_config = ConfigDict(populate_by_name=True, extra="ignore")


class ParcelIn(Model):
    length: int
    width: int
    height: int
    weight: int


class AddressIn(Model):
    city: str
    name: str | None = None
    street: str | None = None
    postal_code: str | None = Field(default=None, alias="postalCode")
    country: str | None = None
    email: str | None = None


class Service(str, enum.Enum):
    standard = "standard"
    express = "express"


class Owner(Model):
    name: str
    email: str | None = None


class Shipment(Model):
    id: str
    state: str
    tracking_number: str | None = Field(default=None, alias="trackingNumber")
    owner: Owner | None = None
    created_at: datetime | None = Field(default=None, alias="createdAt")
    deliver_by: date | None = Field(default=None, alias="deliverBy")


class Page(Model):
    items: list[Shipment]
    next_cursor: str | None = Field(alias="nextCursor")


class Transport:
    def __init__(self, base_url: str, api_key: str) -> None:
        self.http = httpx.Client(base_url=base_url, headers={"X-Api-Key": api_key})

    def send(self, method: str, path: str, **more: Any) -> Any:
        try:
            response = self.http.request(method, path, **more)
        except httpx.HTTPError as error:
            raise TransportError(str(error)) from error
        if response.is_error:
            raise ApiError(response)
        return response.json() if response.content else None


class Shipments:
    def __init__(self, transport: Transport) -> None:
        self._t = transport

    def create(
        self,
        *,
        to: AddressIn,
        parcels: list[ParcelIn],
        service: Service | None = None,
        reference: str | None = None,
        collect_on: date | None = None,
        idempotency_key: str | None = None,
    ) -> Shipment:
        body: dict[str, Any] = {
            "to": to.model_dump(by_alias=True, exclude_none=True),
            "parcels": [p.model_dump() for p in parcels],
        }
        if service is not None:
            body["service"] = service.value
        if reference is not None:
            body["reference"] = reference
        if collect_on is not None:
            body["collectOn"] = collect_on.isoformat()
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return Shipment.model_validate(self._t.send("POST", "/shipments", json=body, headers=headers))

    def retrieve(self, shipment_id: str) -> Shipment:
        return Shipment.model_validate(self._t.send("GET", f"/shipments/{quote(shipment_id, safe='')}"))

    def list(self, *, limit: int | None = None, state: list[str] | None = None, cursor: str | None = None) -> Page:
        params = {k: v for k, v in {"limit": limit, "state": state, "cursor": cursor}.items() if v is not None}
        return Page.model_validate(self._t.send("GET", "/shipments", params=params))

    def iterate(self, *, limit: int | None = None) -> Iterator[Shipment]:
        page = self.list(limit=limit)
        while True:
            yield from page.items
            if page.next_cursor is None:
                return
            page = self.list(limit=limit, cursor=page.next_cursor)

    def cancel(self, shipment_id: str) -> None:
        self._t.send("DELETE", f"/shipments/{quote(shipment_id, safe='')}")


class Tracking:
    def __init__(self, transport: Transport) -> None:
        self._t = transport

    def get(self, tracking_number: str) -> dict[str, Any]:
        return self._t.send("GET", f"/tracking/{quote(tracking_number, safe='')}")


class Client:
    def __init__(self, api_key: str, base_url: str = "https://api.shipping.example/v2") -> None:
        transport = Transport(base_url, api_key)
        self.shipments = Shipments(transport)
        self.tracking = Tracking(transport)
"""

# http.client, named tuples, arguments one by one.
BY_HAND = r"""import http.client, json, uuid
from collections import namedtuple
from urllib.parse import quote, urlsplit, urlencode

Shipment = namedtuple("Shipment", "id state owner")


class HTTPFailure(Exception):
    def __init__(self, status, reason):
        super().__init__(f"{status} {reason}")
        self.status = status


class Client:
    def __init__(self, url, key):
        p = urlsplit(url)
        self.secure = p.scheme == "https"
        self.netloc = p.netloc
        self.prefix = p.path
        self.key = key

    def _go(self, method, path, body=None, headers=()):
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        c = kind(self.netloc, timeout=5)
        h = {"X-Api-Key": self.key, **dict(headers)}
        raw = None
        if body is not None:
            raw = json.dumps(body)
            h["Content-Type"] = "application/json"
        try:
            c.request(method, self.prefix + path, raw, h)
            r = c.getresponse()
            data = r.read()
        finally:
            c.close()
        if r.status >= 400:
            raise HTTPFailure(r.status, r.reason)
        return json.loads(data) if data else None

    def shipment(self, id):
        d = self._go("GET", "/shipments/" + quote(id, safe=""))
        return Shipment(d["id"], d["state"], (d.get("owner") or {}).get("name"))

    def create(self, city, length, width, height, weight, name=None):
        to = {"city": city}
        if name is not None:
            to["name"] = name
        d = self._go(
            "POST",
            "/shipments",
            {"to": to, "parcels": [{"length": length, "width": width, "height": height, "weight": weight}]},
            {"Idempotency-Key": str(uuid.uuid4())},
        )
        return d["id"]

    def cancel(self, id):
        self._go("DELETE", "/shipments/" + quote(id, safe=""))

    def rates(self, country, length, width, height, weight):
        q = urlencode(
            {
                "to[country]": country,
                "parcel[length]": length,
                "parcel[width]": width,
                "parcel[height]": height,
                "parcel[weight]": weight,
            }
        )
        return self._go("GET", "/rates?" + q)["items"]
"""
