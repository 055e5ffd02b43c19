"""Does our mock answer as documented? One valid request for each operation of real contracts, on a real socket.

Requests are drawn by schemathesis (positive data) and must also be valid to `judge.py`, which judges the answers and
shares nothing with the product. Run as a script for the whole corpus:

    conformance.py CORPUS [--only TEXT] [--per-document N] [--json FILE]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from judge import Judge
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from mockserver import MockServer
from mockserver.errors import MockserverError

CONFIG = "[generation]\ndeterministic = true\ndatabase = 'none'\n[cache]\nenabled = false\n"
QUIET = settings(
    max_examples=6, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@dataclass
class Score:
    """What came of one document."""

    document: str
    asked: int = 0
    conform: int = 0
    without_success: int = 0
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
    config = SchemathesisConfig.from_str(CONFIG)
    try:
        schema = schemathesis.openapi.from_path(str(path), config=config)
    except schemathesis.errors.LoaderError:  # a byte order mark, for one
        schema = schemathesis.openapi.from_dict(judge.root, config=config)
    operations = judge.operations()
    score.without_success = sum(not documents_success(operation) for _, _, operation, _ in operations)
    wanted = [one for one in operations if documents_success(one[2])]
    if per_document and len(wanted) > per_document:
        wanted = [wanted[index * len(wanted) // per_document] for index in range(per_document)]
    with mock as server, requests.Session() as session:
        for method, template, operation, base in wanted:
            _ask(score, schema, session, server.url, judge, (method, template, operation, base))
    return score


def _ask(score: Score, schema: Any, session: requests.Session, url: str, judge: Judge, asked: tuple[Any, ...]) -> None:
    method, template, operation, base = asked
    label = f"{method} {template}"
    try:
        drawn = _draw(schema[template][method], judge, operation, base)
    except Exception as error:  # schemathesis raises many kinds, all of which mean the same here
        score.undrawable.append(f"{label}: {type(error).__name__}: {str(error)[:120]}")
        return
    score.asked += 1
    try:
        answered = drawn.call(base_url=url, session=session, timeout=15)
    except requests.RequestException as error:
        score.failures.append({"operation": label, "why": f"no answer: {error}"})
        return
    why = "" if answered.status_code // 100 == 2 else f"status {answered.status_code}"
    media = answered.headers.get("content-type", [""])[0]
    if method != "HEAD":  # which has no body to judge (RFC 9110 §9.3.2)
        why = why or judge.judge(operation, base, answered.status_code, media, answered.content)
    elif answered.content:
        why = why or "a body after HEAD"
    if why:
        told = answered.headers.get("x-mockserver-violations", [""])[0]
        score.failures.append({"operation": label, "why": why, "told": told[:600]})
    else:
        score.conform += 1


class UnsoundDrawError(Exception):
    """Nothing was drawn that both judges find valid."""


def _draw(drawing: Any, judge: Judge, operation: dict[str, Any], base: Path) -> Any:
    """Return the first drawn request that the second judge finds valid, too."""
    found: list[Any] = []

    @seed(1)
    @QUIET
    @given(drawing.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def draw(case: Any) -> None:
        found.append(case)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        draw()
    complaint = ""
    for case in found:
        media_type = case.media_type or ""
        complaint = judge.request_complaint(operation, base, media_type, case.body) if media_type else ""
        if not complaint:
            return case
    raise UnsoundDrawError(complaint)


def roots(corpus: Path) -> list[Path]:
    """Return the root documents of the corpus."""
    rows = [line.split("\t") for line in (corpus / "INDEX.tsv").read_text(encoding="utf-8").splitlines()]
    header = {name: index for index, name in enumerate(rows[0])}
    return [corpus / row[header["path"]] for row in rows[1:] if row[header["path"]].startswith("dev/")]


def held_back(document: str) -> bool:
    """Tell whether a document belongs to the third that nothing was tuned on: by the hash of its path."""
    inside = "/".join(Path(document).parts[Path(document).parts.index("dev") :])
    return hashlib.sha256(inside.encode()).digest()[0] % 3 == 0


def main() -> int:
    """Print a line for each document, and the sum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--per-document", type=int, default=0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    scores = []
    for path in roots(arguments.corpus):
        if arguments.only in str(path):
            score = measure(path, per_document=arguments.per_document)
            scores.append(score)
            name = path.relative_to(arguments.corpus)
            sys.stdout.write(
                f"{name} {score.conform}/{score.asked} undrawable {len(score.undrawable)} {score.refused}\n"
            )
            sys.stdout.flush()
    asked, conform = sum(one.asked for one in scores), sum(one.conform for one in scores)
    held = [one for one in scores if held_back(one.document)]
    held_asked, held_conform = sum(one.asked for one in held), sum(one.conform for one in held)
    sys.stdout.write(f"held back: {held_conform}/{held_asked} = {100 * held_conform / max(held_asked, 1):.2f} %\n")
    reasons = Counter(failure["why"][:60] for score in scores for failure in score.failures)
    sys.stdout.write(f"{conform}/{asked} = {100 * conform / max(asked, 1):.2f} %  {reasons.most_common(20)}\n")
    if arguments.json:
        arguments.json.write_text(json.dumps([vars(score) for score in scores], indent=1), encoding="utf-8")
    return 0 if conform == asked else 1


if __name__ == "__main__":
    sys.exit(main())
