"""How these tests ask: `draws(schema)` gives values, each judged by our validator and by python jsonschema."""

from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mockserver.generate.generator import Generator
from mockserver.schema.compile import Validators

Draws = Callable[..., list[Any]]


@pytest.fixture
def draws() -> Draws:
    def drawn(schema: Any, count: int = 12, **options: Any) -> list[Any]:
        validators = Validators()
        generator = Generator(schema, validators)
        values = [generator.draw(seed, **options) for seed in range(count)]
        ours = validators.compile(schema)
        theirs = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
        for value in values:
            assert ours.is_valid(value), value
            assert theirs.is_valid(value), value
        return values

    return drawn
