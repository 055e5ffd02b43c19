"""A mock is shown to people: what its values look like."""

import re
from datetime import date, datetime

import pytest

from mockserver.generate.generator import Generator
from mockserver.generate.place import Place
from mockserver.generate.words import HOSTS, IPV4
from mockserver.schema.compile import Validators


def values_of(properties, count=8, **more):
    schema = {"type": "object", "properties": properties, **more}
    generator = Generator(schema, Validators())
    return [generator.draw(seed) for seed in range(count)]


def texts_of(name, count=12, **keywords):
    return [value[name] for value in values_of({name: {"type": "string", **keywords}}, count)]


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("firstName", r"[A-Z][a-z]+"),
        ("full_name", r"[A-Z][a-z]+ [A-Z][a-z]+"),
        ("contactEmail", r"[a-z.]+@(mail\.)?example\.(com|org|net)"),
        ("phone", r"\+1\d{3}55501\d\d"),
        ("currency", r"[A-Z]{3}"),
        ("country_code", r"[A-Z]{2}"),
        ("postalCode", r"\d{5}"),
        ("line1", r"\d+ [A-Z]\w+ [A-Z]\w+"),
        ("website_url", r"https://[a-z.]*example\.(com|org|net)/.+"),
        ("client_ip", r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+"),
        ("userAgent", r"Mozilla/5\.0 .+"),
        ("language", r"[a-z]{2}"),
        ("timezone", r"UTC|[A-Z]\w+/[A-Z]\w+"),
        ("version", r"\d+\.\d+\.\d+"),
        ("sha", r"[0-9a-f]{40}"),
        ("access_token", r"[A-Za-z0-9]{32}"),
        ("created_at", r"202[4-6]-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        ("birth_date", r"(19|20)\d\d-\d\d-\d\d"),
        ("slug", r"[a-z]+-[a-z]+"),
        ("amount", r"\d+\.\d\d"),
        ("fileName", r"\w+\.\w+"),
        ("mimeType", r"\w+/\w+"),
        ("order_id", r"[a-z0-9]{12}"),
        ("description", r"[A-Z].+\."),
    ],
)
def test_a_text_is_what_its_name_says(name, pattern):
    for text in texts_of(name):
        assert re.fullmatch(pattern, text), text


def test_a_name_depends_on_whose_it_is():
    below = {"type": "object", "properties": {"name": {"type": "string"}}}
    value = values_of({"owner": below, "company": below, "city": below, "product": below}, 1)[0]
    assert re.fullmatch(r"[A-Z]\w+ [A-Z]\w+", value["owner"]["name"])
    assert len({each["name"] for each in value.values()}) == 4


@pytest.mark.parametrize(
    ("saying", "pattern"),
    [
        ("Three-letter ISO 4217 code.", r"[A-Z]{3}"),
        ("When it happened, in ISO 8601.", r"20\d\d-.+Z"),
        ("The URL of the picture.", r"https://.+"),
        ("A UUID.", r"[0-9a-f-]{36}"),
    ],
)
def test_a_name_that_says_nothing_is_explained_by_its_description(saying, pattern):
    for text in texts_of("thing", description=saying):
        assert re.fullmatch(pattern, text), text


def test_nothing_is_a_placeholder():
    names = ("a", "foo", "value", "text", "data", "string", "x1", "content", "unknownThing", "status", "type")
    for value in values_of({name: {"type": "string"} for name in names}):
        for text in value.values():
            assert text.lower() not in {"", "string", "text", "foo", "value"}
            assert "lorem" not in text.lower()


def test_one_object_tells_of_one_person():
    value = values_of({name: {"type": "string"} for name in ("first_name", "last_name", "full_name", "email")}, 1)[0]
    assert value["full_name"] == f"{value['first_name']} {value['last_name']}"
    assert value["email"].startswith(f"{value['first_name']}.{value['last_name']}@".lower())


