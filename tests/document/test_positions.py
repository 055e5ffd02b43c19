"""Pointer to line, column and bytes: one way of writing a node per test."""

import pytest

from mockserver.document.positions import Places, Position, locate
from mockserver.errors import UnreadableDocument


def written(data, pointer):
    """What is written at a place: the line and column, and the bytes that belong to it."""
    data = data.encode() if isinstance(data, str) else data
    place = locate(data, pointer)
    assert place.end_line == data[: place.end].count(b"\n") + 1
    return place.line, place.column, data[place.start : place.end].decode()


# JSON


def test_a_member_of_json_is_located_by_its_key():
    data = '{\n  "info": {\n    "title": "Pets",\n    "version": "1"\n  }\n}\n'
    assert written(data, "/info/title") == (3, 5, '"title": "Pets"')
    assert written(data, "/info") == (2, 3, '"info": {\n    "title": "Pets",\n    "version": "1"\n  }')
    assert written(data, "") == (1, 1, data[:-1])


def test_an_item_of_json_is_located_by_itself():
    assert written('{"a": [1, [2, 3], {"b": 4}]}', "/a/1/1") == (1, 15, "3")
    assert written('{"a": [1, [2, 3], {"b": 4}]}', "/a/2/b") == (1, 20, '"b": 4')


def test_brackets_and_quotes_in_texts_do_not_confuse():
    assert written('{"a": "}]\\"", "b": {"c": "[{\\\\"}, "d": 1}', "/d") == (1, 35, '"d": 1')


def test_keys_of_json_are_compared_as_they_are_meant():
    assert written('{"\\/p\\u00e4ts": 1, "é/~": 2}', "/~1päts") == (1, 2, '"\\/p\\u00e4ts": 1')
    assert written('{"\\/p\\u00e4ts": 1, "é/~": 2}', "/é~1~0") == (1, 20, '"é/~": 2')


def test_of_repeated_json_keys_the_last_is_located_because_it_is_read():
    data = '{"a": {"x": 1}, "b": {"a": 0}, "a": {"x": 2}}'
    assert written(data, "/a/x") == (1, 38, '"x": 2')
    places = Places(data.encode())
    assert [places.locate(pointer).column for pointer in ("/b/a", "/a", "/a/x", "/b")] == [23, 32, 38, 17]


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/a/zz/y", (1, 2, '"a": {"b": []}')),
        ("/a/b/0", (1, 8, '"b": []')),
        ("/zz", (1, 1, '{"a": {"b": []}, "c": 1}')),
        ("/c/d", (1, 18, '"c": 1')),
    ],
)
def test_a_node_that_is_missing_from_json_is_located_at_its_nearest_ancestor(pointer, expected):
    assert written('{"a": {"b": []}, "c": 1}', pointer) == expected


def test_an_index_of_json_is_a_plain_number():
    assert written("[[7]]", "/00") == written("[[7]]", "/-") == written("[[7]]", "") == (1, 1, "[[7]]")


def test_json_of_any_depth_is_walked():
    data = b'{"a": ' + b"[" * 1000 + b"]" * 1000 + b', "b": 1}'
    assert written(data, "/b") == (1, 2009, '"b": 1')


# YAML in blocks


def test_a_member_of_yaml_is_located_by_its_key():
    data = "info:\n  title: Pets   # the name\n  version: 1\npaths: {}\n"
    assert written(data, "/info/title") == (2, 3, "title: Pets")
    assert written(data, "/info") == (1, 1, "info:\n  title: Pets   # the name\n  version: 1")
    assert written(data, "") == (1, 1, data[:-1])


def test_comments_and_blank_lines_between_members_belong_to_none():
    data = "# top\na:\n\n  # about b\n  b: 1\n# dedented\n\n  # about c\n  c: 2\n  # end\n# end\nd: 3\n"
    assert written(data, "/a/c") == (9, 3, "c: 2")
    assert written(data, "/a") == (2, 1, "a:\n\n  # about b\n  b: 1\n# dedented\n\n  # about c\n  c: 2")
    assert written(data, "/d") == (12, 1, "d: 3")


