from mockserver.errors import UnreadableDocument, UsageError
from mockserver.exchange import Request, header
from mockserver.messages import BY_ID, RULES
from mockserver.values import replace
from mockserver.violation import Violation, errors_in

FOUND = Violation(
    rule="request-required",
    side="consumer",
    level="error",
    operation="createShipment",
    document="contracts/shipping.yaml",
    pointer="/components/schemas/Parcel/required",
    at="body#/parcels/0/weight",
    message="parcels[0].weight is missing",
    fix="send parcels[0].weight",
)


def test_a_fingerprint_does_not_know_which_item_it_was() -> None:
    assert replace(FOUND, at="body#/parcels/7/weight").fingerprint == FOUND.fingerprint


def test_a_fingerprint_does_not_know_where_the_contract_stands() -> None:
    assert replace(FOUND, document="elsewhere.yaml", pointer="/x").fingerprint == FOUND.fingerprint


def test_a_fingerprint_tells_fields_rules_and_operations_apart() -> None:
    others = [
        replace(FOUND, at="body#/parcels/0/height"),
        replace(FOUND, rule="request-type"),
        replace(FOUND, operation="updateShipment"),
    ]
    assert len({FOUND.fingerprint, *(other.fingerprint for other in others)}) == 4


def test_only_errors_fail() -> None:
    assert errors_in((FOUND, replace(FOUND, level="info"))) == (FOUND,)


def test_repeated_header_lines_are_one_value() -> None:
    assert header((("X-A", "1"), ("x-a", "2"), ("B", "3")), "X-a") == "1, 2"
    assert header((), "X-A") is None


def test_a_target_has_a_path_and_a_query() -> None:
    request = Request("GET", "/a%2Fb?x=1?2")
    assert (request.path, request.query) == ("/a%2Fb", "x=1?2")


def test_an_error_says_what_where_and_fix() -> None:
    error = UnreadableDocument("it is no YAML", where="a.yaml:3:1", fix="close the bracket")
    assert str(error) == "it is no YAML\n  at   a.yaml:3:1\n  fix  close the bracket"
    assert UsageError("wrong").exit_code == 2


def test_rules_are_unique_and_complete() -> None:
    assert len(BY_ID) == len(RULES)
    assert all(rule.title and rule.why and rule.source for rule in RULES)
