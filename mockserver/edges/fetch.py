"""Documents over HTTP."""

from __future__ import annotations

import requests

from mockserver.errors import CouldNotCheck

_TIMEOUT_S = 30.0
_LARGEST = 256 * 2**20


def fetch(url: str) -> bytes:
    """Return what stands at an address; raise CouldNotCheck when it cannot be had."""
    try:
        with requests.get(
            url, timeout=_TIMEOUT_S, stream=True, headers={"Accept": "application/json, application/yaml, */*;q=0.5"}
        ) as got:
            got.raise_for_status()
            body = bytearray()
            for chunk in got.iter_content(2**16):
                body += chunk
                if len(body) > _LARGEST:
                    raise CouldNotCheck(f"{url} is larger than {_LARGEST} bytes", where=url, fix="fetch it by hand")
            return bytes(body)
    except requests.RequestException as failed:
        raise CouldNotCheck(
            f"{url} cannot be fetched: {failed}", where=url, fix="fetch it by hand and give the file"
        ) from failed