def test_quoted_keys_are_compared_as_they_are_meant():
    data = '"/a:b": 1\n\'it\'\'s\': 2\n"t\\u00e4g #1": 3\n/c:d/{e}: 4\n"x: y": 5\n'
    assert written(data, "/~1a:b") == (1, 1, '"/a:b": 1')
    assert written(data, "/it's") == (2, 1, "'it''s': 2")
    assert written(data, "/täg #1") == (3, 1, '"t\\u00e4g #1": 3')
    assert written(data, "/~1c:d~1{e}") == (4, 1, "/c:d/{e}: 4")
    assert written(data, "/x: y") == (5, 1, '"x: y": 5')


def test_keys_that_are_no_texts_are_found_by_the_name_that_they_get():
    data = "200: a\n0x1F: b\ntrue: c\n~: d\n1.50: e\n"
    assert [written(data, f"/{name}")[0] for name in ("200", "31", "true", "null", "1.5")] == [1, 2, 3, 4, 5]


def test_a_list_may_stand_in_the_column_of_its_key_or_deeper():
    data = "a:\n- 1\n- 2\nb:\n    - 3\n    -   4 # four\n"
    assert written(data, "/a/1") == (3, 3, "2")
    assert written(data, "/a") == (1, 1, "a:\n- 1\n- 2")
    assert written(data, "/b/1") == (6, 9, "4")


def test_maps_and_lists_may_begin_behind_the_dash():
    data = "- name: x\n  in: query\n-  - a\n   - b: c\n     d: e\n-\n  f: g\n"
    assert written(data, "/0") == (1, 3, "name: x\n  in: query")
    assert written(data, "/0/in") == (2, 3, "in: query")
    assert written(data, "/1/1/d") == (5, 6, "d: e")
    assert written(data, "/2/f") == (7, 3, "f: g")


def test_text_in_blocks_is_no_structure():
    data = "a: |\n  # Title\n  b: no\n\n  - no\nb: >-  # folded\n\n    c: no\n      d: no\n   # a comment\nc: yes\n"
    assert written(data, "/a") == (1, 1, "a: |\n  # Title\n  b: no\n\n  - no")
    assert written(data, "/b") == (6, 1, "b: >-  # folded\n\n    c: no\n      d: no")
    assert written(data, "/c") == (11, 1, "c: yes")


def test_text_in_blocks_may_say_its_own_indentation():
    data = "a:\n  b: |1\n     x\n   # y\n  c: 1\n"
    assert written(data, "/a/b") == (2, 3, "b: |1\n     x\n   # y")
    assert written(data, "/a/c") == (5, 3, "c: 1")


def test_texts_of_several_lines_are_no_structure():
    data = "a: \"x\n\n  b: no # no\"  # yes\nb: 'it''s\n  c: no'\nc: plain\n  text\n\n  goes on # yes\nd: 1\n"
    assert written(data, "/a") == (1, 1, 'a: "x\n\n  b: no # no"')
    assert written(data, "/b") == (4, 1, "b: 'it''s\n  c: no'")
    assert written(data, "/c") == (6, 1, "c: plain\n  text\n\n  goes on")
    assert written(data, "/d") == (10, 1, "d: 1")


def test_a_text_whose_lines_stand_left_of_its_key_is_left_to_the_parser():
    data = 'a:\n  b: "x\nc: no\n"\n  d: 1\nc: 2\n'
    assert written(data, "/a/d") == (5, 3, "d: 1")
    assert written(data, "/c") == (6, 1, "c: 2")
    assert written(data, "/a") == (1, 1, 'a:\n  b: "x\nc: no\n"\n  d: 1')


def test_a_bracket_may_be_closed_in_the_column_of_its_key():
    data = "a:\n  b: [\n    1,\n  ]\n  c: {\n    d: 2\n  }\ne: 3\n"
    assert written(data, "/a/b/0") == (3, 5, "1")
    assert written(data, "/a/c/d") == (6, 5, "d: 2")
    assert written(data, "/e") == (8, 1, "e: 3")


def test_explicit_keys_are_located():
    data = "? a\n: 1\n? 'b c'\n: - 2\n  - d: 3\ne: 4\n"
    assert written(data, "/a") == (1, 3, "a\n: 1")
    assert written(data, "/b c/1/d") == (5, 5, "d: 3")
    assert written(data, "/e") == (6, 1, "e: 4")


