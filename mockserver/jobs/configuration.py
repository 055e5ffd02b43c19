"""What a team says about its services: values only.

Read once, frozen. Knows neither the file that they come from nor the environment: see `edges/settings.py`. Every job
that needs more than a contract asks here: `client` and `raises` for verify, drift, diff and check, `source` for
update, `url` and `variables` for whoever calls the API or stands in for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeAlias, get_args
from urllib.parse import urlsplit

from mockserver.errors import UnknownService, UsageError
from mockserver.exchange import Headers
from mockserver.resilience.policies import Policies
from mockserver.values import JSON, Struct, field

Validate: TypeAlias = Literal["strict", "warn", "off"]
"""Whether a client judges what it sends and gets by the contract: an error, a warning, or not at all."""

Place: TypeAlias = Literal["contract", "named", "header", "query", "cookie", "bearer", "basic", "oauth2"]
"""Where a credential goes; `contract` leaves it to the contract's only security scheme.

`named` is the security scheme of that name, or the header where the contract has no such scheme.
"""

_PLACES: Final = frozenset(get_args(Place)) - {"contract", "named"}
_NAMED_PLACES: Final = ("header", "query", "cookie")
_BASIC: Final = ("username", "password")
_OAUTH2: Final = ("client_id", "client_secret", "token_url", "scope", "audience", "client_auth")
_VARIABLE: Final = re.compile(r"\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\})")
_PUBLIC: Final = frozenset({"username", "token_url", "client_id", "scope", "audience", "client_auth"})


def variable(service: str) -> str:
    """Return the variable that holds the address of a service.

    >>> variable("shipping-eu")
    'SHIPPING_EU_SERVICE'
    """
    return f"{re.sub(r'[^A-Za-z0-9]+', '_', service).strip('_').upper()}_SERVICE"


def variables_in(text: str) -> tuple[str, ...]:
    """Return the variables of the environment that a text names.

    >>> variables_in("Bearer ${TOKEN}")
    ('TOKEN',)
    """
    return tuple(found.strip("${}") for found in _VARIABLE.findall(text))


class Credential(Struct, frozen=True):
    """One credential as it is written: `words` are texts in which `$NAME` stands for a variable of the environment.

    `name` is that of the header, query parameter or cookie, or of a security scheme.
    """

    place: Place
    name: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


class Rate(Struct, frozen=True):
    """At most so many requests in so many seconds, to one service, by one client; who is over it waits."""

    requests: int
    per_s: float = 1.0


class Cache(Struct, frozen=True):
    """Answers are kept as RFC 9111 allows, up to so many octets: in memory, or in a `file` that outlives the client.

    A file may serve many clients and processes: `identity` says whose answers they are, so that nobody gets another's.
    For `stale_if_error_s` after it was stored or confirmed, an old one may stand in while the service is down.
    """

    stale_if_error_s: float = 0.0
    max_bytes: int = 64 * 1024 * 1024
    file: str = ""
    identity: str = ""


class ServiceSettings(Struct, frozen=True):
    """What is said about one service; an empty text is nothing said.

    `contract` is a path or an address, `source` where the vendor publishes it, `url` where the API lives. `client` is
    the client to verify, as `module:name`; `raises` are the errors, so written, that it may raise. `env` is the
    variable that the user's own code reads. `timeout`, `retry` and the like are the `policies`, by operation too.
    `hooks` are told of every attempt: `log`, `otel`, `traceparent`, or `module:name`.
    """

    name: str
    contract: str = ""
    url: str = ""
    source: str = ""
    auth: tuple[Credential, ...] = ()
    client: str = ""
    raises: tuple[str, ...] = ()
    env: str = ""
    require_env: bool = False
    headers: Headers = ()
    hooks: tuple[str, ...] = ()
    validate: Validate | None = None
    policies: Policies = field(default_factory=Policies)
    rate: Rate | None = None
    cache: Cache | None = None
    where: str = ""
    """File and line of the service's table, for messages."""

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that hold its address: the first that is set wins; what stands in for it sets them all."""
        own = variable(self.name)
        return (self.env, own) if self.env and self.env != own else (own,)

    def addresses(self, environment: Mapping[str, str]) -> tuple[str, ...]:
        """Return where it lives: as it is said here, and in the environment."""
        return tuple(url for url in (self.url, *(environment.get(name, "") for name in self.variables)) if url)

    @property
    def secret_variables(self) -> tuple[str, ...]:
        """The variables that its credentials come from."""
        texts = (text for credential in self.auth for text in credential.words.values())
        return tuple(dict.fromkeys(found for text in texts for found in variables_in(text)))


class Configuration(Struct, frozen=True):
    """All that is said; without a file it is the convention: `contracts/<name>.yaml` is a service.

    `file` is empty when there is none. Paths are as one can open them from the working directory. What goes by a name
    of `secret` never reaches a cassette, what goes by one of `public` may.
    """

    file: str = ""
    contracts: str = "contracts"
    cassettes: str = "cassettes"
    passthrough: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    services: Mapping[str, ServiceSettings] = field(default_factory=dict)

    def service(self, name: str) -> ServiceSettings:
        """Return what is said about a service: the defaults, where nothing is."""
        return self.services.get(name) or ServiceSettings(name)

    @property
    def placed(self) -> Mapping[str, str]:
        """The services whose contract stands elsewhere than in the folder of contracts, and where."""
        return {name: service.contract for name, service in self.services.items() if service.contract}


def checked_address(url: str, where: str = "") -> str:
    """Return the address of an API without a slash at its end; raise UsageError if it is none."""
    fix = "write https://api.example.com/v1"
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an address that is none
        sound = False
    if not sound or re.search(r"[\s\\]", url):
        raise UsageError("the url is no http(s) address", where=where, fix=fix)  # its text may hold a password
    if parts.username is not None or parts.password is not None:
        raise UsageError("the url holds credentials", where=where, fix="take them out, and write them under auth")
    if parts.query or parts.fragment:
        raise UsageError("the url has a query or a fragment", where=where, fix=fix)
    return url.rstrip("/")


def unknown_service(name: str, known: Iterable[str]) -> UnknownService:
    """Return the error for a service that nobody has heard of, with the nearest that is known."""
    listed = sorted(set(known))
    near = nearest(name, listed)
    return UnknownService(
        f"there is no service {name}",
        fix=f"{near}known services: {', '.join(listed) or 'none'}; a new one needs {variable(name)}, "
        f"contracts/{name}.yaml or [tool.mockserver.services.{name}]",
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a question that names the nearest of the known words, or nothing.

    >>> nearest("urll", ["url", "env"])
    'did you mean url? '
    """
    from difflib import get_close_matches  # noqa: PLC0415 - a mistake is rare

    near = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"did you mean {near[0]}? " if near else ""


