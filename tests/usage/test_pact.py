"""The Pact file is read by Pact itself: its verifier replays it against a provider."""

import json
import sys
from pathlib import Path

import pytest
from werkzeug import Response

from mockserver import ClientSuite, MockServer
from mockserver.api.clients.usage import usage_of
from mockserver.jobs.pact import pact

MUTANTS = Path(__file__).parents[2] / "benchmarks" / "mutants"
sys.path.insert(0, str(MUTANTS))

import bindings  # noqa: E402
import mutants  # noqa: E402

verifier = pytest.importorskip("pact", reason="pact-python is not installed")
pytestmark = [  # its own server of states leaves a socket to the collector
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def examples():
    """Return exchanges that three methods of a client have."""
    others = ["change_*", "cancel_*", "events", "label", "upload_*", "track", "rates", "*_key", "delete_*", "all_*"]
    client = bindings.shipping(mutants.loaded(mutants.original("shipping"))).client_class
    suite = ClientSuite("shipping", client, ignore=[*others, "create_shipment"])
    suite.calls("getShipment")(lambda client, id: client.shipment(id))  # noqa: A006 - the contract's word
    return usage_of(suite)[1]


@pytest.fixture(scope="module")
def page(examples):
    """Return the file."""
    made, left = pact("shop.shipping:ShippingClient", "shipping", examples)
    assert left == ()
    return made


def verify(page, examples, folder, *, without=""):
    """Let Pact verify a provider that answers whole answers, or such without one field."""
    file = folder / "pact.json"
    file.write_text(json.dumps(page))
    now = {}
    mock = MockServer("shipping")

    @mock.app.after_request
    def as_the_state_says(answered: Response):
        example = now.get("example")
        if example is not None and not answered.direct_passthrough:
            answered.status_code = example.status
            answered.headers.extend(example.answer.headers)
            value = example.answer.value
            kept = {name: part for name, part in value.items() if name != without} if isinstance(value, dict) else value
            answered.set_data(json.dumps(kept) if example.media else b"")
            answered.headers["Content-Type"] = example.media
        return answered

    known = {told["description"]: one for one, told in zip(examples, page["interactions"], strict=True)}

    def set_up(state, parameters):
        del parameters
        now["example"] = known[state]

    with mock as server:
        work = verifier.Verifier("shipping", host="127.0.0.1").add_transport(url=server.url).add_source(str(file))
        work.state_handler(set_up, teardown=False).verify()


def test_pact_finds_that_a_provider_gives_what_the_client_needs(page, examples, tmp_path):
    assert {one["request"]["method"] for one in page["interactions"]} == {"POST", "GET"}
    verify(page, examples, tmp_path)


@pytest.mark.parametrize("field", ["state", "detail"])
def test_pact_finds_a_provider_that_no_longer_gives_what_the_client_needs(page, examples, tmp_path, field):
    with pytest.raises(RuntimeError):
        verify(page, examples, tmp_path, without=field)


def test_pact_minds_no_field_that_the_client_does_not_look_at(page, examples, tmp_path):
    verify(page, examples, tmp_path, without="customs")


def test_what_the_client_does_not_look_at_is_not_in_the_file(page):
    named = "getShipment is answered 200 application/json, with everything"
    (shipment,) = [one for one in page["interactions"] if one["description"] == named]
    assert "state" in shipment["response"]["body"]
    assert "customs" not in shipment["response"]["body"]
    assert "$.parcels[*].weight" in shipment["response"]["matchingRules"]["body"]
    assert page["metadata"] == {"pactSpecification": {"version": "3.0.0"}}
    assert page["consumer"] == {"name": "shop.shipping-ShippingClient"}
