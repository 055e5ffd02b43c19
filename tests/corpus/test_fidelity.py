"""What schemathesis finds in our mocks: a short run with a fixed seed. `make fidelity` runs everything."""

from pathlib import Path

import pytest
from corpus_place import corpus_folder
from fidelity import ROOT, score

CORPUS = corpus_folder()
SAMPLE = (
    [CORPUS / "fidelity" / "petstore-expanded.yaml", CORPUS / "fidelity" / "train-travel.yaml"] if CORPUS else []
) + [ROOT / "contracts" / "shipping.yaml"]


@pytest.mark.parametrize("contract", SAMPLE, ids=lambda path: path.stem)
def test_schemathesis_finds_nothing(contract: Path, corpus: Path) -> None:
    found = score(corpus.parent / "tools" / "fidelity.py", contract, 3, stateful=False)
    assert "error" not in found, found
    assert (found["checks"], found["untested"], found["errors"]) == ({}, [], 0)
