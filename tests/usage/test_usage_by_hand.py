"""The tool finds what people read off the code of two clients: no fact more, none less."""

import sys
from pathlib import Path

import pytest

MUTANTS = Path(__file__).parents[2] / "benchmarks" / "mutants"
sys.path[:0] = [str(MUTANTS), str(Path(__file__).parent)]

import bindings  # noqa: E402
import mutants  # noqa: E402
import usage_by_hand  # noqa: E402

from mockserver.api.clients.usage import usage_of  # noqa: E402
from mockserver.jobs.usage_facts import read, written  # noqa: E402

BY_HAND = {"shipping": usage_by_hand.SHIPPING, "payments": usage_by_hand.PAYMENTS}


@pytest.mark.parametrize("client", BY_HAND)
def test_the_facts_of_a_client_are_those_that_people_found(client):
    suite = bindings.SUITES[client](mutants.loaded(mutants.original(client)))
    usage, _ = usage_of(suite)
    found = {
        name: {
            "sends": sorted(one.sends),
            "reads": {
                answer: sorted(f"passed:{place}" if use.use == "passed" else place for place, use in uses.items())
                for answer, uses in one.reads.items()
            },
        }
        for name, one in usage.operations.items()
    }
    expected = {
        name: {
            "sends": sorted(one["sends"]),
            "reads": {answer: sorted(places) for answer, places in one["reads"].items() if places},
        }
        for name, one in BY_HAND[client].items()
    }
    assert found == expected
    assert usage.unchecked == ()
    assert written(read(written(usage).encode(), "usage.json")) == written(usage)