def credentials(auth: JSON) -> tuple[Credential, ...]:
    """Read what stands behind `auth`; raise UsageError for what is no credential, or is one to the letter.

    >>> credentials({"X-Api-Key": "$SHIPPING_KEY"})
    (Credential(place='named', name='X-Api-Key', words={'value': '$SHIPPING_KEY'}),)
    """
    if isinstance(auth, str):
        return (Credential("contract", words={"value": _template("auth", auth)}),)
    if not isinstance(auth, Mapping) or not auth:
        raise UsageError(f"auth is {type(auth).__name__}", fix='write auth = { X-Api-Key = "$SHIPPING_KEY" }')
    return tuple(credential for name, said in auth.items() for credential in _credentials(name, said))


def _credentials(name: str, said: JSON) -> Iterable[Credential]:
    if name in _NAMED_PLACES and isinstance(said, Mapping):
        for field_name, value in said.items():
            words = {"value": _template(f"auth.{name}.{field_name}", value)}
            yield Credential(_place(name), field_name, words)
    elif name in {"basic", "oauth2"} and isinstance(said, Mapping):
        yield Credential(_place(name), words=_listed(f"auth.{name}", said, _BASIC if name == "basic" else _OAUTH2))
    elif name == "oauth2":
        raise UsageError("auth.oauth2 is no table", fix="give client_id and client_secret")
    elif name in {"bearer", "basic"}:
        yield Credential(_place(name), words={"value": _template(f"auth.{name}", said)})
    elif isinstance(said, Mapping):
        raise UsageError(
            f"auth has no {name!r} with fields of its own",
            fix=f"{nearest(name, _PLACES)}it has {', '.join(sorted(_PLACES))}, or names of headers",
        )
    else:
        yield Credential("named", name, {"value": _template(f"auth.{name}", said)})


def _place(name: str) -> Place:
    return next(place for place in get_args(Place) if place == name)


def _listed(at: str, said: Mapping[str, JSON], known: tuple[str, ...]) -> Mapping[str, str]:
    for word in said:
        if word not in known:
            raise UsageError(f"{at} has no {word!r}", fix=f"{nearest(word, known)}it has {', '.join(known)}")
    for word in known[:2]:  # the contract knows where tokens are
        if word not in said:
            raise UsageError(f"{at} has no {word}", fix=f"write {word}")
    return {word: _template(f"{at}.{word}", value, public=word in _PUBLIC) for word, value in said.items()}


def _template(at: str, value: JSON, *, public: bool = False) -> str:
    if not isinstance(value, str) or not value:
        raise UsageError(f"{at} is no text", fix='name a variable of the environment: "$SHIPPING_KEY"')
    if not public and _VARIABLE.search(value) is None:
        raise UsageError(
            f"{at} holds a credential to the letter", fix='keep it in the environment and name it: "$SHIPPING_KEY"'
        )
    return value
