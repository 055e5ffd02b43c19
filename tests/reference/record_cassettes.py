"""Record our own cassettes against the reference implementations: `python tests/reference/record_cassettes.py`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "differential")]

from live_api import KEY  # noqa: E402 - the path comes first
from payments_live import SECRET  # noqa: E402 - the path comes first
from recorded_flows import FLOWS, LEARNT  # noqa: E402 - the path comes first
from running import running  # noqa: E402 - the path comes first

from mockserver.api.cassette import Contracts, use_cassette  # noqa: E402 - the path comes first

KEYS = {"shipping": KEY, "payments": SECRET}


def main() -> None:
    """Run every flow against a live API of its own, and write down what was said."""
    os.chdir(ROOT)
    for name, flow in FLOWS.items():
        service = name.partition("/")[0]
        with running(service) as (url, _):
            os.environ[f"{service.upper()}_SERVICE"] = url
            with use_cassette(Path(f"cassettes/{name}.yaml"), "rewrite", Contracts(secret=["key"])) as use:
                learnt = flow(url, KEYS[service])
        assert learnt == LEARNT[name], learnt
        broken = [one for _, judged in use.judged() for one in judged.violations if one.level == "error"]
        assert not broken, broken
        sys.stdout.write(f"recorded {name}\n")


if __name__ == "__main__":
    main()
