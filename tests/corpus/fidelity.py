"""Score our mocks: what schemathesis finds in a mock that was started from the same contract.

    fidelity.py --tools DIR --corpus DIR [--max-examples N] [--only NAME]

Runs the scorer of `--tools` on the corpus's contracts and on our own, prints its table, and exits 1 when the headline
of any is not zero or an operation was not tested.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from mockserver import load_contract

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent


def score(scorer: Path, contract: Path, max_examples: int, *, stateful: bool) -> dict[str, Any]:
    """Return the scorer's numbers for one contract."""
    base = load_contract(contract).base_paths[0]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "score.json"
        failures = Path(os.environ.get("FIDELITY_FAILURES", folder)) / f"{contract.stem}.ndjson"
        command = [
            sys.executable, scorer, contract, "--url", f"http://127.0.0.1:{{port}}{base}", "--st", BIN / "st",
            "--server-cmd", f"{BIN / 'mockserver'} serve {{contract}} --port {{port}} --quiet",
            "--max-examples", str(max_examples), "--json", out, "--failures", failures,
            *([] if stateful else ["--no-stateful"]),
        ]  # fmt: skip
        ran = subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True)
        if not out.exists():
            return {"name": contract.stem, "error": (ran.stdout + ran.stderr)[-2000:]}
        return {**json.loads(out.read_text(encoding="utf-8")), "name": contract.stem}


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--max-examples", type=int, default=25)
    parser.add_argument("--only", default="")
    parser.add_argument("--no-stateful", action="store_true")
    asked = parser.parse_args()
    contracts = [*sorted((asked.corpus / "fidelity").glob("*.yaml")), *sorted((ROOT / "contracts").glob("*.yaml"))]
    failed = False
    for contract in contracts:
        if asked.only and asked.only not in contract.stem:
            continue
        result = score(asked.tools / "fidelity.py", contract, asked.max_examples, stateful=not asked.no_stateful)
        print(row(result), flush=True)
        failed = failed or "error" in result or bool(result["pairs"] or result["untested"] or result["errors"])
    return 1 if failed else 0


def row(result: dict[str, Any]) -> str:
    """Return a row of the table: headline, cases, failing checks, what was excused, what was not tested."""
    if "error" in result:
        return f"| {result['name']} | failed: {result['error']} |"
    return (
        f"| {result['name']} | {result['operations']} ops | {result['headline_pairs_per_100_ops']} net"
        f" ({result['raw_pairs_per_100_ops']} raw) | {result['cases']} cases | {result['checks']}"
        f" | excused {result['false_alarms']} | untested {result['untested']} | errors {result['errors']}"
        f" | stateful {result['stateful'].get('state_checks', {})} |"
    )


if __name__ == "__main__":
    sys.exit(main())
