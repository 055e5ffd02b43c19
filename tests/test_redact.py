import base64

from hypothesis import given
from hypothesis import strategies as st

from mockserver.exchange import Exchange, NoResponse, Request, Response
from mockserver.redact import MASK, Secrets, redact_exchange, redact_json, redact_text, redact_violation
from mockserver.violation import Violation

KEY = "sk-live-51H8x&y"


def exchange(**request: object) -> Exchange:
    echoed = f'{{"you_sent": "{KEY}", "token": "t0ken-value"}}'.encode()
    return Exchange(Request(**{"method": "GET", "target": "/", **request}), Response(200, (("X-Echo", KEY),), echoed))


def test_a_value_sent_under_a_secret_name_is_gone_wherever_it_turns_up() -> None:
    for request in (
        {"headers": (("Authorization", f"Bearer {KEY}"),)},
        {"headers": (("X-Api-Key", KEY),)},
        {"headers": (("Cookie", f"a=b; session={KEY}"),)},
        {"target": "/?api_key=sk-live-51H8x%26y"},
        {"method": "POST", "target": "/", "body": b"card[cvc]=123&token=sk-live-51H8x%26y"},
        {"method": "POST", "target": "/", "body": f'{{"password": "{KEY}"}}'.encode()},
        {"headers": (("Authorization", "Basic " + base64.b64encode(f"me:{KEY}".encode()).decode()),)},
    ):
        clean = redact_exchange(exchange(**request), Secrets())
        assert KEY not in repr(clean)
        assert "51H8x%26y" not in repr(clean)
        assert base64.b64encode(KEY.encode()).decode() not in repr(clean)
        assert "t0ken-value" not in repr(clean)


def test_names_of_a_contract_are_secret_too() -> None:
    request = Request("GET", "/?pin=998877")
    clean = redact_exchange(Exchange(request, NoResponse("closed after 998877")), Secrets().named(["PIN"]))
    assert clean == Exchange(Request("GET", f"/?pin={MASK}"), NoResponse(f"closed after {MASK}"))


def test_what_is_no_secret_stays() -> None:
    request = Request("POST", "/pets?limit=3", (("Accept", "*/*"),), b'{"name": "Rex"}')
    kept = Exchange(request, Response(200, (("Content-Type", "application/json"),), b"[1, 2]"))
    assert redact_exchange(kept, Secrets()) == kept


def test_a_violation_shows_no_secret() -> None:
    found = Violation(
        "request-type", "consumer", "error", "login", "a.yaml", "/x", "body#/password",
        "password is 'hunter22'", "send a text", "hunter22",
    )  # fmt: skip
    clean = redact_violation(found, Secrets())
    assert (clean.witness, clean.message) == (MASK, f"password is '{MASK}'")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["token", "password", "a", "b"]), inner),
    max_leaves=10,
)


@given(json_values, st.sets(st.text(min_size=4, max_size=8), max_size=3))
def test_redacting_twice_is_redacting_once(value: object, values: set[str]) -> None:
    secrets = Secrets(values=frozenset(value for value in values if value not in MASK))
    once = redact_json(value, secrets)
    assert redact_json(once, secrets) == once


@given(st.text(), st.text(min_size=4))
def test_no_known_value_survives(text: str, secret: str) -> None:
    known = Secrets(values=frozenset({secret}))
    assert secret not in redact_text(f"{text}{secret}{text}", known) or secret in MASK + text
