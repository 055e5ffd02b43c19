"""The one user of pydantic-settings: a TOML text and `MOCKSERVER_` variables to frozen values.

`MOCKSERVER_CONTRACTS`, `MOCKSERVER_SERVICES__SHIPPING__TIMEOUT` and so on go over the file.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, ClassVar, Final, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from mockserver.edges.settings.lines import line_of
from mockserver.errors import UsageError
from mockserver.jobs.configuration import (
    Cache,
    Configuration,
    Rate,
    ServiceSettings,
    Validate,
    checked_address,
    credentials,
    nearest,
    variable,
)
from mockserver.resilience.policies import Policies
from mockserver.values import JSON

_Path = tuple[str, ...]

_Reference = Annotated[str, Field(pattern=r"^([A-Za-z_][\w.]*:[A-Za-z_][\w.]*)?$")]
_Part = dict[str, Any] | bool
_POLICIES: Final = (
    "deadline", "retry", "idempotency", "budget", "breaker", "bulkhead", "rate_limit", "redirect", "body", "operations",
)  # fmt: skip
_SAID: Final = {
    "string_type": "it is no text",
    "bool_type": "it is neither true nor false",
    "dict_type": "it is no table",
    "model_type": "it is no table",
    "list_type": "it is no list",
    "string_pattern_mismatch": "it is not spelled so",
    "bool_parsing": "it is neither true nor false",
}
_ALTERNATIVE: Final = re.compile(r"_[A-Z]\w*|bool|float|str|(?:dict|tuple|constrained|function|literal)\b.*")
_FIXES: Final = {
    "client": 'name a class, a function or a module\'s: client = "shop.shipping:ShippingClient"',
    "raises": 'name its errors: raises = "shop.shipping:ShippingError", or a list of such',
    "env": 'name a variable: env = "OPENAI_BASE_URL"',
    "auth": 'write auth = { X-Api-Key = "$SHIPPING_KEY" }',
    "timeout": "give seconds for the whole call, or { connect_s = 3, read_s = 10 }",
    "require_env": "write true or false",
    "validate": 'write "strict", "warn" or "off"',
    "rate": "write rate = { requests = 10, per_s = 1 }",
    "cache": "write cache = true, or cache = { stale_if_error_s = 3600 }",
}


class _Strict(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)


class _Rate(_Strict):
    requests: Annotated[int, Field(ge=1)]
    per_s: Annotated[float, Field(gt=0)] = 1.0


class _Cache(_Strict):
    stale_if_error_s: Annotated[float, Field(ge=0)] = 0.0
    max_bytes: Annotated[int, Field(ge=1)] = Cache().max_bytes
    file: str = ""
    identity: str = ""


class _Service(_Strict):
    contract: str = ""
    url: str = ""
    source: str = ""
    auth: str | dict[str, Any] | None = None
    client: _Reference = ""
    raises: _Reference | tuple[_Reference, ...] = ()
    env: Annotated[str, Field(pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$")] = ""
    require_env: bool = False
    headers: dict[str, str] = Field(default_factory=dict)
    hooks: str | tuple[str, ...] = ()
    validate_: Annotated[Validate | None, Field(alias="validate")] = None
    timeout: float | str | dict[str, Any] | None = None
    deadline: _Part | None = None
    retry: _Part | None = None
    idempotency: _Part | None = None
    budget: _Part | None = None
    breaker: _Part | None = None
    bulkhead: _Part | None = None
    rate_limit: _Part | None = None
    redirect: _Part | None = None
    body: _Part | None = None
    operations: dict[str, Any] | None = None
    rate: _Rate | None = None
    cache: _Cache | bool | None = None


class _File(BaseSettings):
    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix="MOCKSERVER_", env_nested_delimiter="__")
    contracts: str = "contracts"
    cassettes: str = "cassettes"
    passthrough: Annotated[tuple[str, ...], AfterValidator(lambda hosts: tuple(host.lower() for host in hosts))] = ()
    secret: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    services: dict[str, _Service] = Field(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment go over the file; nothing else is read."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


class _Text:
    """A configuration as it is written, to tell places in it."""

    def __init__(self, file: str, text: str, prefix: _Path) -> None:
        self.file = file
        self.text = text
        self.prefix = prefix

    def tree(self) -> dict[str, Any]:
        try:
            tree: JSON = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as broken:
            raise UsageError(
                f"the configuration is no TOML: {broken}", where=self.file, fix="mend the line that it names"
            ) from broken
        for key in self.prefix:
            tree = tree.get(key, {})
        return cast("dict[str, Any]", tree)

    def line(self, path: _Path) -> int:
        return line_of(self.text, (*self.prefix, *path))

    def at(self, line: int) -> str:
        return f"{self.file}:{line}" if line else "the environment"

    def where(self, path: _Path) -> str:
        return self.at(self.line(path))


def configuration(file: str, text: str, prefix: _Path) -> Configuration:
    """Read a text whose words stand under `prefix`; raise UsageError with the place of what is wrong."""
    written = _Text(file, text, prefix)
    tree = written.tree()
    try:
        read = _File(**tree)
    except ValidationError as wrong:
        raise _told(wrong.errors(include_url=False), written, tree) from wrong
    except SettingsError as wrong:
        raise UsageError(f"{wrong}", where="the environment", fix="write JSON there, or one variable a word") from wrong
    folder = posixpath.dirname(file)
    return Configuration(
        file=file,
        contracts=posixpath.join(folder, read.contracts),
        cassettes=posixpath.join(folder, read.cassettes),
        passthrough=read.passthrough,
        secret=read.secret,
        public=read.public,
        services=dict(_services(read, written, folder)),
    )


def _services(read: _File, written: _Text, folder: str) -> Iterator[tuple[str, ServiceSettings]]:
    taken: dict[str, str] = {}
    for name, service in read.services.items():
        path = ("services", name)
        where = written.where(path)
        other = taken.setdefault(variable(name), name)
        if other != name:
            raise UsageError(
                f"{other} and {name} would both be {variable(name)}", where=where, fix="rename one of the services"
            )
        with _placed(written, path, "url", None):
            url = checked_address(service.url) if service.url else ""
        with _placed(written, path, "auth", service.auth):
            auth = credentials(service.auth) if service.auth is not None else ()
        words = _policy_words(service)
        with _placed(written, path, "timeout", words):
            policies = Policies.of_words(words)
        yield name, _settings(name, service, folder, url=url, auth=auth, policies=policies, where=where)


@contextmanager
def _placed(written: _Text, service: _Path, key: str, said: JSON) -> Iterator[None]:
    """Put file and line into what is raised while a key is looked at."""
    try:
        yield
    except UsageError as wrong:
        # the message names the word: its line is the deepest of those that it speaks of
        spoken = sorted(
            (path for path in (*_paths((), said), *_paths((key,), said)) if path[-1] in wrong.what),
            key=len,
            reverse=True,
        )
        found = (written.line((*service, *path)) for path in (*spoken, (key,), ()))
        line = next((line for line in found if line), 0)
        wrong.where = written.at(line)
        raise


def _settings(name: str, read: _Service, folder: str, **parts: Any) -> ServiceSettings:
    is_file = read.contract and "://" not in read.contract
    return ServiceSettings(
        name=name,
        contract=posixpath.join(folder, read.contract) if is_file else read.contract,
        source=read.source,
        client=read.client,
        raises=(read.raises,) if isinstance(read.raises, str) else read.raises,
        hooks=(read.hooks,) if isinstance(read.hooks, str) else read.hooks,
        env=read.env,
        require_env=read.require_env,
        headers=tuple(read.headers.items()),
        validate=read.validate_,
        rate=None if read.rate is None else Rate(read.rate.requests, read.rate.per_s),
        cache=_cache(read.cache, folder),
        **parts,
    )


def _cache(read: _Cache | bool | None, folder: str) -> Cache | None:  # noqa: FBT001 - as it is written
    if read is None or isinstance(read, bool):
        return Cache() if read else None
    file = posixpath.join(folder, read.file) if read.file else ""
    return Cache(read.stale_if_error_s, read.max_bytes, file, read.identity)


def _policy_words(read: _Service) -> dict[str, JSON]:
    words = {name: getattr(read, name) for name in _POLICIES if getattr(read, name) is not None}
    return _with_timeout(words, read.timeout) | (
        {"operations": {name: _with_timeout(dict(said), said.get("timeout")) for name, said in read.operations.items()}}
        if read.operations and all(isinstance(said, Mapping) for said in read.operations.values())
        else {}
    )


def _with_timeout(words: dict[str, JSON], timeout: JSON) -> dict[str, JSON]:
    """One number is the promise that people mean: the whole call, with all its attempts, takes no longer."""
    if timeout is None:
        return words
    if isinstance(timeout, Mapping):
        return words | {"timeout": timeout}
    words.pop("timeout", None)
    return words | {"deadline": {"total_s": timeout, **words.get("deadline", {})}}


def _paths(path: _Path, said: JSON) -> Iterator[_Path]:
    for key, value in said.items() if isinstance(said, Mapping) else ():
        yield (*path, key)
        yield from _paths((*path, key), value)


def _told(errors: Sequence[ErrorDetails], written: _Text, tree: Mapping[str, JSON]) -> UsageError:
    # a word that is not known tells why another one is missing
    error = min(errors, key=lambda each: each["type"] != "extra_forbidden")
    path = _written(error["loc"], tree)
    if error["type"] == "extra_forbidden":
        model = _model_of(path)
        known = [field.alias or name for name, field in model.model_fields.items()]
        owner = ".".join(path[:-1]) or "[tool.mockserver]"
        return UsageError(
            f"{owner} has no {path[-1]}",
            where=written.where(path),
            fix=f"{nearest(path[-1], known)}it has {', '.join(known)}",
        )
    said = _SAID.get(error["type"], error["msg"][:1].lower() + error["msg"][1:])
    field_name = path[2] if len(path) > 2 else path[0]
    shown = "" if field_name == "auth" else f" {error['input']!r}:"  # it may be a credential
    return UsageError(
        f"{'.'.join(path)} is wrong:{shown} {said}",
        where=written.where(path),
        fix=_FIXES.get(field_name, "mend it; the words are in docs/configuration.md"),
    )


def _written(loc: Sequence[str | int], tree: JSON) -> _Path:
    """Return the keys of a place as they are written; pydantic puts the names of alternatives between them."""
    path: list[str] = []
    for each in loc:
        key = str(each)
        is_there = isinstance(tree, Mapping) and key in tree
        if is_there or _ALTERNATIVE.fullmatch(key) is None:
            path.append(key)
            tree = tree[key] if is_there else None
    return tuple(path)


def _model_of(path: _Path) -> type[BaseModel]:
    if path[0] != "services" or len(path) < 3:
        return _File
    parts: dict[str, type[BaseModel]] = {"rate": _Rate, "cache": _Cache}
    return parts.get(path[2], _Service) if len(path) > 3 else _Service
