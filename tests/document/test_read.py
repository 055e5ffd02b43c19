"""Bytes to tree: both notations, what is normalised, and what is refused with place and fix."""

import pytest
import yaml

from mockserver.document import yaml_nodes
from mockserver.document.read import read
from mockserver.errors import UnreadableDocument


def refused(data, uri="pets.yaml"):
    with pytest.raises(UnreadableDocument) as caught:
        read(data, uri)
    return caught.value.what, caught.value.where, caught.value.fix


# JSON


def test_json_is_told_by_its_first_bracket_whatever_the_name():
    assert read(b' \n{"a": [1, 2.5, null, true, "x"]}', "pets") == {"a": [1, 2.5, None, True, "x"]}


def test_a_json_file_may_hold_a_bare_value():
    assert read(b"42", "pets.json") == 42


@pytest.mark.parametrize(
    "number", [123456789012345678901, -9999999999999999999, 18446744073709551615, -(2**63), 2**63, 10**40]
)
def test_json_integers_beyond_64_bit_are_exact(number):
    assert read(b'{"a": %d}' % number, "pets.json") == {"a": number}


def test_a_long_run_of_digits_in_a_text_or_a_fraction_stays_what_it_is():
    assert read(b'["00000000000000000000001", 0.12345678901234567890123]', "pets.json") == [
        "00000000000000000000001",
        0.12345678901234568,
    ]


def test_of_repeated_json_keys_the_last_counts():
    assert read(b'{"a": 1, "a": 2}', "pets.json") == {"a": 2}


@pytest.mark.parametrize(
    ("data", "place", "fix"),
    [
        (b'{"a": 1,}', "1:8", "remove the comma before the closing bracket"),
        (b'{"a": NaN}', "1:7", "write a finite number, or null"),
        (b"[1e999]", "1:2", "write a finite number, or null"),
        (b'{"a": 1} // note', "1:10", "remove the comment: JSON has none"),
        (b"{'a': 1}", "1:2", "use double quotes"),
        (b'{"a": True}', "1:7", "write true, false or null"),
        (b'{"a": "x\ty"}', "1:9", "write line breaks and tabs inside a text as \\n and \\t"),
        (b'["\\ud83d"]', "1:3", "write both halves of the pair, \\ud83d\\ude00, or the character itself"),
        (b'{"a": [1, 2}\n', "1:12", "close the bracket or quote, or put a comma between the items"),
        ('{"ä": 1,\n "é" 2}'.encode(), "2:6", "close the bracket or quote, or put a comma between the items"),
        (b"[" * 2000, "1:1026", "move parts behind a `$ref`"),
        (b"a: 1", "1:1", "close the bracket or quote, or put a comma between the items"),
    ],
)
def test_a_json_file_that_is_no_json_is_refused_with_place_and_fix(data, place, fix):
    what, where, mend = refused(data, "https://pets.example/openapi.json?version=2#top")
    assert what.startswith("this is no JSON: ")
    assert (where, mend) == (f"https://pets.example/openapi.json?version=2#top:{place}", fix)


def test_what_looks_like_json_but_is_yaml_in_flow_style_is_read():
    assert read(b"{a: 1, b: [c, d]}", "pets") == {"a": 1, "b": ["c", "d"]}


def test_what_is_neither_gets_the_error_of_the_notation_that_its_name_or_its_bracket_says():
    assert refused(b'{"a": [1,\n"b": 2', "pets")[0].startswith("this is no JSON")
    assert refused(b'{"a": [1,\n"b": 2', "pets.yaml")[0].startswith("this is no YAML")


# YAML


def test_yaml_has_the_values_of_yaml_1_2():
    data = b"on: yes\nday: 2020-01-01\ntime: 12:30:45\nzip: 090\nhex: 0x1F\noct: 0o17\n"
    data += b"exp: 1e3\nno: ~\nempty:\nTrue: TRUE\n"
    assert read(data, "pets.yaml") == {
        "on": "yes",
        "day": "2020-01-01",
        "time": "12:30:45",
        "zip": "090",
        "hex": 31,
        "oct": 15,
        "exp": 1000.0,
        "no": None,
        "empty": None,
        "true": True,
    }


def test_keys_become_texts():
    assert read(b"200: a\ntrue: b\nnull: c\n1.5: d\n-1: e\n", "pets.yaml") == {
        "200": "a",
        "true": "b",
        "null": "c",
        "1.5": "d",
        "-1": "e",
    }


@pytest.mark.parametrize("number", [123456789012345678901, -9223372036854775809, 2**128, 10**60])
def test_yaml_integers_of_any_length_are_exact(number):
    assert read(b"a: %d\n" % number, "pets.yaml") == {"a": number}


