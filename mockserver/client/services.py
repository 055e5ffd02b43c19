"""Where a service is: `<NAME>_SERVICE` of the environment is its URL, `contracts/<name>.yaml` its contract."""

from __future__ import annotations

import os
import re
from pathlib import Path

from mockserver.client.ports import Connection
from mockserver.edges.files import find_contracts
from mockserver.errors import UnknownService


def connection(name: str) -> Connection:
    """Return what is known of a service; raises UnknownService where its URL is not."""
    variable = f"{re.sub(r'[^A-Za-z0-9]', '_', name).upper()}_SERVICE"
    url = os.environ.get(variable, "")
    if not url:
        raise UnknownService(f"nothing says where {name} is", fix=f"set {variable} to its URL")
    contract = find_contracts(Path("contracts")).get(name)
    return Connection(name, url, contract=str(contract) if contract is not None else None)
