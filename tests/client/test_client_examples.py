import doctest
import importlib
import pkgutil

import pytest

import mockserver.client as floor

MODULES = sorted(module.name for module in pkgutil.iter_modules(floor.__path__, "mockserver.client."))


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_in_the_docstrings_are_true(module) -> None:
    assert doctest.testmod(importlib.import_module(module)).failed == 0