def test_explicit_keys_of_several_lines_are_left_to_the_parser():
    data = "? |\n  a\n: 1\n? b\n"
    assert written(data, "/a\n") == (1, 3, "|\n  a\n: 1")
    assert written(data, "/b") == (4, 3, "b")


def test_values_that_are_not_written_end_with_their_colon_or_dash():
    data = "a:\nb: # none\nc:\n  -\n  - &x\n"
    assert written(data, "/a") == (1, 1, "a:")
    assert written(data, "/b") == (2, 1, "b:")
    assert written(data, "/c/0") == (4, 4, "")
    assert written(data, "/c/1") == (5, 5, "&x")


def test_anchors_and_tags_belong_to_the_node():
    data = "a: &x\n  b: 1\nc: !t\n  - &y 2\nd: !!str &z 3\n"
    assert written(data, "/a/b") == (2, 3, "b: 1")
    assert written(data, "/c/0") == (4, 5, "&y 2")
    assert written(data, "/d") == (5, 1, "d: !!str &z 3")


def test_anchors_and_tags_of_keys_are_left_to_the_parser():
    data = "a:\n  - &x b: 1\n    !!str c: 2\n"
    assert written(data, "/a/0/b") == (2, 5, "&x b: 1")
    assert written(data, "/a/0/c") == (3, 5, "!!str c: 2")


def test_directives_and_the_first_line_of_a_document_are_skipped():
    assert written("%YAML 1.2\n# top\n---\na: 1\n", "/a") == (4, 1, "a: 1")
    assert written("--- {a: 1}\n", "/a") == (1, 6, "a: 1")
    assert written("--- # top\n  a: 1\n", "/a") == (2, 3, "a: 1")
    assert written("a: 1\n...\n", "/a") == (1, 1, "a: 1")


def test_a_repeated_yaml_key_is_located_where_it_is_read():
    assert written("a: 1\nb: 2\na: 3\n", "/a") == (3, 1, "a: 3")


# YAML in brackets


def test_members_and_items_in_brackets_are_located():
    data = "a: {b: [1, 'x, ]', {c: d e}], \"f\":2, g: , h}\ni: 1\n"
    assert written(data, "/a/b/1") == (1, 12, "'x, ]'")
    assert written(data, "/a/b/2/c") == (1, 21, "c: d e")
    assert written(data, "/a/f") == (1, 31, '"f":2')
    assert written(data, "/a/g") == (1, 38, "g:")
    assert written(data, "/a/h") == (1, 43, "h")
    assert written(data, "/i") == (2, 1, "i: 1")


def test_brackets_may_span_lines_with_comments_at_any_indentation():
    data = "a:\n  b: [ # first ]\n1, # one\n      {c: # no }\n 2}\n  ]\n  d: 3\n"
    assert written(data, "/a/b/0") == (3, 1, "1")
    assert written(data, "/a/b/1/c") == (4, 8, "c: # no }\n 2")
    assert written(data, "/a/d") == (7, 3, "d: 3")


def test_a_whole_document_in_brackets_that_is_no_json_is_walked():
    assert written("{a: {b: 1},\n c: 2}\n", "/c") == (2, 2, "c: 2")
    assert written('{"a": 1, # one\n "b": 2}\n', "/b") == (2, 2, '"b": 2')
    assert written('{"a": 1 # one\n, "b": 2}\n', "/b") == (2, 3, '"b": 2')
    assert written('{"a" # one\n: 1, "b": 2}\n', "/b") == (2, 6, '"b": 2')


def test_pairs_and_explicit_keys_in_brackets_are_left_to_the_parser():
    assert written("a: [b: 1, {? c : 2}]\n", "/a/0/b") == (1, 5, "b: 1")
    assert written("a: [b: 1, {? c : 2}]\n", "/a/1/c") == (1, 14, "c : 2")


def test_what_is_odd_in_brackets_is_left_to_the_parser():
    assert written("a: {b: !<tag:x,y> 1, c: !<tag:x,y> {d: 2}}\n", "/a/c/d") == (1, 37, "d: 2")
    assert written("a: {!t b: 1, c: 2}\n", "/a/b") == (1, 5, "!t b: 1")
    assert written("a: {b: 1, c: 2, b: 3}\n", "/a/b") == (1, 17, "b: 3")
    assert written("a: {b: &x !t 1, c: !t , d: [&y ]}\n", "/a/d/0") == (1, 29, "&y")


