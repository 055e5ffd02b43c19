"""Does our mock answer as documented? One valid request for each operation of real contracts, on a real socket.

Requests are drawn by `drawing.py` and valid to two judges; `judge.py` judges the answers and shares nothing with the
product. Operations that look the same on the wire (OAS 3.1 §4.8.8.2 forbids them) are told apart by the defaults of
their path parameters; where there is none, the answer may be any of theirs, and they are counted as `alike`.

    conformance.py CORPUS [--only TEXT] [--per-document N] [--json FILE]
    conformance.py CORPUS --sum FILE...     the sum of what earlier runs wrote
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from drawing import Asked, Drawer, Drawn, UndrawableError
from judge import Judge

from mockserver import MockServer
from mockserver.errors import MockserverError


@dataclass
class Score:
    """What came of one document."""

    document: str
    asked: int = 0
    conform: int = 0
    without_success: int = 0
    sampled: int = 0
    alike: int = 0
    undrawable: list[str] = field(default_factory=list)
    failures: list[dict[str, str]] = field(default_factory=list)
    refused: str = ""


def documents_success(operation: dict[str, Any]) -> bool:
    return any(str(status)[:1] == "2" or str(status) == "default" for status in operation.get("responses") or {})


def measure(path: Path, *, per_document: int = 0) -> Score:
    """Ask every operation of a document, or an even sample of them."""
    score = Score(str(path))
    try:
        mock = MockServer(path, security=False)
    except MockserverError as refused:
        score.refused = str(refused)
        return score
    judge = Judge(path.resolve())
    operations = [Asked(*one) for one in judge.operations()]
    score.without_success = sum(not documents_success(asked.operation) for asked in operations)
    wanted = [asked for asked in operations if documents_success(asked.operation)]
    if per_document and len(wanted) > per_document:
        wanted = [wanted[index * len(wanted) // per_document] for index in range(per_document)]
    same: dict[tuple[str, str], list[Asked]] = defaultdict(list)
    for asked in operations:
        same[asked.shape].append(asked)
    with mock as server, requests.Session() as session:
        drawer = Drawer(path, judge, server.url)
        for asked in wanted:
            rivals = [other for other in same[asked.shape] if other is not asked]
            _ask(score, drawer, session, judge, asked, rivals)
    return score


def _ask(
    score: Score, drawer: Drawer, session: requests.Session, judge: Judge, asked: Asked, rivals: list[Asked]
) -> None:
    try:
        drawn = drawer.draw(asked, rivals)
    except UndrawableError as error:
        score.undrawable.append(f"{asked.label}: {error}")
        return
    score.asked += 1
    score.sampled += drawn.by == "sampler"
    try:
        answered = session.send(drawn.request, timeout=120, allow_redirects=False)
    except requests.RequestException as error:
        score.failures.append({"operation": asked.label, "why": f"no answer: {error}"})
        return
    told = answered.headers.get("x-mockserver-violations", "")
    if answered.status_code == 501 and "(proved)" in told:
        score.asked -= 1
        score.undrawable.append(f"{asked.label}: contradictory: {told[:300]}")
        return
    why = _complaint(judge, asked, answered)
    if why and rivals and not drawer.told_apart(asked):
        score.alike += 1
        why = why if all(_complaint(judge, rival, answered) for rival in rivals) else ""
    if why:
        score.failures.append({"operation": asked.label, "why": why, "told": told[:600], "sent": _sent(drawn)})
    else:
        score.conform += 1


def _complaint(judge: Judge, asked: Asked, answered: requests.Response) -> str:
    if answered.status_code // 100 != 2:
        return f"status {answered.status_code}"
    if asked.method == "HEAD":  # which has no body to judge (RFC 9110 §9.3.2)
        return "a body after HEAD" if answered.content else ""
    media = answered.headers.get("content-type", "")
    return judge.judge(asked.operation, asked.base, answered.status_code, media, answered.content)


def _sent(drawn: Drawn) -> str:
    return f"{drawn.by}: {drawn.request.method} {drawn.request.url} {str(drawn.request.body)[:300]}"


def roots(corpus: Path) -> list[Path]:
    """Return the root documents of the corpus."""
    rows = [line.split("\t") for line in (corpus / "INDEX.tsv").read_text(encoding="utf-8").splitlines()]
    header = {name: index for index, name in enumerate(rows[0])}
    return [corpus / row[header["path"]] for row in rows[1:] if row[header["path"]].startswith("dev/")]


def held_back(document: str) -> bool:
    """Tell whether a document belongs to the third that nothing was tuned on: by the hash of its path."""
    inside = "/".join(Path(document).parts[Path(document).parts.index("dev") :])
    return hashlib.sha256(inside.encode()).digest()[0] % 3 == 0


def summed(scores: list[Score]) -> None:
    """Print the figures, and what is behind them: misses, and what was left out with its reason."""
    for score in scores:
        for failure in score.failures:
            sys.stdout.write(f"miss      {_name(score)} {failure['operation']}: {failure['why']}\n")
        for reason in score.undrawable:
            sys.stdout.write(f"left out  {_name(score)} {reason}\n")
        if score.refused:
            sys.stdout.write(f"refused   {_name(score)} {score.refused}\n")
    held = [score for score in scores if held_back(score.document)]
    for title, part in (("tuned on", [one for one in scores if one not in held]), ("held back", held), ("all", scores)):
        asked, conform = sum(one.asked for one in part), sum(one.conform for one in part)
        left_out = sum(len(one.undrawable) for one in part)
        sys.stdout.write(
            f"{title}: {conform}/{asked} = {100 * conform / max(asked, 1):.2f} %, "
            f"by our sampler {sum(one.sampled for one in part)}, alike on the wire {sum(one.alike for one in part)}, "
            f"left out {left_out} = {100 * left_out / max(asked + left_out, 1):.2f} %, "
            f"without a success {sum(one.without_success for one in part)}\n"
        )
    reasons = Counter(failure["why"][:60] for score in scores for failure in score.failures)
    sys.stdout.write(f"{reasons.most_common(20)}\n")


def _name(score: Score) -> str:
    return "/".join(Path(score.document).parts[-2:])


def main() -> int:
    """Print a line for each document, and the sum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--per-document", type=int, default=0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--sum", type=Path, nargs="+", default=[])
    arguments = parser.parse_args()
    scores = [Score(**one) for path in arguments.sum for one in json.loads(path.read_text(encoding="utf-8"))]
    for path in [] if scores else roots(arguments.corpus):
        if arguments.only in str(path):
            score = measure(path, per_document=arguments.per_document)
            scores.append(score)
            name = path.relative_to(arguments.corpus)
            sys.stdout.write(
                f"{name} {score.conform}/{score.asked} by our sampler {score.sampled}, "
                f"left out {len(score.undrawable)} {score.refused}\n"
            )
            sys.stdout.flush()
    summed(scores)
    if arguments.json:
        arguments.json.write_text(json.dumps([vars(score) for score in scores], indent=1), encoding="utf-8")
    return 1 if any(score.failures for score in scores) else 0


if __name__ == "__main__":
    sys.exit(main())
