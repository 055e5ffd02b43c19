"""Structure, as laws: every JSON value is judged, every flaw has a place in it, extensions are left alone."""

import copy
import json
from collections import deque

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structure_documents import SOUND, VERSIONS, found

from mockserver.checks.document.structure import Flaw, flaws
from mockserver.document.pointer import look_up

WORDS = sorted(
    {name for tree in SOUND.values() for name in json.dumps(tree).replace('"', " ").split() if name.isidentifier()}
    | {"$ref", "x-a", "2XX", "/{id}", "application/json", "#/paths", "#/components/parameters/id", "null"}
)
NAMES = st.sampled_from(WORDS) | st.text(max_size=5)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | NAMES
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=30
)


def nodes(tree):
    todo = deque([((), tree)])
    while todo:
        path, node = todo.popleft()
        yield path
        children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        todo.extend(((*path, key), child) for key, child in children)


PATHS = {version: list(nodes(tree)) for version, tree in SOUND.items()}


@st.composite
def mutants(draw):
    version = draw(st.sampled_from(VERSIONS))
    tree = copy.deepcopy(SOUND[version])
    for _ in range(draw(st.integers(1, 3))):
        *above, key = draw(st.sampled_from(PATHS[version][1:]))
        node = tree
        try:
            for step in above:
                node = node[step]
            node[key] = draw(TREES)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier mutation took the place away
    return version, tree


def assert_lawful(version, tree):
    before = repr(tree)
    for flaw in flaws(tree, version):
        assert isinstance(flaw, Flaw)
        assert flaw.rule.startswith("document-")
        assert flaw.message
        assert flaw.fix
        look_up(tree, flaw.pointer)
    assert repr(tree) == before


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.sampled_from(VERSIONS), TREES)
def test_any_json_is_judged_and_every_flaw_has_a_place_in_it(version, tree):
    assert_lawful(version, tree)


@settings(
    max_examples=250, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(mutants())
def test_any_mutant_of_a_sound_document_is_judged_and_every_flaw_has_a_place_in_it(mutant):
    assert_lawful(*mutant)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.sampled_from(VERSIONS), TREES)
def test_extensions_are_never_looked_at(version, anything):
    tree = copy.deepcopy(SOUND[version])
    tree["x-anything"] = tree["info"]["x-anything"] = tree["paths"]["x-anything"] = anything
    for item in tree["paths"].values():
        if item is not anything and isinstance(item, dict):
            item["x-anything"] = anything
    assert found(version, tree) == []
