"""What holds for every schema: a value that fits or Unsatisfiable, soon, and the same tomorrow."""

import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_schemas import VALUES, bundles

from mockserver.answers.changes import members, put
from mockserver.errors import UnreadableDocument
from mockserver.generate.generator import Generator, Unsatisfiable
from mockserver.schema.algebra import admits_nothing
from mockserver.schema.alone import alone
from mockserver.schema.compile import Validators

LAWS = settings(
    max_examples=120, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)  # fmt: skip


@LAWS
@given(bundles(), st.integers())
def test_any_schema_gives_a_value_that_fits_or_says_that_there_is_none(bundle, seed):
    validators = Validators()
    try:
        validator = validators.compile(bundle)
    except UnreadableDocument:  # a regular expression that is none, where it cannot be left out
        return
    started = time.process_time()
    try:
        value = Generator(bundle, validators).draw(seed)
    except Unsatisfiable:
        pass
    else:
        assert validator.is_valid(value)
        assert not admits_nothing(bundle)
    assert time.process_time() - started < 1


@LAWS
@given(bundles(), st.integers(0, 99))
def test_the_same_seed_gives_the_same_value_whatever_was_drawn_before(bundle, seed):
    validators = Validators()
    try:
        validators.compile(bundle)
        fresh, used = Generator(bundle, validators), Generator(bundle, Validators())
        for earlier in range(3):
            used.draw(earlier)
        assert fresh.draw(seed) == used.draw(seed)
    except (UnreadableDocument, Unsatisfiable):
        return


@LAWS
@given(
    bundles(), st.integers(0, 99), st.dictionaries(st.sampled_from("ab"), st.one_of(st.integers(), st.text(max_size=3)))
)
def test_what_is_wanted_never_makes_a_value_unfit(bundle, seed, wanted):
    validators = Validators()
    try:
        validator = validators.compile(bundle)
        value = Generator(bundle, validators).draw(seed, wanted=wanted)
    except (UnreadableDocument, Unsatisfiable):
        return
    assert validator.is_valid(value)


@LAWS
@given(bundles(), bundles(), st.integers(0, 99), VALUES)
def test_a_member_that_decides_alone_decides_as_the_whole_would(bundle, further, seed, new):
    member = {name: value for name, value in further.items() if name != "$defs"} if isinstance(further, dict) else {}
    properties = {"a": member, "b": {"type": ["array", "object"], "items": member, "additionalProperties": member}}
    bundle = {**(bundle if isinstance(bundle, dict) else {"$defs": {}}), "properties": properties}
    validators = Validators()
    try:
        whole = validators.compile(bundle)
        value = Generator(bundle, validators).draw(seed)
    except (UnreadableDocument, Unsatisfiable):
        return
    for path, _ in members(value, 3):
        part = alone(bundle, path)
        if part is not None:
            assert validators.compile(part).is_valid(new) == whole.is_valid(put(value, path, new))
