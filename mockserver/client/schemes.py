"""Where a credential goes, by the security schemes of a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin

from mockserver.client.auth import ApiKey, Basic, Bearer, Secret
from mockserver.client.urls import origin_of
from mockserver.contract.load import load
from mockserver.contract.plan import Plans
from mockserver.edges import files
from mockserver.errors import UsageError
from mockserver.schema.compile import Validators

if TYPE_CHECKING:
    from typing import Literal

    from mockserver.client.ports import Auth
    from mockserver.contract.model import Contract, SecurityScheme


def loaded(name: str, place: str) -> Contract:
    """Return the contract at a path or an address."""
    from mockserver.edges.by_requests.fetching import fetch  # noqa: PLC0415 - most contracts are files

    return load(name, files.collect(name, place, fetch=fetch).documents)


def placed(name: str, secret: Secret, contract: Contract, where: str) -> Auth:
    """Return the credential where the scheme of that name puts it: the only one for no name, a header for no scheme."""
    schemes = {
        key: scheme
        for key, scheme in Plans(contract, Validators()).security_schemes().items()
        if scheme.kind != "mutualTLS"
    }
    if name:
        return _placed(schemes[name], secret) if name in schemes else ApiKey(name, secret)
    if len(schemes) != 1:
        raise UsageError(
            f"auth of {contract.name} is one credential, and its contract has {', '.join(schemes) or 'no schemes'}",
            where=where,
            fix='name the scheme: auth = { name = "$SHIPPING_KEY" }',
        )
    return _placed(next(iter(schemes.values())), secret)


def token_url(contract: Contract | None, base_url: str, where: str) -> str:
    """Return where the contract's only flow of client credentials gives tokens (OAS 3.1 §4.8.29)."""
    schemes = Plans(contract, Validators()).security_schemes().values() if contract is not None else ()
    # OAS 2.0 calls the flow "application", and has it in the scheme itself
    trees = [each.node.tree for each in schemes]
    flows = [tree if tree.get("flow") == "application" else _flow(tree) for tree in trees]
    found = {url for flow in flows if isinstance(url := flow.get("tokenUrl"), str)}
    if len(found) != 1:
        said = "several token URLs for" if found else "no token URL for"
        name = contract.name if contract is not None else "the service"
        raise UsageError(f"the contract of {name} has {said} client credentials", where=where, fix="write token_url")
    url = urljoin(f"{base_url}/", found.pop())
    if not url.startswith("https://") and origin_of(url) != origin_of(base_url):
        raise UsageError("the contract's token URL is not https", where=where, fix="write token_url, if you mean it")
    return url


def _flow(tree: Any) -> Any:
    flows = tree.get("flows")
    flow = flows.get("clientCredentials") if isinstance(flows, dict) else None
    return flow if isinstance(flow, dict) else {}


def _placed(scheme: SecurityScheme, secret: Secret) -> Auth:
    match scheme.kind:
        case "apiKey":
            return ApiKey(scheme.parameter, secret, place=cast("Literal['header', 'query', 'cookie']", scheme.location))
        case "http" if scheme.scheme == "basic":
            return Basic(secret)
        case "http" if scheme.scheme != "bearer":
            return Bearer(secret, scheme=scheme.scheme.title())
        case _:
            return Bearer(secret)
