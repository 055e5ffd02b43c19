"""Where the corpus stands: real contracts that do not belong to this project."""

import os
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def corpus_folder() -> Path | None:
    for place in (os.environ.get("CORPUS_FOLDER", ""), ROOT.parent / "shared" / "corpus"):
        if place and Path(place).is_dir():
            return Path(place)
    return None
