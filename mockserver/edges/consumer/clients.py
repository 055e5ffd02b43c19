"""Somebody's client, built: a class by the names of its parameters, a factory from `api`, a module as it is."""

from __future__ import annotations

import builtins
import inspect
import re
import types
from collections.abc import Callable, Mapping
from importlib import import_module
from traceback import extract_tb
from typing import Any, Final

from mockserver.edges.consumer.members import plain
from mockserver.errors import UsageError
from mockserver.values import Struct, field

CREDENTIAL: Final = "mockserver-test-credential"
_URLS: Final = frozenset(
    {
        "baseurl", "url", "host", "endpoint", "apibase", "apiurl", "server", "serverurl", "rooturl", "address",
        "baseuri", "uri", "apihost", "apiendpoint", "basepath", "domain", "serviceurl", "apibaseurl",
    }
)  # fmt: skip
_CREDENTIALS: Final = re.compile(
    r"(api)?(key|token|secret)|(access|auth|bearer|api|oauth|secret|private)?(key|token|secret)|password|username|user|"
    r"credentials?|auth(orization)?|bearer|jwt|(user)?login|passw(or)?d|passphrase|clientid|clientsecret|accesstoken|personalaccesstoken|pat|sid|accountsid"
)


class Api(Struct, frozen=True):
    """What a factory is given: where the API is, and what to say who is asking."""

    url: str
    credential: str = CREDENTIAL
    credentials: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)


def named(target: str) -> Any:
    """Return what `package.module:Name` names; `package.module` is the module itself."""
    module_name, _, name = target.partition(":")
    own = getattr(builtins, target, None)
    if inspect.isclass(own) and issubclass(own, BaseException):
        return own
    try:
        found: Any = import_module(module_name)
    except ImportError as missing:
        dotted = re.sub(r"\.py$", "", module_name).strip("./").replace("/", ".")
        fix = "name it as package.module:Client" + (
            f", as {dotted}:{name or 'Client'}" if dotted != module_name else ""
        )
        raise UsageError(f"{module_name} cannot be imported: {missing}", where=target, fix=fix) from missing
    except (Exception, SystemExit) as failed:
        line = f"{failed.filename}:{failed.lineno}" if isinstance(failed, SyntaxError) else ""
        raise UsageError(
            f"{module_name} cannot be imported: {type(failed).__name__}: {failed}",
            where=line or _raised_in(failed) or target,
            fix="mend it, or say what it needs: what it reads when it is imported must be there",
        ) from failed
    for part in name.split(".") if name else ():
        if not hasattr(found, part):
            public = ", ".join(one for one in dir(found) if inspect.isclass(getattr(found, one)) and one[0] != "_")
            raise UsageError(f"{module_name} has no {part}", where=target, fix=f"its classes are {public or 'none'}")
        found = getattr(found, part)
    return found


def _raised_in(error: BaseException) -> str:
    """Return the innermost line of a file that is neither the interpreter's nor ours."""
    frames = [one for one in extract_tb(error.__traceback__) if not one.filename.startswith("<frozen")]
    return f"{frames[-1].filename}:{frames[-1].lineno}  {frames[-1].line}" if len(frames) > 1 else ""


def maker(client: Any, api: Api) -> Callable[[], Any]:
    """Return a function that builds the client; raise UsageError when it cannot be told how."""
    if isinstance(client, types.ModuleType):
        return lambda: client
    if inspect.isclass(client):
        given = arguments(client, api)
        return lambda: client(**given)
    if callable(client):
        return lambda: _given(client(api), client)
    return lambda: _given(client, client)


def _given(client: Any, source: Any) -> Any:
    """Return a client, or raise UsageError for what cannot be one."""
    if type(client).__module__ == "builtins" and not isinstance(client, types.ModuleType):
        raise UsageError(
            f"{getattr(source, '__qualname__', 'the client')} is a {type(client).__name__}, and no client",
            fix="name a class, a factory that takes api and returns a client, or a module",
        )
    return client


def arguments(client: type, api: Api) -> dict[str, Any]:
    """Return the arguments that build a class, told by the names of its parameters; raise UsageError."""
    try:
        parameters = inspect.signature(client).parameters.values()
    except (TypeError, ValueError):
        return {}
    given: dict[str, Any] = {}
    for one in parameters:
        if one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
            continue
        name = plain(one.name)
        required = one.default is one.empty
        textual = required or one.default is None or isinstance(one.default, str)
        if name in _URLS and textual:
            given[one.name] = api.url
        elif _CREDENTIALS.fullmatch(name) and textual and _is_text(one.annotation):
            given[one.name] = api.credential
        elif required:
            raise UsageError(
                f"{client.__name__} needs {one.name}, and it cannot be told what that is",
                where=f"{client.__module__}:{client.__qualname__}",
                fix=f"give a factory instead: lambda api: {client.__name__}(api.url, ...)",
            )
    return given


def _is_text(annotation: Any) -> bool:
    return annotation is inspect.Parameter.empty or "str" in str(annotation) or "Any" in str(annotation)


def errors_beside(client: Any) -> tuple[type[BaseException], ...]:
    """Return the errors that are defined in the module of a client: what it raises when nobody says otherwise."""
    module = inspect.getmodule(client)
    home = getattr(module, "__name__", "").partition(".")[0]
    return tuple(
        one
        for one in vars(module or object).values()
        if inspect.isclass(one) and issubclass(one, Exception) and one.__module__.partition(".")[0] == home
    )
