"""Services by name: where they are, and how they are called.

    from mockserver.client import services, get_service_url
    services["shipping"]["url"], get_service_url("shipping")

`<NAME>_SERVICE` of the environment is an address, `contracts/<name>.yaml` a contract, `[tool.mockserver.services]` says
the rest. Nothing is read before it is asked for, and what the environment says is read anew each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.client.ports import Auth, Connection, Hook
from mockserver.edges import settings
from mockserver.errors import UnknownService, UsageError
from mockserver.jobs.configuration import Configuration, Credential, ServiceSettings, unknown_service, variable
from mockserver.resilience.bounds import NoTimeout

_WORDS: Final = ("name", "url", "timeout", "contract", "source", "client", "raises", "env", "headers", "policies")


class NoSuchService(UnknownService, KeyError):
    """A service that nobody has heard of; a KeyError too, as `services` is a mapping."""


class Service(Mapping[str, Any]):
    """What is known of one service, by word; `url` is looked up when it is asked for, `timeout` is in seconds."""

    def __init__(self, said: ServiceSettings, contract: str) -> None:
        self.settings = said
        self._contract = contract

    def __getitem__(self, word: str) -> Any:
        match word:
            case "url":
                return settings.address(self.settings)
            case "timeout":
                total = self.settings.policies.service.deadline.total_s
                return None if isinstance(total, NoTimeout) else total
            case "contract":
                return self._contract
            case "headers":
                return dict(self.settings.headers)
            case _ if word in _WORDS:
                return getattr(self.settings, word)
            case _:
                raise KeyError(f"{word!r}: a service has {', '.join(_WORDS)}")

    def __iter__(self) -> Iterator[str]:
        return iter(_WORDS)

    def __len__(self) -> int:
        return len(_WORDS)

    def __repr__(self) -> str:
        return f"<service {self.settings.name}>"


class Services(Mapping[str, Service]):
    """All services: of the configuration, of the folder of contracts, and of variables in the manner of `A_SERVICE`."""

    def __getitem__(self, name: str) -> Service:
        said, contracts = _read()
        if name in said.services or name in contracts or variable(name) in settings.variables_of_services():
            return Service(said.service(name), contracts.get(name, ""))
        raise NoSuchService(*unknown_service(name, self).args, fix=unknown_service(name, self).fix)

    def __iter__(self) -> Iterator[str]:
        said, contracts = _read()
        known = dict.fromkeys((*said.services, *contracts))
        held = {variable(name) for name in known}
        by_variable = (name for name in settings.variables_of_services() if name not in held)
        return iter((*known, *(name.removesuffix("_SERVICE").lower() for name in by_variable)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"<services {', '.join(self)}>"


services: Final = Services()


def get_service_url(service: str) -> str:
    """Return the address of a service, without a slash at its end."""
    url: str = services[service]["url"]
    return url


def _read() -> tuple[Configuration, dict[str, str]]:
    from pathlib import Path  # noqa: PLC0415 - beside the one use

    from mockserver.edges.files import find_contracts  # noqa: PLC0415 - reading documents is for who has some

    said = settings.read()
    found = {name: str(path) for name, path in find_contracts(Path(said.contracts)).items()}
    return said, found | dict(said.placed)


def habits(name: str) -> Connection:
    """Return how a service is called, without its address and credentials: who asks has a client that knows them."""
    said = services[name].settings
    return Connection(name, "", policies=said.policies, headers=said.headers, hooks=_hooks(said), rate=said.rate)


def connection(name: str, *, at: str = "") -> Connection:
    """Return what a client needs to know of a service; raises UsageError for what is missing or wrong.

    `at` is an address that goes over the configured one.
    """
    service = services[name]
    said = service.settings
    contract: Any = service["contract"] or None
    if contract is not None and any(_asks_contract(each) for each in said.auth):
        from mockserver.client.schemes import loaded  # noqa: PLC0415 - loads the contract, for who needs it

        contract = loaded(name, contract)
    usual, url = habits(name), at or service["url"]
    return usual._replace(
        base_url=url,
        auth=_auth(said, contract, url),
        contract=contract,
        validate=said.validate or usual.validate,
        cache=said.cache,
    )


def _hooks(said: ServiceSettings) -> tuple[Hook, ...]:
    if not said.hooks:
        return ()
    from mockserver.client.hooks import hook_of  # noqa: PLC0415 - who has none need not load it

    return tuple(hook_of(word, said.where) for word in said.hooks)


def _asks_contract(credential: Credential) -> bool:
    is_told = credential.place == "oauth2" and "token_url" in credential.words
    return credential.place in {"contract", "named", "oauth2"} and not is_told


def _auth(said: ServiceSettings, contract: Any, url: str) -> Auth | None:
    from mockserver.client import auth  # noqa: PLC0415 - a service without credentials need not load it

    parts = [_credential(each, said, contract, url) for each in said.auth]
    return auth.Together(*parts) if len(parts) > 1 else parts[0] if parts else None


def _credential(credential: Credential, said: ServiceSettings, contract: Any, url: str) -> Auth:
    from mockserver.client.auth import ApiKey, Basic, Bearer  # noqa: PLC0415 - as above

    words = {word: settings.secret(text, said.where) for word, text in credential.words.items()}
    match credential.place:
        case "header" | "query" | "cookie":
            return ApiKey(credential.name, words["value"], place=credential.place)
        case "bearer":
            return Bearer(words["value"])
        case "basic":
            return Basic(words["value"]) if "value" in words else Basic(words["username"], words["password"])
        case "oauth2":
            from mockserver.client.oauth2 import OAuth2  # noqa: PLC0415 - as above

            texts = {word: text.get_secret_value() for word, text in words.items() if word != "client_secret"}
            if "token_url" not in texts:
                from mockserver.client.schemes import token_url  # noqa: PLC0415 - as above

                texts["token_url"] = token_url(contract, url, said.where)
            return OAuth2(client_secret=words["client_secret"], **texts)  # type: ignore[arg-type] # judged by OAuth2
        case _ if contract is not None:
            from mockserver.client.schemes import placed  # noqa: PLC0415 - as above

            return placed(credential.name, words["value"], contract, said.where)
        case "named":
            return ApiKey(credential.name, words["value"])
        case _:
            raise UsageError(
                f"auth of {said.name} is one credential, and there is no contract that says where it goes",
                where=said.where,
                fix='name the header: auth = { X-Api-Key = "$SHIPPING_KEY" }',
            )
