"""A client of another style: httpx and pydantic, pages that are counted, pages with a cursor, errors of its own."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import httpx
from pydantic import BaseModel, Field

MOST_PAGES = 20


class WarehouseError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class NotFound(WarehouseError):
    pass


class Category(StrEnum):
    tools = "tools"
    toys = "toys"
    books = "books"


class Item(BaseModel):
    sku: str
    name: str
    price: float
    category: Category
    added: dt.date | None = None


class Line(BaseModel):
    sku: str = Field(min_length=1)
    count: int = Field(ge=1, le=1000)


class Order(BaseModel):
    id: int
    status: str
    lines: list[Line]
    placed: dt.datetime
    courier: str | None = None


class Warehouse:
    def __init__(self, base_url: str, token: str) -> None:
        self._http = httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"}, timeout=5)

    def _call(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = self._http.request(method, path, **more)
        if answer.is_error:
            error = answer.json()["error"]
            raise (NotFound if answer.status_code == httpx.codes.NOT_FOUND else WarehouseError)(
                error["code"], error["message"]
            )
        return answer

    def items(self, category: Category | None = None) -> list[Item]:
        found: list[Item] = []
        page = 1
        while True:
            params = {"page": page, "per_page": 50, **({"category": category.value} if category else {})}
            body = self._call("GET", "/items", params=params).json()
            found += [Item.model_validate(one) for one in body["data"]]
            if page >= body["meta"]["pages"] or page >= MOST_PAGES:
                return found
            page += 1

    def item(self, sku: str) -> Item:
        return Item.model_validate(self._call("GET", f"/items/{sku}").json())

    def create_order(self, lines: list[Line], note: str | None = None) -> Order:
        body = {"lines": [line.model_dump() for line in lines], **({"note": note[:200]} if note else {})}
        return Order.model_validate(self._call("POST", "/orders", json=body).json())

    def is_sent(self, order_id: int) -> bool:
        return Order.model_validate(self._call("GET", f"/orders/{order_id}").json()).status == "sent"

    def cancel_order(self, order_id: int) -> None:
        answer = self._call("DELETE", f"/orders/{order_id}")
        if answer.status_code != httpx.codes.NO_CONTENT:
            raise RuntimeError(answer.status_code)

    def stock(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        after: str | None = None
        for _ in range(MOST_PAGES):
            body = self._call("GET", "/stock", params={"after": after} if after else {}).json()
            for one in body["items"]:
                counts[one["sku"]] = counts.get(one["sku"], 0) + one["count"]
            after = body["next"]
            if after is None:
                break
        return counts