def test_moments_come_in_their_order():
    names = ("created_at", "updated_at", "closed_at", "expires_at")
    for value in values_of({name: {"type": "string", "format": "date-time"} for name in names}):
        moments = [datetime.fromisoformat(value[name]) for name in names]
        assert moments == sorted(moments)
        assert {moment.year for moment in moments} <= {2024, 2025, 2026, 2027}


def test_dates_and_seconds_of_one_object_are_of_one_day():
    value = values_of(
        {"created": {"type": "integer", "format": "unix-time"}, "created_on": {"type": "string", "format": "date"}}, 1
    )
    seconds, day = value[0]["created"], value[0]["created_on"]
    assert datetime.fromtimestamp(seconds, tz=datetime.now().astimezone().tzinfo).year == date.fromisoformat(day).year


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("percentage", 0, 100),
        ("latitude", -90, 90),
        ("longitude", -180, 180),
        ("age", 1, 120),
        ("month", 1, 12),
        ("item_count", 0, 100),
        ("page", 1, 1),
        ("port", 1, 65535),
        ("price", 0, 50_000),
        ("probability", 0, 1),
    ],
)
def test_a_number_is_what_its_name_says(name, low, high):
    for kind in ("integer", "number"):
        for value in values_of({name: {"type": kind}}):
            assert low <= value[name] <= high


@pytest.mark.parametrize(
    ("number_format", "low", "high"),
    [("int8", -128, 127), ("uint8", 0, 255), ("int16", -32768, 32767), ("uint32", 0, 2**32 - 1), ("uint64", 0, 2**64)],
)
@pytest.mark.parametrize("name", ["bytes", "amount", "anything"])
def test_a_registered_format_is_kept_where_the_bounds_allow(number_format, low, high, name):
    found = [value[name] for value in values_of({name: {"type": "integer", "format": number_format}})]
    assert all(low <= number <= high for number in found), found
    beyond = values_of({name: {"type": "integer", "format": number_format, "minimum": high + 1}})
    assert all(value[name] > high for value in beyond), beyond


def test_amounts_are_cents_or_decimals():
    value = values_of({"total_price": {"type": "number"}, "unit_amount": {"type": "integer"}}, 1)[0]
    assert round(value["total_price"], 2) == value["total_price"]
    assert value["unit_amount"] >= 100


def test_switches_say_what_is_usual():
    names = ("has_more", "deleted", "active", "is_archived", "success", "hasNextPage")
    value = values_of({name: {"type": "boolean"} for name in names}, 1)[0]
    assert value == {
        "has_more": False, "deleted": False, "active": True, "is_archived": False, "success": True,
        "hasNextPage": False,
    }  # fmt: skip


def test_a_page_is_the_last_one():
    text, url = {"type": "string"}, {"type": "string", "format": "uri"}
    properties = {
        "data": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "integer"}}}},
        "has_more": {"type": "boolean"},
        "next_cursor": {"type": ["string", "null"]},
        "nextPageToken": text,
        "next": {"anyOf": [url, {"type": "null"}]},
        "next_page": {"type": ["integer", "null"]},
        "total_count": {"type": "integer"},
    }
    for page in values_of(properties, required=["nextPageToken"]):
        items = page.pop("data")
        assert page == {
            "has_more": False, "next_cursor": None, "nextPageToken": "", "next": None, "next_page": None,
            "total_count": len(items),
        }  # fmt: skip


def test_what_must_lead_on_is_left_out_where_it_may_be():
    assert "next" not in values_of({"next": {"type": "string", "format": "uri"}}, 1)[0]


def test_lists_hold_two_or_three_different_things():
    for value in values_of({"tags": {"type": "array", "items": {"type": "string"}}}):
        assert len(value["tags"]) in {2, 3}
        assert len(set(value["tags"])) == len(value["tags"])


