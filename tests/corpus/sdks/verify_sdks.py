"""Clients from the package index against their contracts of the corpus: code that nobody here wrote.

    pip install --target SDKS spotipy stripe box-sdk-gen PyGithub
    python tests/corpus/sdks/verify_sdks.py CORPUS SDKS [spotipy|stripe|box|github]

The findings are triaged in docs/verified-sdks.md.
"""

from __future__ import annotations

import sys
import time
import types
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

from mockserver import ClientSuite
from mockserver.api.clients.report import report_of
from mockserver.errors import MockserverError
from mockserver.report.text import told


def spotipy(corpus: Path) -> ClientSuite:
    sys.modules.setdefault("redis", types.ModuleType("redis")).RedisError = Exception
    library = import_module("spotipy")

    def client(_api: Any) -> Any:
        return library.Spotify(auth="token", retries=0, status_retries=0)

    contract = corpus / "dev/spotify/fixed-spotify-open-api.yml"
    return ClientSuite(contract, client, raises=library.SpotifyException)


def stripe(corpus: Path) -> ClientSuite:
    library = import_module("stripe")

    def client(api: Any) -> Any:
        return library.StripeClient("sk_test_any", base_addresses={"api": api.url}, max_network_retries=0).v1

    suite = ClientSuite(corpus / "dev/stripe/spec3-2023-09.yaml", client, raises=library.StripeError, ignore=["*"])

    @suite.calls("PostCustomers")
    def create_customer(client, email=None, name=None, description=None, metadata=None):
        return client.customers.create(_said(email=email, name=name, description=description, metadata=metadata))

    @suite.calls("GetCustomersCustomer")
    def customer(client, customer):
        return client.customers.retrieve(customer)

    @suite.calls("PostRefunds")
    def refund(client, charge=None, amount=None, reason=None, metadata=None):
        return client.refunds.create(_said(charge=charge, amount=amount, reason=reason, metadata=metadata))

    @suite.calls("GetCharges")
    def charges(client, limit=None, customer=None, created=None):
        return client.charges.list(_said(limit=limit, customer=customer, created=created))

    @suite.calls("GetBalance")
    def balance(client):
        return client.balance.retrieve()

    return suite


def box(corpus: Path) -> ClientSuite:
    library, networking = import_module("box_sdk_gen"), import_module("box_sdk_gen.networking")
    groups = {
        "comments", "groups", "memberships", "webhooks", "tasks", "task_assignments", "web_links", "folder_locks",
        "email_aliases",
    }  # fmt: skip

    def client(api: Any) -> Any:
        urls = networking.BaseUrls(base_url=api.url, upload_url=api.url, oauth_2_url=api.url)
        once = networking.BoxRetryStrategy(max_attempts=1)
        session = networking.NetworkSession(base_urls=urls, retry_strategy=once)
        return library.BoxClient(library.BoxDeveloperTokenAuth(token="token"), network_session=session)

    others = vars(library.BoxClient(library.BoxDeveloperTokenAuth(token="token"))).keys() - groups
    ignored = [*(f"{name}.*" for name in sorted(others)), "make_request", "with_*"]
    return ClientSuite(corpus / "dev/box/openapi.json", client, raises=library.BoxSDKError, ignore=ignored)


def github(corpus: Path) -> ClientSuite:
    library = import_module("github")

    def client(api: Any) -> Any:
        token = library.Auth.Token("token")
        return library.Github(
            auth=token, base_url=api.url, retry=None, seconds_between_requests=None, seconds_between_writes=None
        )

    contract = corpus / "dev/github/api.github.com.json"
    ignored = ["create_from_raw_data", "dump", "load"]
    return ClientSuite(contract, client, raises=library.GithubException, ignore=ignored)


def _said(**more: Any) -> dict[str, Any]:
    return {name: value for name, value in more.items() if value is not None}


SDKS = {"spotipy": spotipy, "stripe": stripe, "box": box, "github": github}


def main() -> None:
    corpus, sdks = Path(sys.argv[1]), sys.argv[2]
    sys.path.insert(0, sdks)
    for name in sys.argv[3:] or SDKS:
        begun = time.process_time()
        suite = SDKS[name](corpus)
        bindings = [one for one in suite.bindings if one.how == "by you"] or list(suite.bindings)
        print(
            f"{name}: {len(bindings)} methods bound, {len(suite.unbound)} not; {Counter(one.how for one in bindings)}"
        )
        try:
            result = suite.check(bindings)
        except MockserverError as error:
            print(f"  {error}")
            continue
        report = report_of(suite, result)
        rules = Counter((finding.rule, finding.opinion) for finding in report.findings)
        print(f"  {result.cases} cases, {time.process_time() - begun:.0f} CPU-s: {dict(rules)}")
        for finding in report.findings:
            if finding.level == "error":
                print("\n".join(told(finding)), "\n")
        for line in report.unchecked:
            print(f"  not checked: {line[:300]}")
        for method, why in suite.unbound:
            print(f"  ? {method[:60]}: {why[:120]}")


if __name__ == "__main__":
    main()
