"""schemathesis: draws request bodies of a document, and drives servers with requests of a contract.

Always with a configuration of our own (it would find a user's `schemathesis.toml` otherwise), a seed, and no database.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.config import SchemathesisConfig

from mockserver.values import JSON

_CONFIGURATION = """
seed = {seed}
[generation]
max-examples = {most}
mode = "positive"
deterministic = true
database = "none"
allow-x00 = false
[cache]
enabled = false
"""


def configuration(random_seed: int, most: int, more: str = "") -> SchemathesisConfig:
    """Return an explicit configuration: nothing is discovered, nothing is kept."""
    return SchemathesisConfig.from_str(_CONFIGURATION.format(seed=random_seed, most=most) + more)


class Explorer:
    """Draws bodies of the operations of one document."""

    def __init__(self, document: JSON, random_seed: int, most: int) -> None:
        self._seed = random_seed
        self._most = most
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it thinks of the document is not asked
            self._schema: Any = schemathesis.openapi.from_dict(document, config=configuration(random_seed, most))

    def bodies(self, path: str, budget_s: float | None) -> Iterator[JSON]:
        """Yield bodies of `POST path`, until there are enough or the time is over."""
        found: list[JSON] = []
        ends = time.perf_counter() + budget_s if budget_s is not None else None
        operation = self._schema[path]["POST"]

        @seed(self._seed)
        @settings(
            max_examples=self._most,
            deadline=None,
            database=None,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(operation.as_strategy())
        def draw(case: Any) -> None:
            if ends is not None and time.perf_counter() > ends:
                return
            found.append(case.body)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # hypothesis warns of seeds that stand beside a configuration
            draw()
        yield from found