def test_long_integers_are_told_from_texts_that_hold_them():
    data = b"""
a: -9223372036854776000
b: [ 99999999999999999999, 99999999999999999999 ]
c: 99999999999999999999 sheep
d: |-
  99999999999999999999
e: |
  - 99999999999999999999
f: "from: 99999999999999999999"
h: '- 99999999999999999999'
"""
    assert read(data, "pets.yaml") == {
        "a": -9223372036854776000,
        "b": [99999999999999999999, 99999999999999999999],
        "c": "99999999999999999999 sheep",
        "d": "99999999999999999999",
        "e": "- 99999999999999999999\n",
        "f": "from: 99999999999999999999",
        "h": "- 99999999999999999999",
    }


def test_long_integers_in_an_odd_place_are_read_by_the_exact_reader():
    assert read("a: [99999999999999999999]\nb: \ue000\n".encode(), "pets.yaml") == {
        "a": [99999999999999999999],
        "b": "\ue000",
    }


def test_of_repeated_yaml_keys_the_last_counts():
    assert read(b"a: 1\nb: 2\na: 3\n", "pets.yaml") == {"a": 3, "b": 2}


def test_merge_keys_are_applied_and_what_the_map_says_itself_wins():
    data = b"x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\none:\n  <<: *x\n  a: 9\nlist:\n  <<: [*x, *y]\n  d: 4\n"
    tree = read(data, "pets.yaml")
    assert tree["one"] == {"a": 9, "b": 1}
    assert tree["list"] == {"a": 1, "b": 1, "c": 2, "d": 4}


def test_merge_keys_merge_what_was_merged_before():
    data = b"x: &x {a: 1}\ny: &y\n  <<: *x\n  b: 2\nz:\n  <<: *y\n"
    assert read(data, "pets.yaml")["z"] == {"a": 1, "b": 2}


def test_a_merge_key_may_be_repeated():
    assert read(b"x:\n  <<: {a: 1}\n  <<: {a: 2, b: 2}\n", "pets.yaml") == {"x": {"a": 1, "b": 2}}


def test_a_circle_of_sharing_is_not_needed_for_merge_keys_in_lists():
    data = b"x: &x {a: 1}\ny:\n  <<: [*x]\n  <<: {a: 2, b: 2}\nz: 99999999999999999999\n"
    assert read(data, "pets.yaml")["y"] == {"a": 1, "b": 2}


def test_a_merge_key_with_another_value_is_a_common_key():
    assert read(b"<<: text\n", "pets.yaml") == {"<<": "text"}
    assert read(b"<<: [text]\n", "pets.yaml") == {"<<": ["text"]}


def test_unknown_tags_give_the_plain_value():
    data = b"a: !mine text\nb: !mine {c: [1]}\nd: !!binary aGk=\ne: !!str 12\nf: !!float 1\ng: !!set {h}\n"
    assert read(data, "pets.yaml") == {
        "a": "text",
        "b": {"c": [1]},
        "d": "aGk=",
        "e": "12",
        "f": 1.0,
        "g": {"h": None},
    }


def test_an_anchor_may_be_given_anew():
    assert read(b"a: &x 1\nb: &x 2\nc: *x\nd: 99999999999999999999\n", "pets.yaml")["c"] == 2


@pytest.mark.parametrize(
    ("data", "what", "place", "fix"),
    [
        (
            b"a:\n\tb: 1\n",
            "this is no YAML: found character that cannot start any token while scanning for the next token",
            "2:1",
            "indent with spaces: YAML forbids tabs there",
        ),
        (
            b"a: @b\n",
            "this is no YAML: found character that cannot start any token while scanning for the next token",
            "1:4",
            "put this text in quotes",
        ),
        (
            b"title: Pets: the API\n",
            "this is no YAML: mapping values are not allowed in this context",
            "1:12",
            "put text that holds `: ` in quotes, and line up the keys of a map",
        ),
        (
            b"a: [1,\n  2\nb: 3\n",
            "this is no YAML: did not find expected ',' or ']' while parsing a flow sequence that begins on line 1",
            "3:2",
            "close the bracket, or put a comma between the items",
        ),
        (
            b'a: "open\nb: 1\n',
            "this is no YAML: found unexpected end of stream while scanning a quoted scalar that begins on line 1",
            "3:1",
            "close the quote",
        ),
        (
            b"a: |\n    x\n  b: 1\n",
            "this is no YAML: did not find expected key while parsing a block mapping that begins on line 1",
            "3:3",
            "line up the keys of this map in one column",
        ),
        (b"a: *x\n", "nothing is named &x", "1:4", "name the anchor with `&` before the alias uses it"),
        (b"? [a]\n: 1\n", "a key of this map is a list or a map", "1:3", "use a text as key"),
        (b"a: 1\n\xff: 2\n", "byte 5 (0xff) is no UTF-8", "2:1", "save the file as UTF-8"),
        (
            "ä: é \x07\n".encode(),
            "this is no YAML: control characters are not allowed",
            "1:6",
            "write the character as an escape in double quotes",
        ),
        (
            b"a: 1\n---\nb: 2\n",
            "a second document begins in this file",
            "2:1",
            "keep one document per file, and no `---` after the first line",
        ),
        (b"a: .inf\n", ".inf is no number of JSON", "1:4", "write a finite number, or put the text in quotes"),
        (
            b"a:\n  - 1\n  - -.NaN\n  - .nan\n",
            ".nan is no number of JSON",
            "4:5",
            "write a finite number, or put the text in quotes",
        ),
    ],
)
def test_yaml_that_cannot_be_read_is_refused_with_place_and_fix(data, what, place, fix):
    assert refused(data) == (what, f"pets.yaml:{place}", fix)


