"""Credentials: where they stand, where they come from, and where they never go; for every client."""

import asyncio
import base64
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from mockserver.client import APIClient, ApiKey, AsyncAPIClient, Basic, Bearer, OAuth2
from mockserver.client.auth import Together
from mockserver.client.errors import APIError, BadAnswer, ClientError, TimedOut
from mockserver.edges.fault_gate import FaultGate, Wire, answer, hang, late
from mockserver.errors import UsageError

HIDDEN = "s3cr3t-value"


def sent(gate: FaultGate, number: int = 0) -> dict[str, str]:
    return {name.lower(): value for name, value in gate.requests[number].headers}


BASIC = "Basic " + base64.b64encode(b"me:" + HIDDEN.encode()).decode()


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        (ApiKey("X-Api-Key", HIDDEN), "x-api-key", HIDDEN),
        (ApiKey("X-Api-Key", SecretStr(HIDDEN)), "x-api-key", HIDDEN),
        (ApiKey("X-Api-Key", lambda: SecretStr(HIDDEN)), "x-api-key", HIDDEN),
        (ApiKey("sid", HIDDEN, place="cookie"), "cookie", f"a=b; sid={HIDDEN}"),
        (Bearer(HIDDEN), "authorization", f"Bearer {HIDDEN}"),
        (Bearer(HIDDEN, scheme="Token"), "authorization", f"Token {HIDDEN}"),
        (Basic("me", HIDDEN), "authorization", BASIC),
        (Basic(f"me:{HIDDEN}"), "authorization", BASIC),
    ],
    ids=["key", "hidden", "asked", "cookie", "bearer", "token", "basic", "pair"],
)
def test_a_credential_stands_where_it_belongs_and_shows_nowhere(make, auth, header, value) -> None:
    with FaultGate(answer(403, b'{"told": "' + HIDDEN.encode() + b'"}')) as gate:
        with pytest.raises(ClientError) as refused:
            make(gate.url, auth=auth, headers={"Cookie": "a=b"}).get("/things")
        assert sent(gate)[header] == value
        assert HIDDEN not in repr(auth) + str(refused.value) + repr(refused.value) + json.dumps(refused.value.as_dict())


def test_a_key_in_the_query_is_encoded_and_shows_nowhere(make) -> None:
    with FaultGate(answer(403)) as gate:
        with pytest.raises(ClientError) as refused:
            make(gate.url, auth=ApiKey("api key", "s3cr3t&value", place="query")).get("/things?a=1")
        assert gate.requests[0].target == "/things?a=1&api%20key=s3cr3t%26value"
        assert "s3cr3t" not in str(refused.value)


def test_several_credentials_go_together(make) -> None:
    with FaultGate() as gate:
        make(gate.url, auth=Together(ApiKey("X-App", "app"), Bearer("user"))).get("/")
        assert (sent(gate)["x-app"], sent(gate)["authorization"]) == ("app", "Bearer user")


def test_a_function_may_sign(make) -> None:
    def sign(request):
        return request._replace(headers=(*request.headers, ("X-Signature", str(len(request.url)))))

    with FaultGate() as gate:
        make(gate.url, auth=sign).get("/")
        assert "x-signature" in sent(gate)


@pytest.mark.parametrize("value", ["", "a\nb", "a\r\nX-Evil: 1"])
def test_a_credential_that_would_break_the_head_is_refused(make, value: str) -> None:
    with FaultGate() as gate:
        with pytest.raises(UsageError, match="a credential"):
            make(gate.url, auth=ApiKey("X-Api-Key", value)).get("/")
        assert gate.requests == ()


PLACED = [ApiKey("X-Api-Key", HIDDEN), ApiKey("key", HIDDEN, place="query"), ApiKey("sid", HIDDEN, place="cookie"),
          Bearer(HIDDEN), Basic("me", HIDDEN)]  # fmt: skip


