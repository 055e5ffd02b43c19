"""A sample of every real document's operations, asked for real; all of them with CORPUS_FULL=1."""

import os
from pathlib import Path

import pytest
from conformance import Score, measure, roots
from corpus_place import corpus_folder

CORPUS = corpus_folder()
EACH = 0 if os.environ.get("CORPUS_FULL") else 5
_NOWHERE = "its body's $ref leads nowhere"
_EMPTY = "its path parameter can only be the empty text, which no template matches (OAS 3.1 §4.8.9)"
_TEXT = "a number whose enum lists a text"
LEFT_OUT = {
    "PUT /places/{id}": _NOWHERE,
    "PUT /sessionTalks/{id}": _NOWHERE,
    "PUT /speakers/{id}": _NOWHERE,
    "PUT /sponsors/{id}": _NOWHERE,
    "GET /paths/string/empty/{stringPath}": _EMPTY,
    "GET /paths/byte/empty/{bytePath}": _EMPTY,
    "GET /paths/float/1.034E+20/{floatPath}": _TEXT,
    "GET /queries/float/1.034E+20": _TEXT,
    "POST /potentially-undefined-formData": "each alternative of its body's oneOf lies within another",
    "POST /automation_actions/actions/{id}/invocations": "each alternative of an answer's oneOf lies within another",
    "GET /automation_actions/invocations/{id}": "each alternative of an answer's oneOf lies within another",
}
"""Operations that no request or no answer can keep, each with its reason."""


@pytest.mark.parametrize("path", roots(CORPUS) if CORPUS else [], ids=lambda path: "/".join(path.parts[-2:]))
def test_answers_conform(path: Path) -> None:
    score: Score = measure(path, per_document=EACH)
    assert score.refused == ""
    assert [told for told in score.undrawable if told.partition(": ")[0] not in LEFT_OUT] == []
    assert score.failures == []