def test_items_of_a_list_are_not_the_same_item():
    item = {"type": "object", "properties": {"id": {"type": "integer"}, "email": {"type": "string"}}}
    for value in values_of({"users": {"type": "array", "items": item}}):
        assert len({each["id"] for each in value["users"]}) == len(value["users"])


def test_maps_have_believable_names():
    value = values_of({
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "rates": {"type": "object", "additionalProperties": {"type": "number"}},
        "metadata": {"type": "object"},
        "closed": {"type": "object", "additionalProperties": False},
    }, 1)[0]  # fmt: skip
    assert [len(each) for each in value.values()] == [2, 2, 2, 0]
    assert all(re.fullmatch("[A-Z]{3}", code) for code in value["rates"])


def test_hosts_and_addresses_are_those_that_belong_to_nobody():
    assert set(texts_of("hostname", 40)) <= set(HOSTS)
    assert set(texts_of("ip", 40)) <= set(IPV4)


def test_the_contract_s_own_example_is_the_most_believable():
    properties = {
        "species": {"type": "string", "example": "Panthera leo"},
        "legs": {"type": "integer", "example": 4},
        "nickname": {"type": "string", "example": "string"},
        "code": {"type": "string", "example": "too long", "maxLength": 4},
        "colors": {"type": "array", "items": {"type": "string"}, "example": ["red", "blue"]},
        "extra": {"type": "object", "example": {"a": 1}},
        "size": {"type": "string", "default": "medium"},
    }
    for value in values_of(properties):
        assert (value["species"], value["legs"], value["size"]) == ("Panthera leo", 4, "medium")
        assert (value["colors"], value["extra"]) == (["red", "blue"], {"a": 1})
        assert value["nickname"] != "string"
        assert len(value["code"]) <= 4


def test_identifiers_are_written_like_the_example_and_vary():
    texts = texts_of("charge", example="ch_3LmjFA2eZvKYlo2C0TLzbsdP")
    assert len(set(texts)) == len(texts)
    assert {(text[:3], len(text)) for text in texts} == {("ch_", 27)}


def test_the_example_of_the_whole_is_not_ours_to_use():
    assert Generator({"type": "string", "example": "mine"}, Validators()).draw(1) != "mine"


def test_a_place_knows_its_words():
    place = Place("line_items").item()
    assert place.words == ("line", "item")
    assert place.below("unitPrice").words == ("unit", "price")


def test_what_counts_a_list_is_its_length_and_speaks_of_one_page():
    about = {"type": "object", "properties": {"pagination": {"type": "object", "properties": {
        "total": {"type": "integer"}, "total_pages": {"type": "integer"}, "page": {"type": "integer"},
    }}}}  # fmt: skip
    page = {"type": "object", "properties": {"items": {"type": "array", "items": {"type": "string"}}, "meta": about}}
    drawn = [Generator(page, Validators()).draw(seed) for seed in range(20)]
    assert all(
        each["meta"]["pagination"] == {"total": len(each["items"]), "total_pages": 1, "page": 1} for each in drawn
    )


def test_where_a_list_is_told_is_a_path():
    page = {"type": "object", "properties": {
        "data": {"type": "array", "items": {"type": "string"}},
        "has_more": {"type": "boolean"},
        "url": {"type": "string"},
    }}  # fmt: skip
    assert Generator(page, Validators()).draw(1)["url"].startswith("/")


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("Can be one of `track`, `episode`, `ad` or `unknown`.", {"track", "episode", "ad", "unknown"}),
        ("Possible values:\n* `low` - not much\n* `high` - much", {"low", "high"}),
        ("The type of the object, which is always 'list'.", {"list"}),
    ],
)
def test_values_that_a_description_lists_are_taken(said, values):
    generator = Generator(
        {"type": "object", "properties": {"kind_of": {"type": "string", "description": said}}}, Validators()
    )
    assert {generator.draw(seed)["kind_of"] for seed in range(60)} == values
