"""A sample of every real document's operations, asked for real; all of them with CORPUS_FULL=1."""

import os
from pathlib import Path

import pytest
from conformance import Score, measure, roots
from corpus_place import corpus_folder

CORPUS = corpus_folder()
EACH = 0 if os.environ.get("CORPUS_FULL") else 5
# what schemathesis draws there is not what the contract asks for
LEFT_OUT = {
    "GET /_plugins/_ml/{node_id}/stats/{stat}": "a list is drawn as its Python spelling",
    "PATCH /discriminator-with-mapping": "drawn values fit both alternatives of a oneOf",
    "PATCH /discriminator-with-required-variant": "drawn values fit both alternatives of a oneOf",
    "PATCH /mapping-of-schema-names": "drawn values fit both alternatives of a oneOf",
    "PATCH /pets": "drawn values fit both alternatives of a oneOf",
}


@pytest.mark.parametrize("path", roots(CORPUS) if CORPUS else [], ids=lambda path: "/".join(path.parts[-2:]))
def test_answers_conform(path: Path) -> None:
    score: Score = measure(path, per_document=EACH)
    assert score.refused == ""
    wrong = [failure for failure in score.failures if failure["operation"] not in LEFT_OUT]
    allowed = score.asked // 50  # two in a hundred: requests that are drawn wrong
    assert len(wrong) <= allowed, wrong
