"""Another judge of a contract, for jobs that have the time, where one is installed."""

from __future__ import annotations

from importlib.util import find_spec

from mockserver.contract.model import Contract
from mockserver.jobs.ports import SecondOpinion


def second_opinion(contract: Contract) -> SecondOpinion | None:
    """Return openapi-core as judge of a contract; None without the extra `test`."""
    if find_spec("openapi_core") is None:
        return None
    from mockserver.edges.second_opinion import OpenAPICore  # noqa: PLC0415 - only what was found is asked again

    return OpenAPICore(contract.root.tree)