@pytest.mark.parametrize(
    "data", [b"", b" \n\t\n", b"\xef\xbb\xbf", b"# only a comment\n", b"---\n", b"%YAML 1.2\n---\n# x\n...\n"]
)
def test_a_file_that_holds_nothing_is_refused(data):
    assert refused(data) == ("the file is empty", "pets.yaml", "write the document into it")


def test_a_written_null_is_a_document():
    assert read(b"null\n", "pets.yaml") is None


# Attacks


def bomb(levels):
    first = b"a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    lines = (
        b"a%d: &a%d [%s]\n" % (level, level, b", ".join([b"*a%d" % (level - 1)] * 9)) for level in range(1, levels)
    )
    return first + b"".join(lines)


def test_aliases_that_would_make_billions_of_values_are_refused_by_both_readers():
    assert refused(bomb(10))[0] == "this YAML is too deep or repeats itself too often: repetition limit exceeded"
    assert (
        refused(b"z: 1\nz: 2\n" + bomb(10))[0]
        == "the aliases of this document would make 4412961520 values of 115 written ones"
    )


def test_a_value_that_contains_itself_is_refused_by_both_readers():
    assert refused(b"a: &a [*a]\n") == (
        "this YAML is too deep or repeats itself too often: recursion limit exceeded",
        "pets.yaml:1:4",
        "nest less than 128 levels, and write fewer aliases of aliases",
    )
    assert refused(b"z: 1\nz: 2\na: &a [*a]\n") == (
        "the value &a contains itself",
        "pets.yaml:3:8",
        "use a `$ref` for recursion",
    )


@pytest.mark.parametrize("levels", [129, 1000, 100_000])
def test_deep_nesting_is_refused_by_both_readers_and_at_once(levels):
    deep = b"a: " + b"[" * levels + b"]" * levels
    quick, exact = "this YAML is too deep or repeats itself too often", "values are nested deeper than 128 levels"
    assert refused(deep)[0].startswith(exact if levels > 1000 else quick)
    assert refused(b"a: 1\n" + deep)[:2] == (exact, "pets.yaml:2:131")


def test_brackets_that_are_never_closed_in_texts_are_no_nesting():
    assert read(b"- from [0 to 9)\n" * 2000, "pets.yaml") == ["from [0 to 9)"] * 2000


# Encodings


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", ['{"name": "Žofie 😀"}', "name: Žofie 😀\n"])
def test_every_encoding_with_a_mark_is_read(codec, text):
    assert read(text.encode(codec), "pets") == {"name": "Žofie 😀"}


def test_broken_utf_16_is_refused():
    assert refused("a: é".encode("utf-16-le").join((b"\xff\xfe", b"\x00"))) == (
        "byte 10 is no UTF-16",
        "pets.yaml",
        "save the file as UTF-8",
    )


def test_broken_utf_8_in_json_is_refused_by_its_byte():
    assert refused(b'{"a":\n "\xff"}', "pets.json") == (
        "byte 8 (0xff) is no UTF-8",
        "pets.json:2:3",
        "save the file as UTF-8",
    )


# Without libyaml


def test_the_exact_reader_needs_no_c_extension(monkeypatch):
    monkeypatch.setattr(yaml_nodes, "_PARSER", yaml.SafeLoader)
    assert read(b"a: 1\na: &x [99999999999999999999, *y]\n".replace(b"*y", b"z"), "pets.yaml") == {
        "a": [99999999999999999999, "z"]
    }
    assert refused(b"a: [1,\n")[1] == "pets.yaml:2:1"
