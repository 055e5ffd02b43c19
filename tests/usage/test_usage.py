"""What counts as a fact: what a client returns, raises or asks for next changes with it."""

import itertools
from pathlib import Path

import pytest
import requests

from mockserver import ClientSuite
from mockserver.api.clients.usage import usage_of
from mockserver.errors import UnreadableDocument
from mockserver.jobs.usage_facts import read, written

ORDERS = Path(__file__).parent / "orders.yaml"


class Orders:
    """A client; its subclasses say what they do with an answer."""

    def __init__(self, base_url):
        self.url = base_url

    def _get(self, path, **more):
        return requests.get(f"{self.url}{path}", timeout=5, **more)


def usage(client, *operations, pages=False):
    """Return the facts of the method `call` of a client, bound to operations."""
    suite = ClientSuite(ORDERS, client)
    arguments = {"pages": pages} if pages else {}
    if operations[0] == "listOrders":
        suite.calls(*operations, **arguments)(lambda one, cursor=None: one.call(cursor))
    else:
        suite.calls(*operations, **arguments)(lambda one, id: one.call(id))  # noqa: A006 - the contract's word
    return usage_of(suite)[0]


def used(client, *operations, answer="200 application/json", **more):
    """Return how each place of the answer to the first operation is used."""
    reads = usage(client, *operations, **more).operations[operations[0]].reads
    return {place: use.use for place, use in reads.get(answer, {}).items()}


def test_a_field_counts_that_the_client_returns():
    class Client(Orders):
        def call(self, order_id):
            return self._get(f"/orders/{order_id}").json()["state"]

    assert used(Client, "getOrder") == {"/state": "read"}


def test_a_client_that_returns_the_whole_answer_only_passes_it_on():
    class Client(Orders):
        def call(self, order_id):
            return self._get(f"/orders/{order_id}").json()

    found = used(Client, "getOrder")
    assert set(found.values()) == {"passed"}
    assert {"/id", "/owner", "/owner/name", "/lines", "/lines/*/sku", "/labels", "/labels/*"} <= set(found)


def test_what_is_looked_at_in_an_answer_that_is_passed_on_is_read():
    class Client(Orders):
        def call(self, order_id):
            order = self._get(f"/orders/{order_id}").json()
            return {"order": order, "count": len(order.get("lines", []))}

    found = used(Client, "getOrder")
    assert [place for place, use in found.items() if use == "read"] == ["/lines"]


def test_an_object_that_wraps_the_answer_reads_what_its_properties_read():
    class Order:
        def __init__(self, body):
            self._body = body

        @property
        def owner_name(self):
            owner = self._body.get("owner")
            return owner["name"] if owner else None

    class Client(Orders):
        def call(self, order_id):
            return Order(self._get(f"/orders/{order_id}").json())

    found = used(Client, "getOrder")
    assert {place for place, use in found.items() if use == "read"} == {"/owner", "/owner/name"}


def test_a_field_counts_that_is_read_in_one_state_only():
    class Client(Orders):
        def call(self, order_id):
            order = self._get(f"/orders/{order_id}").json()
            return order.get("reason") if order["state"] == "lost" else "well"

    assert used(Client, "getOrder") == {"/state": "read", "/reason": "read"}


def test_a_field_counts_that_stands_in_for_another():
    class Client(Orders):
        def call(self, order_id):
            order = self._get(f"/orders/{order_id}").json()
            return order.get("carrier") or order["id"]

    assert used(Client, "getOrder") == {"/carrier": "read", "/id": "read"}


def test_a_field_counts_that_is_only_compared_with_null():
    class Client(Orders):
        def call(self, order_id):
            return self._get(f"/orders/{order_id}").json().get("owner") is None

    assert used(Client, "getOrder") == {"/owner": "read"}


def test_of_lists_the_fields_of_items_count():
    class Client(Orders):
        def call(self, _cursor):
            return [[line["sku"] for line in order.get("lines", [])] for order in self._get("/orders").json()["items"]]

    assert used(Client, "listOrders") == {"/items": "read", "/items/*/lines": "read", "/items/*/lines/*/sku": "read"}


def test_a_cursor_counts_because_the_next_request_shows_it():
    class Client(Orders):
        def call(self, cursor=None):
            count = 0
            while True:
                page = self._get("/orders", params={"cursor": cursor} if cursor else {}).json()
                count += len(page["items"])
                cursor = page["nextCursor"]
                if cursor is None:
                    return count

    found = usage(Client, "listOrders", pages=True).operations["listOrders"]
    assert set(found.reads["200 application/json"]) == {"/items", "/nextCursor"}
    assert set(found.sends) == {"query.cursor"}


def test_an_id_counts_that_the_next_request_carries():
    class Client(Orders):
        def call(self, order_id):
            requests.delete(f"{self.url}/orders/{self._get(f'/orders/{order_id}').json()['id']}", timeout=5)

    found = usage(Client, "getOrder", "deleteOrder")
    assert found.operations["getOrder"].reads["200 application/json"].keys() == {"/id"}
    assert found.operations["deleteOrder"].sends.keys() == {"path.id"}


def test_a_header_counts_and_so_does_what_an_error_says():
    class OrderError(Exception):
        pass

    class Client(Orders):
        def call(self, order_id):
            answer = self._get(f"/orders/{order_id}")
            if answer.status_code == 404:
                raise OrderError(answer.json()["text"])
            return answer.headers.get("ETag")

    assert used(Client, "getOrder") == {"header.ETag": "read"}
    assert used(Client, "getOrder", answer="404 application/json") == {"/text": "read"}


def test_what_differs_from_call_to_call_is_no_fact():
    numbers = itertools.count()

    class Client(Orders):
        def call(self, order_id):
            return {"call": next(numbers), "id": self._get(f"/orders/{order_id}").json()["id"]}

    assert used(Client, "getOrder") == {"/id": "read"}


def test_a_client_that_looks_at_nothing_uses_nothing_but_calls():
    class Client(Orders):
        def call(self, order_id):
            self._get(f"/orders/{order_id}")

    found = usage(Client, "getOrder").operations["getOrder"]
    assert found.reads == {}
    assert found.sends.keys() == {"path.id"}


def test_each_fact_holds_the_run_that_proves_it():
    class Client(Orders):
        def call(self, order_id):
            return self._get(f"/orders/{order_id}").json()["state"]

    proof = usage(Client, "getOrder").operations["getOrder"].reads["200 application/json"]["/state"].proof
    assert (proof.by, proof.case, proof.change) == ("getOrder", "with everything", "changed")
    assert (proof.before, proof.after) == ("open", "opeo")
    assert proof.noticed == "/returned: 'open' became 'opeo'"


def test_a_file_is_the_same_after_another_run_and_one_fact_a_line():
    class Client(Orders):
        def call(self, order_id):
            return self._get(f"/orders/{order_id}").json()["state"]

    first = written(usage(Client, "getOrder"))
    assert written(usage(Client, "getOrder")) == first
    assert sum('"use": "read"' in line for line in first.splitlines()) == 1
    assert read(first.encode(), "usage.json").uses("getOrder", "200 application/json", "/state") == "read"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "this is no file of usage facts"),
        ('{"service":"a","client":"b","operations":{},"version":9}', "version 9"),
    ],
)
def test_a_file_that_is_none_is_told(text, told):
    with pytest.raises(UnreadableDocument, match=told) as raised:
        read(text.encode(), "usage/orders.json")
    assert raised.value.where == "usage/orders.json"
    assert "mockserver usage" in raised.value.fix
