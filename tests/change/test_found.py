"""What a change is called: its level, and what to do about it."""

from mockserver.change.found import advice, found, level_of


def test_what_breaks_is_an_error_and_what_nobody_could_prove_a_warning() -> None:
    assert level_of("length-changed", "breaking") == "error"
    assert level_of("length-changed", "unproven") == "warning"
    assert level_of("length-changed", "compatible") == "info"


def test_what_breaks_only_beyond_the_contract_has_the_level_of_its_rule() -> None:
    assert level_of("property-added", "breaking", beyond=True) == "info"


def test_a_compatible_change_needs_no_fix() -> None:
    change = found("length-changed", "compatible", None, "body#/name", "maxLength 5 is gone")
    assert change.fix == "nothing to do: all that was fine stays fine"


def test_a_fix_names_the_change_and_says_who_may_mend_it() -> None:
    told = advice("maxLength was 5, is 9", "200 body#/name", narrows=True)
    assert told.startswith("maxLength was 5, is 9: let 200 body#/name stay within what it was")
    assert "clients" in told
