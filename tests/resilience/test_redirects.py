import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.resilience.idempotency import Repeatable
from mockserver.resilience.policy import RedirectPolicy
from mockserver.resilience.redirects import Follow, Refuse, redirect

GET = Repeatable(safe=True, repeatable=True, keyed=False, replayable=True)
POST = Repeatable(safe=False, repeatable=False, keyed=False, replayable=True)
URL = "https://api.example/v1/orders?page=1"


def followed(location, *, url=URL, status=302, method="GET", request=GET, hops=0, limit=5):
    return redirect(RedirectPolicy(limit), request, method=method, url=url, status=status, location=location, hops=hops)


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/v2/orders", "https://api.example/v2/orders"),
        ("next", "https://api.example/v1/next"),
        ("?page=2", "https://api.example/v1/orders?page=2"),
        ("https://API.example:443/a", "https://API.example:443/a"),
    ],
)
def test_a_redirect_within_the_origin_keeps_credentials(location, url) -> None:
    assert followed(location) == Follow("GET", url, body=True, credentials=True)


@pytest.mark.parametrize("location", ["https://other.example/", "https://api.example:8443/", "//cdn.example/a"])
def test_credentials_stay_with_their_origin(location) -> None:
    assert followed(location).credentials is False


def test_a_name_and_password_in_the_target_are_not_used() -> None:
    assert followed("https://me:pass@api.example/a").url == "https://api.example/a"


@pytest.mark.parametrize("status", [200, 300, 304, 305, 404])
def test_other_statuses_are_no_redirect(status) -> None:
    assert followed("/a", status=status) is None
    assert followed(None) is None


def test_no_more_redirects_than_the_policy_allows() -> None:
    assert isinstance(followed("/a", hops=4), Follow)
    assert followed("/a", hops=5) == Refuse("limit", "/a")
    assert followed("/a", limit=0) == Refuse("limit", "/a")


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://api.example/", "javascript:alert(1)", "https://api.example:0/",
     "https://api.example:99999/", "https://api.example:x/", "https://[::1", "http://127.1/", "http://0x7f000001/",
     "http://2130706433/", "http://1.2.3/", "https://127.0.0.1\\.example/", "https://\uff11\uff12\uff17.0.0.1/",
     "https://%31%32%37.0.0.1/", "https://[fe80::1%25eth0]/", "https:\\\\evil.example"],
)  # fmt: skip
def test_what_is_no_url_that_can_be_followed_is_refused(location) -> None:
    assert followed(location) == Refuse("target", location)


def test_https_is_not_left_for_http() -> None:
    assert followed("http://api.example/a") == Refuse("downgrade", "http://api.example/a")


@pytest.mark.parametrize(
    "location",
    ["https://127.0.0.1/", "https://localhost/", "https://localhost./", "https://a.localhost/", "https://[::1]/",
     "https://0.0.0.0/", "https://10.0.0.5/", "https://192.168.1.1/", "https://[fd00::1]/", "https://169.254.169.254/",
     "https://[fe80::1]/", "https://[::ffff:10.0.0.1]/", "https://[::ffff:169.254.169.254]/"],
)  # fmt: skip
def test_a_public_host_may_not_lead_into_a_private_network(location) -> None:
    assert followed(location) == Refuse("private", location)


def test_a_private_host_may_lead_to_its_like_but_never_to_a_link_local_address() -> None:
    assert isinstance(followed("http://127.0.0.1:9000/a", url="http://127.0.0.1:8000/"), Follow)
    assert isinstance(followed("http://10.0.0.9/a", url="http://10.0.0.5/"), Follow)
    assert isinstance(followed("http://api.example/a", url="http://10.0.0.5/"), Follow)
    assert followed("http://127.0.0.1/", url="http://10.0.0.5/") == Refuse("private", "http://127.0.0.1/")
    assert followed("http://0.0.0.0/", url="http://10.0.0.5/") == Refuse("private", "http://0.0.0.0/")
    assert followed("http://169.254.169.254/", url="http://127.0.0.1/") == Refuse("private", "http://169.254.169.254/")


@pytest.mark.parametrize(
    ("status", "method", "becomes"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
    ],
)
def test_a_redirect_that_asks_for_a_retrieval_is_one_without_a_body(status, method, becomes) -> None:
    assert followed("/a", status=status, method=method, request=POST) == Follow(
        becomes, "https://api.example/a", body=False, credentials=True
    )


@pytest.mark.parametrize("status", [307, 308])
def test_a_post_is_sent_a_second_time_only_with_a_key(status) -> None:
    keyed = POST._replace(repeatable=True, keyed=True)
    assert followed("/a", status=status, method="POST", request=POST) == Refuse("method", "/a")
    assert followed("/a", status=status, method="POST", request=keyed) == Follow(
        "POST", "https://api.example/a", body=True, credentials=True
    )
    once = keyed._replace(replayable=False)
    assert followed("/a", status=status, method="POST", request=once) == Refuse("body", "/a")


@given(st.text() | st.from_regex(r"https?://[a-z0-9.:@\[\]%-]{0,20}[/?#]?.{0,10}", fullmatch=True))
def test_no_location_raises_and_none_leaves_https(location) -> None:
    match followed(location):
        case Follow(url=url):
            assert url.startswith("https://")
        case Refuse():
            pass
        case other:
            pytest.fail(f"{other} for {location!r}")
