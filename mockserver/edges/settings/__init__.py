"""`[tool.mockserver]` of pyproject.toml, or mockserver.toml, and the environment.

What is wrong there is told with file and line, and with the nearest right word. `model` is the one user of
pydantic-settings; without a file, and without a `MOCKSERVER_` variable, it is not even loaded: a production client
pays for a configuration when it has one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mockserver.errors import UsageError
from mockserver.jobs.configuration import Configuration, ServiceSettings, checked_address

if TYPE_CHECKING:
    from pydantic import SecretStr

_TABLE: Final = re.compile(r"^\s*\[\[?\s*tool\s*\.\s*(?:mockserver|\"mockserver\")\s*[.\]]", re.MULTILINE)
_NAME: Final = re.compile(r"\$(?:\$|([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})")
_Path = tuple[str, ...]


def read(start: Path | None = None) -> Configuration:
    """Return the configuration that holds in a folder (the working directory): the nearest one, upwards.

    Raises UsageError for what cannot be read, is not known or makes no sense.
    """
    found = _find(Path(start or "."))
    extra = tuple(sorted((name, value) for name, value in os.environ.items() if name.startswith("MOCKSERVER_")))
    if found is None:
        return _configured("", "", (), extra) if extra else Configuration()
    file, prefix = found
    return _configured(_shown(file), file.read_text(encoding="utf-8"), prefix, extra)


def place() -> tuple[Path, _Path] | None:
    """Return the file that holds the configuration, and the table in it where it begins; None where there is none."""
    return _find(Path())


def address(service: ServiceSettings) -> str:
    """Return where the API of a service is: the environment's word, else the file's.

    Without either it raises UsageError: a guess would be a silent localhost.
    """
    for name in service.variables:
        if os.environ.get(name):
            return checked_address(os.environ[name], f"the variable {name}")
    named = " or ".join(service.variables)
    if service.require_env:
        raise UsageError(
            f"{service.name} needs its address from the environment, and {named} is not set",
            where=service.where,
            fix=f"set {service.variables[0]}, or leave require_env out",
        )
    if not service.url:
        raise UsageError(
            f"{service.name} has no address",
            where=service.where,
            fix=f'set {named}, or write url = "https://..." under [tool.mockserver.services.{service.name}]',
        )
    return service.url


def variables_of_services() -> Mapping[str, str]:
    """Return the variables of the environment that hold the address of a service, in the manner of `AUTH_SERVICE`."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.endswith("_SERVICE") and value.startswith(("http://", "https://"))
    }


def secret(template: str, where: str = "") -> SecretStr:
    """Return a text with its variables filled in; raise UsageError for one that is not set.

    `$NAME` and `${NAME}` are variables, `$$` is a dollar.
    """
    from pydantic import SecretStr  # noqa: PLC0415 - a client without credentials need not load it

    def filled(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name is None:
            return "$"
        if not os.environ.get(name):
            raise UsageError(f"the variable {name} is not set", where=where, fix=f"set {name}: it holds a credential")
        return os.environ[name]

    return SecretStr(_NAME.sub(filled, template))


def unfilled(text: str, names: Iterable[str]) -> str:
    """Return a text with variables in the place of what they hold, or nothing where it holds none of them."""
    out = text
    for name in names:
        value = os.environ.get(name, "")
        out = out.replace(value, f"${name}") if value else out
    return out if out != text else ""


def _find(start: Path) -> tuple[Path, _Path] | None:
    absolute = start.absolute()
    for folder in (absolute, *absolute.parents):
        own, project = folder / "mockserver.toml", folder / "pyproject.toml"
        in_project = project.is_file() and _TABLE.search(project.read_text(encoding="utf-8", errors="replace"))
        if own.is_file() and in_project:
            raise UsageError(
                "there are two configurations: mockserver.toml and [tool.mockserver] in pyproject.toml",
                where=_shown(folder),
                fix="keep one of them",
            )
        if own.is_file():
            return own, ()
        if in_project:
            return project, ("tool", "mockserver")
    return None


def _shown(path: Path) -> str:
    return Path(os.path.relpath(path)).as_posix()


@lru_cache(maxsize=8)
def _configured(file: str, text: str, prefix: _Path, extra: tuple[tuple[str, str], ...]) -> Configuration:
    """Read one text; `extra` is a part of the key only, as the library reads the environment itself."""
    from mockserver.edges.settings.model import configuration  # noqa: PLC0415 - it loads pydantic-settings

    del extra
    return configuration(file, text, prefix)
