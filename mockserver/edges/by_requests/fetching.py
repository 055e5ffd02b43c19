"""Documents over HTTP."""

from __future__ import annotations

import re

import requests
from urllib3.exceptions import HTTPError

from mockserver.edges.by_requests.failures import failure_of
from mockserver.errors import CouldNotCheck

_TIMEOUT_S = 30.0
_LARGEST = 256 * 2**20
_LOCKED = frozenset({401, 403, 407})
_USER = re.compile(r"(?<=:)//[^/@\s]*@")


def fetch(url: str) -> bytes:
    """Return what stands at an address; raise CouldNotCheck when it cannot be had."""
    where = _shown(url)
    try:
        with requests.get(
            url, timeout=_TIMEOUT_S, stream=True, headers={"Accept": "application/json, application/yaml, */*;q=0.5"}
        ) as got:
            got.raise_for_status()
            body = bytearray()
            for chunk in got.iter_content(2**16):
                body += chunk
                if len(body) > _LARGEST:
                    told = f"{where} is larger than {_LARGEST} bytes"
                    raise CouldNotCheck(told, where=where, fix="fetch it by hand and give the file")
    except requests.HTTPError as refused:
        status = refused.response.status_code
        first = "log in" if status in _LOCKED else "look at the address"
        fix = f"{first}, fetch it by hand and give the file"
        raise CouldNotCheck(f"{where} cannot be fetched: it answers {status}", where=where, fix=fix) from refused
    except (requests.RequestException, HTTPError, OSError) as failed:
        # what is wrong with an address is said in plain words; of what happened to a connection only the kind is
        known = None if isinstance(failed, requests.TooManyRedirects | ValueError) else failure_of(failed, begun=True)
        why = known.detail if known is not None else _shown(str(failed))
        fix = "look at the address and the network, or fetch it by hand and give the file"
        raise CouldNotCheck(f"{where} cannot be fetched: {why}", where=where, fix=fix) from failed
    if body.lstrip()[:1] == b"<":  # no JSON and no YAML mapping begins so
        raise CouldNotCheck(
            f"{where} answers with a page of HTML, or another XML, and not with a document",
            where=where,
            fix="open it in a browser: it may ask for a login, or link to the document; give that address, or the file",
        )
    return bytes(body)


def reach(url: str, patience_s: float = 10.0) -> None:
    """Raise CouldNotCheck where nothing answers at an address in time, whatever it would say."""
    try:
        requests.get(url, timeout=patience_s, allow_redirects=False, stream=True).close()
    except (requests.RequestException, HTTPError, OSError) as failed:
        known = None if isinstance(failed, ValueError) else failure_of(failed, begun=True)
        why = known.detail if known is not None else _shown(str(failed))
        told = f"nothing answered at {_shown(url)}: {why}"
        raise CouldNotCheck(told, where=_shown(url), fix="start it, or mend --url") from failed


def _shown(text: str) -> str:
    """Leave out what stands before the host in an address: it may be a password (RFC 3986 §3.2.1)."""
    return _USER.sub("//", text)
