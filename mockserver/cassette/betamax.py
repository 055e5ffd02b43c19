"""The form of Betamax: VCR's, with base64 bodies and the time of recording."""

from __future__ import annotations

from mockserver.cassette.model import Cassette
from mockserver.cassette.vcr import OWN, read_tree
from mockserver.document.read import read
from mockserver.values import JSON


def read_betamax(data: bytes, uri: str) -> Cassette:
    """Read a cassette of Betamax (or of VCR for Ruby); raise UnreadableDocument with its line where it is none."""
    tree = read(data, uri)
    if isinstance(tree, dict) and "interactions" not in tree and isinstance(tree.get("http_interactions"), list):
        tree = {**tree, "interactions": tree["http_interactions"]}
    if isinstance(tree, dict) and isinstance(tree.get("interactions"), list):
        tree = {"interactions": [_as_vcr(one) for one in tree["interactions"]]}
    return read_tree(tree, data, uri)


def _as_vcr(one: JSON) -> JSON:
    if not isinstance(one, dict):
        return one
    response = one.get("response")
    plain = {name: part for name, part in response.items() if name != "url"} if isinstance(response, dict) else response
    noted = {OWN: {"recorded_at": one["recorded_at"]}} if isinstance(one.get("recorded_at"), str) else {}
    return {**one, "response": plain, **noted}
