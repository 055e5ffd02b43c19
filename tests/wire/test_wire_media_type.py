import pytest

from mockserver.wire.media_type import MediaRange, concrete, is_json, matches, negotiate, parameters_of, parse, select


@pytest.mark.parametrize(
    ("text", "media"),
    [
        ("application/json", MediaRange("application", "json")),
        ("Text/HTML;Charset=UTF-8", MediaRange("text", "html", (("charset", "UTF-8"),))),
        ('a/b; x="a;b\\"c" ; y=1', MediaRange("a", "b", (("x", 'a;b"c'), ("y", "1")))),
        ("*/*", MediaRange("*", "*")),
        ("application/vnd.a+json;;v=1;", MediaRange("application", "vnd.a+json", (("v", "1"),))),
    ],
)
def test_media_types_are_read_with_their_parameters(text, media):
    assert parse(text) == media


@pytest.mark.parametrize("text", ["", "json", "a/", "/b", "a b/c", "a/b c"])
def test_what_is_no_media_type_is_none(text):
    assert parse(text) is None


def test_a_media_type_is_written_with_quotes_where_they_are_needed():
    media = MediaRange("multipart", "mixed", (("boundary", 'a "b'), ("x", "y")))
    assert (str(media), parse(str(media))) == ('multipart/mixed; boundary="a \\"b"; x=y', media)


def test_parameters_may_be_empty_or_without_quotes():
    assert parameters_of('; name=""; file=a b') == (("name", ""), ("file", "a b"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("application/json", True),
        ("application/problem+json; charset=utf-8", True),
        ("text/json", True),
        ("application/jsonl", False),
        ("application/xml", False),
        ("?", False),
    ],
)
def test_json_is_told_by_name_or_suffix(text, expected):
    assert is_json(text) is expected


@pytest.mark.parametrize(
    ("pattern", "media_type", "expected"),
    [
        ("*/*", "a/b", True),
        ("a/*", "a/b", True),
        ("a/*", "b/b", False),
        ("A/B", "a/b; x=1", True),
        ("a/b; x=1", "a/b", True),
        ("a/b; x=1", "a/b; x=2", False),
        ("a/b; charset=utf-8", "a/b; charset=latin-1", True),
        ("nonsense", "a/b", False),
    ],
)
def test_a_range_covers_media_types(pattern, media_type, expected):
    assert matches(pattern, media_type) is expected


@pytest.mark.parametrize(
    ("documented", "media_type", "expected"),
    [
        (["*/*", "a/*", "a/b"], "a/b", "a/b"),
        (["*/*", "a/*"], "a/b", "a/*"),
        (["*/*"], "a/b", "*/*"),
        (["a/b; v=1", "a/b; v=2"], "a/b; v=2", "a/b; v=2"),
        (["a/b"], "a/c", None),
        (["a/b"], "nonsense", None),
        ([], "a/b", None),
    ],
)
def test_the_most_specific_documented_media_type_is_selected(documented, media_type, expected):
    assert select(documented, media_type) == expected


JSON_XML = ["application/json", "application/xml"]


@pytest.mark.parametrize(
    ("accept", "offers", "expected"),
    [
        (None, JSON_XML, "application/json"),
        ("", JSON_XML, "application/json"),
        ("nonsense", JSON_XML, "application/json"),
        ("*/*", JSON_XML, "application/json"),
        ("application/xml", JSON_XML, "application/xml"),
        ("application/xml, application/json;q=0.5", JSON_XML, "application/xml"),
        ("application/json;q=0.2, application/xml;q=0.8", JSON_XML, "application/xml"),
        ("application/*;q=0.5, application/json;q=0", JSON_XML, "application/xml"),
        ("*/*, application/xml", JSON_XML, "application/xml"),
        ("text/html, */*;q=0.1", JSON_XML, "application/json"),
        ("text/html", JSON_XML, None),
        ("application/json;q=0", JSON_XML, None),
        ("application/json;charset=utf-8", JSON_XML, "application/json"),
        ("application/json;v=2", ["application/json;v=1", "application/json;v=2"], "application/json;v=2"),
        ("text/plain", ["text/*"], "text/*"),
        ("text/*", ["text/html"], "text/html"),
        ("image/png", ["text/*", "*/*"], "*/*"),
        ("application/json;q=2, application/xml", JSON_XML, "application/xml"),
        ("*/*", [], None),
        ("*/*", ["nonsense", "a/b"], "a/b"),
    ],
)
def test_the_offer_that_the_client_likes_best_is_chosen(accept, offers, expected):
    assert negotiate(accept, offers) == expected


@pytest.mark.parametrize(
    ("offer", "accept", "expected"),
    [
        ("application/xml", None, "application/xml"),
        ("*/*", None, "application/json"),
        ("text/*", "text/html;q=0.5, text/csv", "text/csv"),
        ("*/*", "image/*", "image/png"),
        ("image/*", "text/html, image/gif;q=0", "image/png"),
        ("chemical/*", None, "chemical/octet-stream"),
        ("nonsense", None, "nonsense"),
    ],
)
def test_a_range_becomes_one_media_type(offer, accept, expected):
    assert concrete(offer, accept) == expected
