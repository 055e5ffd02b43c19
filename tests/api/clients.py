"""Every client of Python that people use, as one function: method, address, body to status, text and headers."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import httpx
import httpx2
import requests
import urllib3

Call = Callable[[str, str, Any, Mapping[str, str]], tuple[int, str]]


def by_requests(method: str, url: str, body: Any, headers: Mapping[str, str]) -> tuple[int, str]:
    got = requests.request(method, url, json=body, headers=dict(headers), timeout=5)
    return got.status_code, got.text


def by_urllib3(method: str, url: str, body: Any, headers: Mapping[str, str]) -> tuple[int, str]:
    got = urllib3.PoolManager(retries=False).request(method, url, json=body, headers=dict(headers), timeout=5)
    return got.status, got.data.decode()


def by_httpx(method: str, url: str, body: Any, headers: Mapping[str, str]) -> tuple[int, str]:
    got = httpx.request(method, url, json=body, headers=dict(headers), timeout=5)
    return got.status_code, got.text


def by_httpx2(method: str, url: str, body: Any, headers: Mapping[str, str]) -> tuple[int, str]:
    got = httpx2.request(method, url, json=body, headers=dict(headers), timeout=5)
    return got.status_code, got.text


def by_async_httpx2(method: str, url: str, body: Any, headers: Mapping[str, str]) -> tuple[int, str]:
    async def call() -> tuple[int, str]:
        async with httpx2.AsyncClient(timeout=5) as client:
            got = await client.request(method, url, json=body, headers=dict(headers))
            return got.status_code, got.text

    return asyncio.run(call())


def by_aiohttp(method: str, url: str, body: Any, headers: Mapping[str, str]) -> tuple[int, str]:
    async def call() -> tuple[int, str]:
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, json=body, headers=dict(headers)) as got,
        ):
            return got.status, await got.text()

    return asyncio.run(call())


def by_urllib(method: str, url: str, body: Any, headers: Mapping[str, str]) -> tuple[int, str]:
    data = None if body is None else json.dumps(body).encode()
    kind = {} if body is None else {"Content-Type": "application/json"}
    asked = urllib.request.Request(url, data, {**kind, **headers}, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=5) as got:
            return got.status, got.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


CLIENTS: Mapping[str, Call] = {
    "requests": by_requests,
    "urllib3": by_urllib3,
    "httpx": by_httpx,
    "httpx2": by_httpx2,
    "async httpx2": by_async_httpx2,
    "aiohttp": by_aiohttp,
    "urllib": by_urllib,
}
SHARED_BY_THREADS = ("requests", "urllib3", "httpx", "httpx2")
