"""Texts by the name of their property: one list, by the last words of a name.

Knows names only. What a name means depends on whose it is in a few cases; those are for `believable`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from mockserver.generate import words
from mockserver.generate.dice import Draw, below, chooser
from mockserver.generate.formats import (
    FORMATS,
    Maker,
    digits,
    email,
    hexadecimal,
    jwt,
    mac,
    money_text,
    path,
    person,
    slug,
    token,
    uuid,
    version,
)
from mockserver.generate.moments import Spelling, moment


def options(*texts: str) -> Maker:
    """Return a maker of draws of these texts."""
    return lambda _words, salt: chooser(texts, salt)


def _salted(made: Callable[[int], Draw]) -> Maker:
    return lambda _words, salt: made(salt)


def _moment(spelling: Spelling) -> Maker:
    return lambda name, _salt: moment(name, spelling)


def _drawn(draw: Draw) -> Maker:
    return lambda _words, _salt: draw


def _first_name(seed: int) -> str:
    return person(seed)[0]


def _last_name(seed: int) -> str:
    return person(seed)[1]


def full_name(seed: int) -> str:
    """Return the name of the person of this seed."""
    return " ".join(person(seed))


def _login(seed: int) -> str:
    first, last = person(seed)
    return f"{first[0]}{last}".lower()


def _initials(seed: int) -> str:
    first, last = person(seed)
    return first[0] + last[0]


def _street(_words: tuple[str, ...], salt: int) -> Draw:
    street = chooser(words.STREETS, salt)
    return lambda seed: f"{below(seed, salt + 2, 180) + 1} {street(seed)}"


def _address(_words: tuple[str, ...], salt: int) -> Draw:
    street, city = chooser(words.STREETS, salt), chooser(words.CITIES, salt + 2)
    return lambda seed: f"{below(seed, salt + 4, 180) + 1} {street(seed)}, {city(seed)}"


def _reference(name: tuple[str, ...], salt: int) -> Draw:
    known = [word for word in name if word not in {"id", "number", "no", "reference", "ref", "external", "client"}]
    prefix = (known[0] if known else "ref")[:3].upper()
    number = digits(salt, 6)
    return lambda seed: f"{prefix}-{number(seed)}"


def _file(_words: tuple[str, ...], salt: int) -> Draw:
    made = path(salt)
    return lambda seed: made(seed).rpartition("/")[2]


def _coordinate(limit: int) -> Maker:
    return lambda _words, salt: lambda seed: f"{below(seed, salt, limit)}.{below(seed, salt + 2, 9000) + 1000}"


def _day_time(_words: tuple[str, ...], salt: int) -> Draw:
    return lambda seed: f"{below(seed, salt, 12) + 8:02d}:{below(seed, salt + 2, 4) * 15:02d}"


def _zip(_words: tuple[str, ...], salt: int) -> Draw:
    return digits(salt, 5)


_CODE = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_LOWER = "abcdefghijkmnpqrstuvwxyz23456789"
_opaque = _salted(lambda salt: token(salt, 12, _LOWER))
_secret = _salted(lambda salt: token(salt, 32))
_sentence = options(*words.SENTENCES)
_url = FORMATS["uri"]

TEXTS: Mapping[str, Maker] = {
    **dict.fromkeys(("first_name", "firstname", "given_name", "forename", "nickname", "first"), _drawn(_first_name)),
    **dict.fromkeys(("last_name", "lastname", "family_name", "surname", "last", "middle_name"), _drawn(_last_name)),
    **dict.fromkeys(
        ("full_name", "fullname", "display_name", "displayname", "real_name", "contact_name", "customer_name", "author",
         "user_name_full", "cardholder_name", "owner", "assignee", "creator", "recipient", "reviewer", "created_by",
         "updated_by", "holder_name", "account_holder_name", "person", "contact", "customer", "guest", "person_name",
         "recipient_name", "sender_name", "employee"), _drawn(full_name)),
    **dict.fromkeys(("username", "user_name", "login", "handle", "screen_name", "user"), _drawn(_login)),
    "initials": _drawn(_initials),
    **dict.fromkeys(("email", "mail", "e_mail", "email_address"), _drawn(email)),
    **dict.fromkeys(
        ("company", "company_name", "organization", "organisation", "organization_name", "business_name", "legal_name",
         "merchant", "merchant_name", "vendor", "supplier", "employer", "manufacturer", "publisher", "institution",
         "institution_name", "carrier", "provider"), options(*words.COMPANIES)),
    **dict.fromkeys(("phone", "phone_number", "telephone", "mobile", "fax", "msisdn", "cell"), options(*words.PHONES)),
    **dict.fromkeys(("street", "street_address", "line_1", "address_1", "address_line_1", "street_name"), _street),
    **dict.fromkeys(("line_2", "address_2", "address_line_2", "line_3"), options("Suite 4", "Unit 12", "Apt 7")),
    **dict.fromkeys(("address", "full_address", "formatted_address", "location"), _address),
    **dict.fromkeys(("city", "town", "locality", "place", "origin", "destination", "venue"), options(*words.CITIES)),
    **dict.fromkeys(("state_code", "province_code", "region_code"), options(*words.STATES)),
    **dict.fromkeys(("province", "county", "region"), options(*words.REGIONS)),
    **dict.fromkeys(("zip", "zip_code", "zipcode", "postal_code", "postcode", "postal"), _zip),
    **dict.fromkeys(("country", "country_code", "nationality"), FORMATS["country"]),
    "country_name": options(*(name for name, _, _ in words.COUNTRIES)),
    **dict.fromkeys(("currency", "currency_code"), options(*words.CURRENCIES)),
    **dict.fromkeys(("language", "lang", "language_code"), FORMATS["language"]),
    **dict.fromkeys(("locale", "accept_language", "content_language"), options(*words.LOCALES)),
    **dict.fromkeys(("timezone", "time_zone", "tz"), options(*words.TIME_ZONES)),
    **dict.fromkeys(("lat", "latitude"), _coordinate(80)),
    **dict.fromkeys(("lon", "lng", "long", "longitude"), _coordinate(170)),
    **dict.fromkeys(("price", "amount", "cost", "total", "balance", "fee", "tax", "subtotal", "discount"),
                    _salted(money_text)),
    "collection_path": options("/v1/items"),
    **dict.fromkeys(("url", "uri", "link", "href", "website", "homepage", "webpage", "endpoint", "src", "self", "html",
                     "location_url", "avatar", "image", "photo", "picture", "thumbnail", "logo", "callback", "webhook"),
                    _url),
    **dict.fromkeys(("host", "hostname", "domain", "server", "domain_name", "fqdn"), options(*words.HOSTS)),
    **dict.fromkeys(("ip", "ip_address", "ipv_4", "remote_addr", "client_ip"), options(*words.IPV4)),
    **dict.fromkeys(("ipv_6",), options(*words.IPV6)),
    **dict.fromkeys(("mac", "mac_address"), _salted(mac)),
    **dict.fromkeys(("user_agent",), options(*words.USER_AGENTS)),
    **dict.fromkeys(("path", "file_path", "filepath"), _salted(path)),
    **dict.fromkeys(("folder", "directory", "dir"), options(*words.FOLDERS)),
    **dict.fromkeys(("filename", "file_name", "file", "attachment"), _file),
    **dict.fromkeys(("extension", "file_extension"), options(*words.EXTENSIONS)),
    **dict.fromkeys(("mime_type", "mimetype", "content_type", "media_type", "mime"), options(*words.MEDIA_TYPES)),
    **dict.fromkeys(("uuid", "guid"), _salted(uuid)),
    **dict.fromkeys(("id", "ids", "identifier", "uid", "oid", "sid", "pid"), _opaque),
    **dict.fromkeys(("number", "no", "reference", "ref_number", "reference_number", "tracking_number"), _reference),
    **dict.fromkeys(("account_number", "routing_number", "serial", "serial_number", "barcode", "ean", "upc"),
                    _salted(lambda salt: digits(salt, 9))),
    **dict.fromkeys(("last_4", "last_four", "pin"), _salted(lambda salt: digits(salt, 4))),
    **dict.fromkeys(("iban",), options("CH9300762011623852957", "DE89370400440532013000", "GB29NWBK60161331926819")),
    **dict.fromkeys(("bic", "swift", "swift_code"), options("DEUTDEFF", "NEDSZAJJ", "DABADKKK")),
    **dict.fromkeys(("code", "coupon", "promo_code", "voucher"), _salted(lambda salt: token(salt, 6, _CODE))),
    **dict.fromkeys(("token", "secret", "api_key", "apikey", "access_token", "refresh_token", "client_secret", "nonce",
                     "password", "passphrase", "private_key", "public_key", "session_key"), _secret),
    **dict.fromkeys(("jwt", "id_token", "bearer"), _salted(jwt)),
    **dict.fromkeys(("sha", "commit", "sha_1", "commit_sha", "revision", "head_sha", "commit_id", "oid_sha"),
                    _salted(lambda salt: hexadecimal(salt, 40))),
    **dict.fromkeys(("hash", "digest", "checksum", "sha_256", "signature", "fingerprint"),
                    _salted(lambda salt: hexadecimal(salt, 64))),
    **dict.fromkeys(("md_5", "etag", "trace_id"), _salted(lambda salt: hexadecimal(salt, 32))),
    **dict.fromkeys(("version", "release"), _salted(version)),
    "api_version": options("v1", "v2"), "resource_version": _salted(lambda salt: digits(salt, 6)),
    **dict.fromkeys(("slug", "alias", "permalink", "repository", "repo", "project", "bucket", "cluster", "service",
                     "app", "application", "workspace", "environment", "namespace", "channel", "database", "table",
                     "collection", "queue", "node", "container", "instance", "package", "module"), _salted(slug)),
    **dict.fromkeys(("branch", "default_branch"), options("main", "develop", "release")),
    **dict.fromkeys(("color", "colour", "background_color", "hex_color"), options(*words.COLORS)),
    **dict.fromkeys(("tag", "label", "keyword", "topic"), options(*words.TAGS)),
    **dict.fromkeys(("category", "genre", "section"), options(*words.CATEGORIES)),
    **dict.fromkeys(("status", "state"), options(*words.STATUSES)),
    **dict.fromkeys(("role", "permission"), options(*words.ROLES)),
    **dict.fromkeys(("scope", "grant"), options(*words.SCOPES)),
    **dict.fromkeys(("event", "event_type", "event_name", "action"), options(*words.EVENTS)),
    **dict.fromkeys(("job", "job_title", "position", "occupation", "profession"), options(*words.JOBS)),
    **dict.fromkeys(("department", "team", "group", "division"), options(*words.DEPARTMENTS)),
    **dict.fromkeys(("product", "product_name", "item", "item_name", "article", "sku_name"), options(*words.PRODUCTS)),
    **dict.fromkeys(("sku", "product_code"), _reference),
    **dict.fromkeys(("brand", "network"), options(*words.CARDS)),
    "bank": options(*words.BANKS), "bank_name": options(*words.BANKS),
    **dict.fromkeys(("unit", "units", "unit_of_measure", "uom"), options(*words.UNITS)),
    **dict.fromkeys(("size",), options("S", "M", "L", "XL")),
    **dict.fromkeys(("gender", "sex"), options("female", "male")),
    **dict.fromkeys(("title", "subject", "headline", "topic_title"), options(*words.SUBJECTS)),
    **dict.fromkeys(("description", "summary", "note", "notes", "comment", "comments", "body", "text", "content", "bio",
                     "about", "details", "memo", "instructions", "caption", "abstract", "remark", "remarks", "excerpt",
                     "statement", "purpose"), _sentence),
    **dict.fromkeys(("message", "msg", "detail", "info", "hint"), options(*words.MESSAGES)),
    **dict.fromkeys(("reason", "cause", "explanation", "justification"), options(*words.REASONS)),
    **dict.fromkeys(("error", "error_message", "error_description"), options("The request could not be completed.")),
    **dict.fromkeys(("error_code",), options(*words.CODES)),
    **dict.fromkeys(("year",), options("2024", "2025", "2026")),
    **dict.fromkeys(("month",), options("01", "04", "06", "09", "11")),
    **dict.fromkeys(("day", "day_of_week", "weekday"), options("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")),
    **dict.fromkeys(("at", "timestamp", "datetime", "date_time", "created", "updated", "modified", "expires", "expiry",
                     "last_modified", "created_at"), _moment("date-time")),
    **dict.fromkeys(("date", "on", "birthday", "birth_date", "dob", "due_on", "deadline"), _moment("date")),
    **dict.fromkeys(("time", "start_time", "end_time"), _day_time),
    **dict.fromkeys(("duration", "interval"), FORMATS["duration"]),
    "retry_after": options("30", "60", "120"),
    "name": _salted(slug),
}  # fmt: skip
"""By the last words of a name; the longest that is known here decides."""

SAYINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(saying, re.IGNORECASE), name)
    for saying, name in (
        (r"\bISO[- ]?4217|three[- ]letter .{0,20}currency", "currency"),
        (r"\bISO[- ]?3166|two[- ]letter country", "country"),
        (r"\bISO[- ]?8601|\bRFC ?3339|\bdate[- ]time\b", "timestamp"),
        (r"\bUUID\b|\bGUID\b", "uuid"),
        (r"\be-?mail address", "email"),
        (r"\bBCP ?47|\bIETF language|\blocale\b", "locale"),
        (r"\bIANA time ?zone|\btime zone\b", "timezone"),
        (r"\bURLs?\b|\bURIs?\b", "url"),
        (r"\bphone number\b", "phone"),
        (r"\bhex(adecimal)? color", "color"),
        (r"\b(unique )?(identifier|ID)\b", "id"),
        (r"\bname of\b", "name"),
    )
)
