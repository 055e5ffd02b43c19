"""How many of the frozen faults the suite finds, how soon, and what it says of the correct clients.

python benchmarks/mutants/run.py [shipping|payments] [--all]      run from the root of the repository
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import bindings
import mutants

from mockserver.api.clients.result import Result
from mockserver.errors import MockserverError


def found(mutant: mutants.Mutant, *, everything: bool = False) -> tuple[str, Result, float]:
    """Return the first finding on a mutant (empty: none), what came of it, and the CPU seconds it took."""
    begun = time.process_time()
    whole = Result()
    try:
        suite = bindings.SUITES[mutant.client](mutants.loaded(mutant))
        for binding in suite.bindings:
            result = suite.check([binding])
            whole.join(result)
            if result.shown and not everything:
                break
    except MockserverError as error:
        return f"error: {error.what}", whole, time.process_time() - begun
    first = next(iter(whole.shown.values()), None)
    told = f"{first.violation.rule}: {first.violation.message}" if first is not None else ""
    return told, whole, time.process_time() - begun


def main() -> None:
    """Print a table."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    survivors: list[str] = []
    times: list[float] = []
    total = 0
    for client in words or list(bindings.SUITES):
        told, result, spent = found(mutants.original(client), everything=True)
        print(f"{client}: correct client: {result.cases} calls, {len(result.shown)} findings, {spent:.1f} CPU-s {told}")
        for mutant in mutants.mutants(client):
            total += 1
            told, _, spent = found(mutant)
            times.append(spent)
            if not told:
                survivors.append(f"{client}/{mutant.name}: {mutant.why}")
            if "--all" in sys.argv or not told:
                print(f"  {mutant.name:<32} {spent:5.2f} s  {told[:140] or 'SURVIVED'}", flush=True)
    killed = total - len(survivors)
    median = statistics.median(times)
    print(f"killed {killed} of {total}: {100 * killed / total:.1f} %; median to first kill {median:.2f} CPU-s")
    print("\n".join(("survivors:", *survivors)))


if __name__ == "__main__":
    main()
