"""The corpus: real contracts that do not belong to this project. Without it these tests are skipped, loudly."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def corpus_folder() -> Path | None:
    for place in (os.environ.get("MOCKSERVER_CORPUS", ""), ROOT.parent / "shared" / "corpus"):
        if place and Path(place).is_dir():
            return Path(place)
    return None


@pytest.fixture(scope="session")
def corpus() -> Path:
    folder = corpus_folder()
    if folder is None:
        pytest.skip("THE CORPUS IS NOT HERE: set MOCKSERVER_CORPUS to its folder")
    return folder