@pytest.mark.parametrize("auth", PLACED, ids=["header", "query", "cookie", "bearer", "basic"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_credential_follows_a_redirect_to_another_origin(make, auth, status: int) -> None:
    with FaultGate() as other, FaultGate(answer(status, b"", (("Location", f"{other.url}/there"),))) as gate:
        make(gate.url, auth=auth).get("/")
        [arrived] = other.requests
        assert HIDDEN not in repr(arrived)
        assert "authorization" not in sent(other)
        assert BASIC not in repr(arrived)


class Tokens:
    """A token endpoint: counts, and gives another token each time."""

    def __init__(self, *, expires_in: object = 3600, delay_s: float = 0.0) -> None:
        self.given = 0
        self.expires_in = expires_in
        self.delay_s = delay_s

    def __call__(self, wire: Wire) -> None:
        self.given += 1
        told = {"access_token": f"token-{self.given}", "token_type": "bearer", "expires_in": self.expires_in}
        late(answer(200, json.dumps(told).encode()), self.delay_s)(wire)


def accepting(is_good: Callable[[str], bool]) -> Callable[[Wire], None]:
    def play(wire: Wire) -> None:
        answer(200 if is_good(wire.request.header("authorization") or "") else 401)(wire)

    return play


def test_a_token_is_fetched_once_and_used_by_all_calls(make) -> None:
    with FaultGate(Tokens()) as tokens, FaultGate() as gate:
        auth = OAuth2(f"{tokens.url}/token", "me", HIDDEN, scope="read write", audience="shop")
        client = make(gate.url, auth=auth)
        client.get("/a")
        client.get("/b")
        assert [sent(gate, number)["authorization"] for number in (0, 1)] == ["Bearer token-1"] * 2
        [asked] = tokens.requests
        assert (asked.method, asked.target, sent(tokens)["authorization"]) == ("POST", "/token", BASIC)
        assert parse_qs(asked.body.decode()) == {
            "grant_type": ["client_credentials"], "scope": ["read write"], "audience": ["shop"],
        }  # fmt: skip


def test_a_client_may_prove_itself_in_the_body(make) -> None:
    with FaultGate(Tokens()) as tokens, FaultGate() as gate:
        make(gate.url, auth=OAuth2(f"{tokens.url}/token", "me", HIDDEN, client_auth="body")).get("/")
        assert parse_qs(tokens.requests[0].body.decode())["client_secret"] == [HIDDEN]
        assert "authorization" not in sent(tokens)


@pytest.mark.parametrize(("expires_in", "lasts_s"), [(3600, 3540), ("100", 90), (None, 300), (-5, 300), ("soon", 300)])
def test_a_token_is_renewed_before_it_expires(make, expires_in: object, lasts_s: float) -> None:
    now = [1000.0]
    with FaultGate(Tokens(expires_in=expires_in)) as tokens, FaultGate() as gate:
        client = make(gate.url, auth=OAuth2(f"{tokens.url}/token", "me", HIDDEN, clock=lambda: now[0]))
        for moment in (0, lasts_s - 1, lasts_s + 1):
            now[0] = 1000 + moment
            client.get("/")
        used = [sent(gate, number)["authorization"] for number in range(3)]
        assert used == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


def test_a_refused_token_is_renewed_and_the_call_replayed_once(make) -> None:
    with FaultGate(Tokens()) as tokens, FaultGate(accepting(lambda said: said.endswith("2"))) as gate:
        client = make(gate.url, auth=OAuth2(f"{tokens.url}/token", "me", HIDDEN))
        assert client.post("/orders", json={}).status == 200  # a 401 did nothing: even a POST is sent again
        assert [sent(gate, number)["authorization"] for number in (0, 1)] == ["Bearer token-1", "Bearer token-2"]


def test_a_token_that_is_refused_again_ends_the_call(make) -> None:
    with FaultGate(Tokens()) as tokens, FaultGate(answer(401)) as gate:
        with pytest.raises(ClientError) as refused:
            make(gate.url, auth=OAuth2(f"{tokens.url}/token", "me", HIDDEN)).get("/")
        assert (refused.value.status, len(gate.requests), len(tokens.requests)) == (401, 2, 2)
        assert "token-" not in str(refused.value)


def test_of_twenty_threads_one_fetches_the_token() -> None:
    endpoint = Tokens(delay_s=0.05)
    with FaultGate(endpoint) as tokens, FaultGate(accepting(lambda said: said != "Bearer token-1")) as gate:
        client = APIClient(gate.url, auth=OAuth2(f"{tokens.url}/token", "me", HIDDEN), policy={"bulkhead": False})
        start = threading.Barrier(20)

        def call(_: int) -> int:
            start.wait()
            return client.get("/").status

        with client, ThreadPoolExecutor(20) as pool:
            assert set(pool.map(call, range(20))) == {200}
        assert endpoint.given == 2  # the first, and after twenty refusals of it one more


def test_of_twenty_tasks_one_fetches_the_token() -> None:
    endpoint = Tokens(delay_s=0.05)

    async def crowd(token_url: str, url: str) -> set[int]:
        async with AsyncAPIClient(url, auth=OAuth2(token_url, "me", HIDDEN), policy={"bulkhead": False}) as client:
            return {each.status for each in await asyncio.gather(*(client.get("/") for _ in range(20)))}

    with FaultGate(endpoint) as tokens, FaultGate(accepting(lambda said: said != "Bearer token-1")) as gate:
        assert asyncio.run(crowd(f"{tokens.url}/token", gate.url)) == {200}
        assert endpoint.given == 2


def test_the_token_endpoint_has_no_more_time_than_the_call(make) -> None:
    with FaultGate(hang()) as tokens, FaultGate() as gate:
        client = make(gate.url, auth=OAuth2(f"{tokens.url}/token", "me", HIDDEN))
        with pytest.raises(TimedOut):
            client.get("/", deadline_s=0.3)
        assert gate.requests == ()


@pytest.mark.parametrize("told", [b"{}", b'{"access_token": 5}', b"[]", b'{"access_token": "a\\nb"}'])
def test_an_endpoint_without_a_token_is_told(make, told: bytes) -> None:
    with FaultGate(answer(200, told)) as tokens, pytest.raises(BadAnswer, match="no access token"):
        make("http://127.0.0.1:1", auth=OAuth2(f"{tokens.url}/token", "me", HIDDEN)).get("/")


def test_what_the_endpoint_says_to_wrong_credentials_is_told_without_them(make) -> None:
    with FaultGate(answer(401, b'{"error": "invalid_client"}')) as tokens, FaultGate() as gate:
        with pytest.raises(APIError) as refused:
            make(gate.url, auth=OAuth2(f"{tokens.url}/token", "me", HIDDEN, client_auth="body")).get("/")
        assert refused.value.status == 401
        assert HIDDEN not in str(refused.value) + repr(refused.value.as_dict())
        assert len(tokens.requests) == 1


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEY", HIDDEN)
    monkeypatch.setenv("USER_NAME", "me")

    def write(auth: str, schemes: str = "") -> None:
        (tmp_path / "mockserver.toml").write_text(f"[services.shop]\nauth = {auth}\n", encoding="utf-8")
        if schemes:
            (tmp_path / "contracts").mkdir(exist_ok=True)
            (tmp_path / "contracts" / "shop.yaml").write_text(
                "openapi: 3.1.0\ninfo: {title: Shop, version: '1'}\npaths: {}\n"
                f"components: {{securitySchemes: {schemes}}}\n",
                encoding="utf-8",
            )

    return write


@pytest.mark.parametrize(
    ("auth", "schemes", "header", "value"),
    [
        ('{ X-Api-Key = "$KEY" }', "", "x-api-key", HIDDEN),
        ('{ header = { Authorization = "Token ${KEY}" } }', "", "authorization", f"Token {HIDDEN}"),
        ('{ cookie = { sid = "$KEY" } }', "", "cookie", f"sid={HIDDEN}"),
        ('{ bearer = "$KEY" }', "", "authorization", f"Bearer {HIDDEN}"),
        ('{ basic = { username = "me", password = "$KEY" } }', "", "authorization", BASIC),
        ('{ basic = "$USER_NAME:$KEY" }', "", "authorization", BASIC),
        ('"$KEY"', "{a: {type: apiKey, in: header, name: X-Shop}}", "x-shop", HIDDEN),
        ('"$KEY"', "{a: {type: http, scheme: bearer}}", "authorization", f"Bearer {HIDDEN}"),
        ('"$KEY"', "{a: {type: openIdConnect, openIdConnectUrl: 'https://x'}}", "authorization", f"Bearer {HIDDEN}"),
        ('"me:$KEY"', "{a: {type: http, scheme: basic}}", "authorization", BASIC),
        ('{ b = "$KEY" }', "{a: {type: http, scheme: basic}, b: {type: apiKey, in: cookie, name: c}}", "cookie",
         f"c={HIDDEN}"),
        ('{ X-Other = "$KEY" }', "{a: {type: http, scheme: basic}}", "x-other", HIDDEN),
    ],
)  # fmt: skip
def test_the_configuration_and_the_contract_say_where_a_credential_goes(
    project, monkeypatch: pytest.MonkeyPatch, auth: str, schemes: str, header: str, value: str
) -> None:
    project(auth, schemes)
    with FaultGate() as gate:
        monkeypatch.setenv("SHOP_SERVICE", gate.url)
        with APIClient.from_service("shop", validate="off") as client:
            client.get("/")
        assert sent(gate)[header] == value


def test_an_oauth2_service_is_configured(project, monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultGate(Tokens()) as tokens, FaultGate() as gate:
        project(f'{{ oauth2 = {{ token_url = "{tokens.url}/t", client_id = "me", client_secret = "$KEY" }} }}')
        monkeypatch.setenv("SHOP_SERVICE", gate.url)
        with APIClient.from_service("shop") as client:
            client.get("/")
        assert sent(gate)["authorization"] == "Bearer token-1"


OAUTH2 = '{ oauth2 = { client_id = "me", client_secret = "$KEY" } }'


def flow(url: str) -> str:
    return f"{{a: {{type: oauth2, flows: {{clientCredentials: {{tokenUrl: '{url}', scopes: {{}}}}}}}}}}"


def test_the_contract_knows_where_tokens_are(project, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Tokens()
    project(OAUTH2, flow("/v1/oauth/token"))
    with FaultGate(lambda wire: (tokens if "oauth" in wire.request.target else answer(200))(wire)) as gate:
        monkeypatch.setenv("SHOP_SERVICE", f"{gate.url}/v1")
        with APIClient.from_service("shop", validate="off") as client:
            client.get("/")
        assert [request.target for request in gate.requests] == ["/v1/oauth/token", "/v1/"]
        assert sent(gate, 1)["authorization"] == "Bearer token-1"


@pytest.mark.parametrize(
    ("auth", "schemes", "said"),
    [
        (OAUTH2, "", "no token URL for client credentials"),
        (OAUTH2, "{a: {type: http, scheme: basic}}", "no token URL for client credentials"),
        (OAUTH2, flow("http://login.example/token"), "token URL is not https"),
        ('{ X-Api-Key = "$MISSING" }', "", "the variable MISSING is not set"),
        ('"$KEY"', "", "no contract that says where it goes"),
        ('"$KEY"', "{a: {type: http, scheme: basic}, b: {type: http, scheme: bearer}}", "has a, b"),
    ],
)
def test_a_credential_that_is_missing_or_has_no_place_is_told(
    project, monkeypatch: pytest.MonkeyPatch, auth: str, schemes: str, said: str
) -> None:
    project(auth, schemes)
    monkeypatch.setenv("SHOP_SERVICE", "http://127.0.0.1:1")
    with pytest.raises(UsageError, match=said) as wrong:
        APIClient.from_service("shop")
    assert wrong.value.where == "mockserver.toml:1"