def test_a_verbatim_tag_is_left_to_the_parser():
    assert written("a: !<tag:x,y>\n  b: 1\nc: 2\n", "/a/b") == (2, 3, "b: 1")


# Aliases and merge keys


ALIASES = """
base: &base
  a: &a {x: [1, 2]}
  b: 2
list:
  - &item
    c: 3
one: *base
two:
  <<: *base
  b: 4
three:
  <<: [*item, *base]
four: {<<: *base, d: *a}
"""


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/one", (8, 1, "one: *base")),
        ("/one/a", (3, 3, "a: &a {x: [1, 2]}")),
        ("/one/a/x/1", (3, 17, "2")),
        ("/one/zz", (8, 1, "one: *base")),
        ("/two/b", (11, 3, "b: 4")),
        ("/two/a/x", (3, 10, "x: [1, 2]")),
        ("/three/c", (7, 5, "c: 3")),
        ("/three/b", (4, 3, "b: 2")),
        ("/four/a", (3, 3, "a: &a {x: [1, 2]}")),
        ("/four/d", (14, 19, "d: *a")),
        ("/four/d/x/0", (3, 14, "1")),
    ],
)
def test_aliases_and_merge_keys_are_followed_to_what_is_written(pointer, expected):
    assert written(ALIASES, pointer) == expected
    assert written(f"twice: 1\ntwice: 2{ALIASES}", pointer) == (expected[0] + 1, *expected[1:])  # by the parser


def test_an_anchor_that_is_given_anew_is_left_to_the_parser():
    data = "a: &x {b: 1}\nc: *x\nd: &x {b: 2}\ne: *x\ntext: not &x here\nf: *x\n"
    assert written(data, "/c/b") == (1, 8, "b: 1")
    assert written(data, "/f/b") == (3, 8, "b: 2")


def test_an_alias_that_is_a_key_is_left_to_the_parser():
    assert written("a: &x key\nb:\n  *x : 1\n", "/b/key") == (3, 3, "*x : 1")


# Bytes and characters


def test_columns_count_characters_and_spans_count_bytes():
    data = '{"é😀": {"ü": 1}}'.encode()
    assert locate(data, "/é😀/ü") == Position(line=1, column=9, end_line=1, start=12, end=19)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16-le", "utf-32-be"])
@pytest.mark.parametrize("text", ['{"é": [\n"😀", 2]}', "é:\n- 😀\n- 2\n"])
def test_spans_are_those_of_the_file_in_its_own_encoding(codec, text):
    data = text.encode(codec) if codec == "utf-8-sig" else ("\ufeff" + text).encode(codec)
    place = locate(data, "/é/1")
    assert data[place.start : place.end].decode(codec.replace("-sig", "")) == "2"
    assert place.column == locate(text.encode(), "/é/1").column


def test_lines_may_end_with_carriage_returns():
    assert written(b"a:\r\n  b: 1\r\n  c: |\r\n    x\r\n\r\nd: 2\r\n", "/a/c") == (3, 3, "c: |\r\n    x")
    assert written(b"a:\r\n  b: 1\r\n  c: |\r\n    x\r\n\r\nd: 2\r\n", "/d") == (6, 1, "d: 2")


def test_everything_in_an_empty_file_is_at_its_beginning():
    assert locate(b"", "/a/b") == Position(line=1, column=1, end_line=1, start=0, end=0)


def test_a_document_that_cannot_be_read_has_no_places():
    with pytest.raises(UnreadableDocument) as caught:
        Places(b"a: 1\na: [1\n", "pets.yaml").locate("/a")
    assert caught.value.where == "pets.yaml:3:1"


# The text of a line


def test_a_line_is_shown_without_indentation_and_cut_to_a_width():
    assert Places(b"a:\r\n    b: 1  \r\n").text(2) == "b: 1"
    assert Places("a: ééééé\n".encode()).text(1, width=6) == "a: éé…"
    assert Places("a: é\n".encode("utf-16")).text(1) == "a: é"


@pytest.mark.parametrize("line", [0, -1, 3])
def test_a_line_that_does_not_exist_is_empty(line):
    assert Places(b"a: 1\n").text(line) == ""
