"""Documents over HTTP."""

from __future__ import annotations

import re

import requests

from mockserver.errors import CouldNotCheck

_TIMEOUT_S = 30.0
_LARGEST = 256 * 2**20
_LOCKED = frozenset({401, 403, 407})
_USER = re.compile(r"(?<=:)//[^/@\s]*@")


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
                    told = f"{_shown(url)} is larger than {_LARGEST} bytes"
                    raise CouldNotCheck(told, where=_shown(url), fix="fetch it by hand and give the file")
    except requests.RequestException as failed:
        status = failed.response.status_code if failed.response is not None else 0
        fix = (
            "log in, fetch it by hand and give the file" if status in _LOCKED else "fetch it by hand and give the file"
        )
        raise CouldNotCheck(_shown(f"{url} cannot be fetched: {failed}"), where=_shown(url), fix=fix) from failed
    if body.lstrip()[:1] == b"<":  # no JSON and no YAML mapping begins so
        raise CouldNotCheck(
            f"{_shown(url)} answers with a page of HTML, or another XML, and not with a document",
            where=_shown(url),
            fix="open it in a browser: it may ask for a login, or link to the document; give that address, or the file",
        )
    return bytes(body)


def _shown(text: str) -> str:
    """Leave out what stands before the host in an address: it may be a password (RFC 3986 §3.2.1)."""
    return _USER.sub("//", text)
