"""Credentials: API key, bearer, basic, several at once; OAuth2 is in `oauth2`.

    APIClient(url, auth=ApiKey("X-Api-Key", key))
    APIClient(url, auth=Bearer(lambda: vault.read("token")))

A credential is a text, something with `get_secret_value()` (pydantic's SecretStr), or a function that returns one and
is asked for every attempt. None is ever shown: not in a repr, not in an error. A plain function from request to
request, `def sign(request): return request._replace(...)`, is an auth as well; `with_header` and `with_query` help it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeAlias
from urllib.parse import quote

from mockserver.client.ports import Auth
from mockserver.errors import UsageError
from mockserver.exchange import Response
from mockserver.resilience.transfer import Outgoing


class _Hidden(Protocol):
    def get_secret_value(self) -> str: ...


Secret: TypeAlias = str | _Hidden | Callable[[], "str | _Hidden"]


def reveal(secret: Secret) -> str:
    """Return the text of a credential; raise UsageError for one that is empty or cannot stand in a header."""
    told = secret() if callable(secret) else secret
    text = told if isinstance(told, str) else told.get_secret_value()
    if not text or not text.isprintable():
        said = "is empty" if not text else "holds control characters, perhaps a line end"
        raise UsageError(f"a credential {said}", fix="look at the variable or function that it comes from")
    return text


def with_header(request: Outgoing, name: str, value: str) -> Outgoing:
    """Return the request with one header field, in place of any of that name."""
    lower = name.lower()
    others = tuple(pair for pair in request.headers if pair[0].lower() != lower)
    return request._replace(headers=(*others, (name, value)))


def with_query(request: Outgoing, name: str, value: str) -> Outgoing:
    """Return the request with one more query parameter."""
    url = request.url
    mark = "&" if "?" in url else "?"
    return request._replace(url=f"{url}{mark}{quote(name, safe='')}={quote(value, safe='')}")


def with_cookie(request: Outgoing, name: str, value: str) -> Outgoing:
    """Return the request with one more cookie, beside those that it has (RFC 6265 §5.4: they are one field)."""
    if set(value) & set(' ",;\\'):
        raise UsageError(f"the cookie {name} holds what no cookie can", fix="encode it as the API says")
    held = [text for key, text in request.headers if key.lower() == "cookie"]
    return with_header(request, "Cookie", "; ".join((*held, f"{name}={value}")))


_WITH = {"header": with_header, "query": with_query, "cookie": with_cookie}


class ApiKey:
    """A key in a header, in the query or in a cookie."""

    def __init__(self, name: str, key: Secret, *, place: Literal["header", "query", "cookie"] = "header") -> None:
        if place not in _WITH:
            raise UsageError(f"place is {place!r}", fix="say header, query or cookie")
        self._name = name
        self._key = key
        self._place = place

    def authorize(self, request: Outgoing) -> Outgoing:
        """Return the request with the key."""
        return _WITH[self._place](request, self._name, reveal(self._key))

    def __repr__(self) -> str:
        return f"<ApiKey in {self._place} {self._name}>"


class Bearer:
    """A token in `Authorization: Bearer` (RFC 6750 §2.1), or another scheme."""

    def __init__(self, token: Secret, *, scheme: str = "Bearer") -> None:
        self._token = token
        self._scheme = scheme

    def authorize(self, request: Outgoing) -> Outgoing:
        """Return the request with the token."""
        return with_header(request, "Authorization", f"{self._scheme} {reveal(self._token)}")

    def __repr__(self) -> str:
        return f"<{self._scheme}>"


class Basic:
    """A name and a password, or both as `name:password` (RFC 7617)."""

    def __init__(self, username: Secret, password: Secret | None = None) -> None:
        self._username = username
        self._password = password

    def authorize(self, request: Outgoing) -> Outgoing:
        """Return the request with both."""
        pair = reveal(self._username)
        if self._password is not None:
            if ":" in pair:
                raise UsageError("a user name of basic authentication holds a colon", fix="RFC 7617 §2 allows none")
            pair = f"{pair}:{reveal(self._password)}"
        elif ":" not in pair:
            raise UsageError("basic authentication has no password", fix="give user name and password")
        return with_header(request, "Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}")

    def __repr__(self) -> str:
        return "<Basic>"


class Together:
    """Several credentials on one request."""

    def __init__(self, *parts: Auth) -> None:
        self._parts = parts

    def authorize(self, request: Outgoing) -> Outgoing:
        """Return the request with all of them."""
        for part in self._parts:
            request = part.authorize(request)
        return request

    def refused(self, request: Outgoing, answer: Response) -> bool:
        """Tell whether one of them has other credentials to try."""
        asked = [part.refused(request, answer) for part in self._parts if hasattr(part, "refused")]
        return any(asked)

    async def aauthorize(self, request: Outgoing) -> Outgoing:
        """Do as `authorize`, awaiting."""
        for part in self._parts:
            awaited: Any = getattr(part, "aauthorize", None)
            request = part.authorize(request) if awaited is None else await awaited(request)
        return request

    def __repr__(self) -> str:
        return f"<{' and '.join(repr(part) for part in self._parts)}>"
