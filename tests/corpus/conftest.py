"""Tests that need the corpus are skipped without it, loudly."""

from pathlib import Path

import pytest
from corpus_place import corpus_folder


@pytest.fixture(scope="session")
def corpus() -> Path:
    folder = corpus_folder()
    if folder is None:
        pytest.skip("THE CORPUS IS NOT HERE: set CORPUS_FOLDER to its folder")
    return folder
