"""What clients of other houses do rightly shows nothing, and each of their faults is named: pages, tokens, files."""

import sys
import types
from pathlib import Path

import pytest

from mockserver import ClientSuite

HERE = Path(__file__).parent
CLIENT = (HERE / "depot_client.py").read_text(encoding="utf-8")
FAULTS = {
    "pages overlap": ("offset + len(told", "offset - 1 + len(told", "client-calls"),
    "a number is cut under a name of the client's own": (
        """        return [Room(room["id"], room.get("warmth")""",
        """        return [Room(room["id"], int(room.get("warmth", 0))""",
        "response-misread",
    ),
    "another list is read, and none found": (
        """room.get("doors", [])) for""",
        """room.get("doorways", [])) for""",
        "response-misread",
    ),
    "one entry of a map is kept": (
        "        return stock\n",
        "        return dict(list(stock.items())[:1])\n",
        "response-misread",
    ),
    "a header is misspelt": ('"X-Reason": because', '"X-Because": because', "client-round-trip"),
    "the token is asked for by another verb": (
        'self.session.post(self.base_url + "/token"',
        'self.session.put(self.base_url + "/token"',
        "request-method",
    ),
    "the last page is not read": ('page >= told["meta"]', 'page + 1 >= told["meta"]', "client-calls"),
    "counting begins at nothing": ("page = 1\n", "page = 0\n", "request-range"),
    "a filter holds for the first page only": (
        '"colour": colour}).json()',
        '"colour": None if page > 1 else colour}).json()',
        "client-calls",
    ),
    "the address of the next page is not followed": (
        'url = answer.links.get("next", {}).get("url")',
        'url = ""',
        "client-calls",
    ),
    "a file is read as text": ('"/picture").content', '"/picture").text', "response-misread"),
    "the same name is sent twice": (
        '"colour": shade, "size": extent}',
        '"colour": shade, "tint": extent}',
        "client-round-trip",
    ),
    "nothing is told as a word": ('told.get("note") or ""', 'str(told.get("note"))', "response-misread"),
}


def rules_of(source: str) -> list[str]:
    module = types.ModuleType("depot")
    sys.modules["depot"] = module
    exec(compile(source, "depot.py", "exec"), module.__dict__)
    suite = ClientSuite(HERE / "depot.yaml", module.Depot, raises=module.DepotError)
    assert not suite.unbound
    return [shown.violation.rule for shown in suite.check().shown.values()]


def test_a_token_that_is_fetched_first_and_anew_is_no_call_too_many() -> None:
    assert not rules_of(CLIENT)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named(fault: str) -> None:
    old, new, rule = FAULTS[fault]
    assert CLIENT.count(old) == 1
    assert rule in rules_of(CLIENT.replace(old, new))
