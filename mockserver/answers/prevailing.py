"""The error of a contract as a whole: what it answers where an operation documents nothing of the kind.

The error that most operations document for a status, or else the one that stands for most statuses; none where the
contract has no errors. Reads what is written and compiles nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mockserver.contract.model import MediaType, ResponseSpec
from mockserver.contract.plan import Plans
from mockserver.errors import UnreadableDocument
from mockserver.values import Struct
from mockserver.wire.json import dumps
from mockserver.wire.media_type import is_json

_ASKED = 200
"""So many operations, spread over the contract, tell what is usual in it."""


class Usual(Struct, frozen=True):
    """An error that operations document."""

    documented: ResponseSpec
    media: MediaType


class Prevailing:
    """The errors of one contract, counted when they are first asked for."""

    def __init__(self, plans: Plans) -> None:
        self._plans = plans
        self._usual: dict[str, Usual] | None = None

    def of(self, status: int) -> Usual | None:
        """Return the usual error for a status: that of the code, of its range, of any."""
        if self._usual is None:
            self._usual = self._counted()
        named = (str(status), f"{status // 100}XX", "")
        return next((self._usual[name] for name in named if name in self._usual), None)

    def _counted(self) -> dict[str, Usual]:
        votes: Counter[tuple[str, bytes]] = Counter()
        first: dict[tuple[str, bytes], Usual] = {}
        statuses: dict[bytes, set[str]] = {}
        for usual in self._documented():
            made, status = _make(usual), usual.documented.status
            statuses.setdefault(made, set()).add(status)
            votes[status, made] += 1
            first.setdefault((status, made), usual)
            first.setdefault(("", made), usual)
        votes.update({("", made): len(named) for made, named in statuses.items()})
        best: dict[str, Usual] = {}
        for status, made in sorted(votes, key=lambda key: -votes[key]):  # stable: of equals the first in the contract
            best.setdefault(status, first[status, made])
        return best

    def _documented(self) -> Iterator[Usual]:
        operations = self._plans.contract.operations
        for operation in operations[:: 1 + len(operations) // _ASKED]:
            try:
                responses = self._plans.responses(operation)
            except UnreadableDocument:
                continue  # it answers 501 and tells why when it is asked itself
            for response in responses:
                if response.status[0] in "45d":  # 4XX, 5XX, default
                    media = next((one for one in response.content if is_json(one.name) and one.schema), None)
                    if media is not None:
                        yield Usual(response, media)


def _make(usual: Usual) -> bytes:
    """Return what two errors of the same make share."""
    schema = usual.media.schema
    return dumps([usual.media.name, schema.tree if schema is not None else None])
