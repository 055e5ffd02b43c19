"""Stubs for `responses` that come from the contract, so that they cannot drift from it."""

from __future__ import annotations

import os
from typing import Any

from mockserver.api.mock_api import MockApi
from mockserver.exchange import Request, Response, whole
from mockserver.jobs.service import Answer


def responses_for(*services: str | os.PathLike[str], mock: Any = None, **options: Any) -> MockApi:
    """Let `responses` answer like the APIs of services (all, for none): at their URL and their contract's servers.

        @responses.activate
        def test_delivered():
            shipping = responses_for("shipping")
            shipping.answer("getShipment", {"state": "delivered"})
            assert ShippingClient().is_delivered("42")
            assert shipping.violations == ()

    With `cassettes` (a folder or a file) what was recorded answers first, and what the contract lets one imagine after.
    Stubs of your own that are registered before go first. `mock` is a `RequestsMock`; without one, the default of
    `responses` is meant. `options` are those of `MockApi`, which is returned: it changes answers, and knows what was
    asked and what was wrong with it.
    """
    from mockserver.edges.responses_stubs import stub  # noqa: PLC0415 - loads an extra

    api = MockApi(*services, **options)

    def ask(url: str, request: Request) -> Response | str:
        received = api.receive(url, request)
        if not isinstance(received, Answer):
            return "refused"
        return received.fault or whole(received.response)

    stub(mock, api.addresses, ask)
    return api
