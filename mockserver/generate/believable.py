"""What a text of this name would hold.

Knows names only: of the property, and of what it is a property of. Whether a value fits its schema is for others to
judge, and a name that says nothing gives a plain word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mockserver.generate import words
from mockserver.generate.dice import Draw, below, chooser, constant, salt_of
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
from mockserver.generate.names import singular, words_of


_PLAIN_OWNERS = frozenset("data items response result results attributes body list value values object entries".split())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: its name, what its schema calls it, and the same of what it belongs to."""

    name: str = ""
    titles: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    listed: bool = False
    root: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the name; of a list's items those of the list, for one of them."""
        found = words_of(self.name)
        return (*found[:-1], singular(found[-1])) if self.listed and found else found

    @property
    def salt(self) -> int:
        """A number of its own for this name."""
        return salt_of(self.name, "listed" if self.listed else "")

    def called(self, titles: Iterable[str]) -> Place:
        """Return the place with what its schema calls it."""
        return Place(self.name, tuple(titles)[:3], self.owners, self.listed, self.root)

    def below(self, name: str) -> Place:
        """Return the place of a property."""
        own = tuple(known for known in (self.name, *self.titles) if known)
        plain = all(set(words_of(known)) <= _PLAIN_OWNERS for known in own)
        return Place(name, (), (*own, *self.owners)[:4] if plain else own)

    def referring(self) -> Place:
        """Return the place of a reference to what could stand here itself."""
        return Place(f"{self.name}_id", (), self.owners, self.listed, self.root)

    def item(self) -> Place:
        """Return the place of an item."""
        return Place(self.name, (), self.owners, listed=True)


_PEOPLE = frozenset(
    [
        "user",
        "person",
        "customer",
        "owner",
        "author",
        "contact",
        "employee",
        "member",
        "patient",
        "guest",
        "assignee",
        "creator",
        "sender",
        "recipient",
        "client",
        "driver",
        "student",
        "teacher",
        "admin",
        "buyer",
        "seller",
        "cardholder",
        "passenger",
        "attendee",
        "commenter",
        "shopper",
        "reviewer",
        "individual",
        "payer",
        "uploader",
        "profile",
        "human",
        "maintainer",
        "committer",
        "actor",
        "beneficiary",
        "holder",
        "billing",
        "shipping",
    ]
)
_ORGANISATIONS = frozenset(
    [
        "company",
        "organization",
        "organisation",
        "org",
        "business",
        "merchant",
        "vendor",
        "supplier",
        "employer",
        "brand",
        "tenant",
        "manufacturer",
        "publisher",
        "carrier",
        "institution",
        "provider",
        "agency",
        "enterprise",
        "partner",
    ]
)
_NAMED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("pet", "dog", "cat", "animal"), words.PETS),
    **dict.fromkeys(("city", "location", "venue", "station", "store", "site", "place"), words.CITIES),
    **dict.fromkeys(("product", "item", "sku", "article", "variant", "listing", "package", "line"), words.PRODUCTS),
    **dict.fromkeys(("tag", "label", "topic", "keyword"), words.TAGS),
    **dict.fromkeys(("category", "genre"), words.CATEGORIES),
    **dict.fromkeys(("team", "department", "group", "division"), words.DEPARTMENTS),
    **dict.fromkeys(("file", "document", "attachment", "asset", "artifact", "media"), tuple(
        f"{name}.{ending}" for name in words.FILES for ending in words.EXTENSIONS
    )),
    "bank": words.BANKS,
    "country": tuple(name for name, _, _ in words.COUNTRIES),
    "language": tuple(name for _, name in words.LANGUAGES),
    "region": words.REGIONS,
    "role": words.ROLES,
    "event": words.SUBJECTS,
}  # fmt: skip
_ADDRESSES = frozenset({"address", "billing", "shipping", "location", "residence"})


def _options(*options: str) -> Maker:
    return lambda _words, salt: chooser(options, salt)


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


def _full_name(seed: int) -> str:
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


_CODE = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_LOWER = "abcdefghijkmnpqrstuvwxyz23456789"
_opaque = _salted(lambda salt: token(salt, 12, _LOWER))
_secret = _salted(lambda salt: token(salt, 32))
_sentence = _options(*words.SENTENCES)
_url = FORMATS["uri"]

TEXTS: Mapping[str, Maker] = {
    **dict.fromkeys(("first_name", "firstname", "given_name", "forename", "nickname", "first"), _drawn(_first_name)),
    **dict.fromkeys(("last_name", "lastname", "family_name", "surname", "last", "middle_name"), _drawn(_last_name)),
    **dict.fromkeys(
        ("full_name", "fullname", "display_name", "displayname", "real_name", "contact_name", "customer_name", "author",
         "user_name_full", "cardholder_name", "owner", "assignee", "creator", "recipient", "reviewer", "created_by",
         "updated_by", "holder_name", "account_holder_name", "person", "contact", "customer", "guest", "person_name",
         "recipient_name", "sender_name", "employee"), _drawn(_full_name)),
    **dict.fromkeys(("username", "user_name", "login", "handle", "screen_name", "user"), _drawn(_login)),
    "initials": _drawn(_initials),
    **dict.fromkeys(("email", "mail", "e_mail", "email_address"), _drawn(email)),
    **dict.fromkeys(
        ("company", "company_name", "organization", "organisation", "organization_name", "business_name", "legal_name",
         "merchant", "merchant_name", "vendor", "supplier", "employer", "manufacturer", "publisher", "institution",
         "institution_name", "carrier", "provider"), _options(*words.COMPANIES)),
    **dict.fromkeys(("phone", "phone_number", "telephone", "mobile", "fax", "msisdn", "cell"), _options(*words.PHONES)),
    **dict.fromkeys(("street", "street_address", "line_1", "address_1", "address_line_1", "street_name"), _street),
    **dict.fromkeys(("line_2", "address_2", "address_line_2", "line_3"), _options("Suite 4", "Floor 2", "Unit 12", "Apt 7")),
    **dict.fromkeys(("address", "full_address", "formatted_address", "location"), _address),
    **dict.fromkeys(("city", "town", "locality", "place", "origin", "destination", "venue"), _options(*words.CITIES)),
    **dict.fromkeys(("state_code", "province_code", "region_code"), _options(*words.STATES)),
    **dict.fromkeys(("province", "county", "region"), _options(*words.REGIONS)),
    **dict.fromkeys(("zip", "zip_code", "zipcode", "postal_code", "postcode", "postal"), _salted(lambda s: digits(s, 5))),
    **dict.fromkeys(("country", "country_code", "nationality"), FORMATS["country"]),
    "country_name": _options(*(name for name, _, _ in words.COUNTRIES)),
    **dict.fromkeys(("currency", "currency_code"), _options(*words.CURRENCIES)),
    **dict.fromkeys(("language", "lang", "language_code"), FORMATS["language"]),
    **dict.fromkeys(("locale", "accept_language", "content_language"), _options(*words.LOCALES)),
    **dict.fromkeys(("timezone", "time_zone", "tz"), _options(*words.TIME_ZONES)),
    **dict.fromkeys(("lat", "latitude"), _coordinate(80)),
    **dict.fromkeys(("lon", "lng", "long", "longitude"), _coordinate(170)),
    **dict.fromkeys(("price", "amount", "cost", "total", "balance", "fee", "tax", "subtotal", "discount"),
                    _salted(money_text)),
    **dict.fromkeys(("url", "uri", "link", "href", "website", "homepage", "webpage", "endpoint", "src", "self", "html",
                     "location_url", "avatar", "image", "photo", "picture", "thumbnail", "logo", "callback", "webhook"),
                    _url),
    **dict.fromkeys(("host", "hostname", "domain", "server", "domain_name", "fqdn"), _options(*words.HOSTS)),
    **dict.fromkeys(("ip", "ip_address", "ipv_4", "remote_addr", "client_ip"), _options(*words.IPV4)),
    **dict.fromkeys(("ipv_6",), _options(*words.IPV6)),
    **dict.fromkeys(("mac", "mac_address"), _salted(mac)),
    **dict.fromkeys(("user_agent",), _options(*words.USER_AGENTS)),
    **dict.fromkeys(("path", "file_path", "filepath"), _salted(path)),
    **dict.fromkeys(("folder", "directory", "dir"), _options(*words.FOLDERS)),
    **dict.fromkeys(("filename", "file_name", "file", "attachment"), _file),
    **dict.fromkeys(("extension", "file_extension"), _options(*words.EXTENSIONS)),
    **dict.fromkeys(("mime_type", "mimetype", "content_type", "media_type", "mime"), _options(*words.MEDIA_TYPES)),
    **dict.fromkeys(("uuid", "guid"), _salted(uuid)),
    **dict.fromkeys(("id", "ids", "identifier", "uid", "oid", "sid", "pid"), _opaque),
    **dict.fromkeys(("number", "no", "reference", "ref_number", "reference_number", "tracking_number"), _reference),
    **dict.fromkeys(("account_number", "routing_number", "serial", "serial_number", "barcode", "ean", "upc"),
                    _salted(lambda salt: digits(salt, 9))),
    **dict.fromkeys(("last_4", "last_four", "pin"), _salted(lambda salt: digits(salt, 4))),
    **dict.fromkeys(("iban",), _options("CH9300762011623852957", "DE89370400440532013000", "GB29NWBK60161331926819")),
    **dict.fromkeys(("bic", "swift", "swift_code"), _options("DEUTDEFF", "NEDSZAJJ", "DABADKKK")),
    **dict.fromkeys(("code", "coupon", "promo_code", "voucher"), _salted(lambda salt: token(salt, 6, _CODE))),
    **dict.fromkeys(("token", "secret", "api_key", "apikey", "access_token", "refresh_token", "client_secret", "nonce",
                     "password", "passphrase", "private_key", "public_key", "session_key"), _secret),
    **dict.fromkeys(("jwt", "id_token", "bearer"), _salted(jwt)),
    **dict.fromkeys(("sha", "commit", "sha_1", "commit_sha", "revision", "head_sha", "commit_id", "oid_sha"),
                    _salted(lambda salt: hexadecimal(salt, 40))),
    **dict.fromkeys(("hash", "digest", "checksum", "sha_256", "signature", "fingerprint"),
                    _salted(lambda salt: hexadecimal(salt, 64))),
    **dict.fromkeys(("md_5", "etag", "trace_id"), _salted(lambda salt: hexadecimal(salt, 32))),
    **dict.fromkeys(("version", "api_version", "release"), _salted(version)),
    **dict.fromkeys(("slug", "alias", "permalink", "repository", "repo", "project", "bucket", "cluster", "service",
                     "app", "application", "workspace", "environment", "namespace", "channel", "database", "table",
                     "collection", "queue", "node", "container", "instance", "package", "module"), _salted(slug)),
    **dict.fromkeys(("branch", "default_branch"), _options("main", "develop", "release")),
    **dict.fromkeys(("color", "colour", "background_color", "hex_color"), _options(*words.COLORS)),
    **dict.fromkeys(("tag", "label", "keyword", "topic"), _options(*words.TAGS)),
    **dict.fromkeys(("category", "genre", "section"), _options(*words.CATEGORIES)),
    **dict.fromkeys(("status", "state"), _options(*words.STATUSES)),
    **dict.fromkeys(("role", "permission"), _options(*words.ROLES)),
    **dict.fromkeys(("scope", "grant"), _options(*words.SCOPES)),
    **dict.fromkeys(("event", "event_type", "event_name", "action"), _options(*words.EVENTS)),
    **dict.fromkeys(("job", "job_title", "position", "occupation", "profession"), _options(*words.JOBS)),
    **dict.fromkeys(("department", "team", "group", "division"), _options(*words.DEPARTMENTS)),
    **dict.fromkeys(("product", "product_name", "item", "item_name", "article", "sku_name"), _options(*words.PRODUCTS)),
    **dict.fromkeys(("sku", "product_code"), _reference),
    **dict.fromkeys(("brand", "network"), _options(*words.CARDS)),
    "bank": _options(*words.BANKS), "bank_name": _options(*words.BANKS),
    **dict.fromkeys(("unit", "units", "unit_of_measure", "uom"), _options(*words.UNITS)),
    **dict.fromkeys(("size",), _options("S", "M", "L", "XL")),
    **dict.fromkeys(("gender", "sex"), _options("female", "male")),
    **dict.fromkeys(("title", "subject", "headline", "topic_title"), _options(*words.SUBJECTS)),
    **dict.fromkeys(("description", "summary", "note", "notes", "comment", "comments", "body", "text", "content", "bio",
                     "about", "details", "memo", "instructions", "caption", "abstract", "remark", "remarks", "excerpt",
                     "statement", "purpose"), _sentence),
    **dict.fromkeys(("message", "msg", "detail", "info", "hint"), _options(*words.MESSAGES)),
    **dict.fromkeys(("reason", "cause", "explanation", "justification"), _options(*words.REASONS)),
    **dict.fromkeys(("error", "error_message", "error_description"), _options("The request could not be completed.")),
    **dict.fromkeys(("error_code",), _options(*words.CODES)),
    **dict.fromkeys(("year",), _options("2024", "2025", "2026")),
    **dict.fromkeys(("month",), _options("01", "04", "06", "09", "11")),
    **dict.fromkeys(("day", "day_of_week", "weekday"), _options("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")),
    **dict.fromkeys(("at", "timestamp", "datetime", "date_time", "created", "updated", "modified", "expires", "expiry",
                     "last_modified", "created_at"), _moment("date-time")),
    **dict.fromkeys(("date", "on", "birthday", "birth_date", "dob", "due_on", "deadline"), _moment("date")),
    **dict.fromkeys(("time", "start_time", "end_time"), _day_time),
    **dict.fromkeys(("duration", "interval"), FORMATS["duration"]),
    "retry_after": _options("30", "60", "120"),
    "name": _salted(slug),
}  # fmt: skip
"""By the last words of a name; the longest that is known here decides."""

_SAYINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
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
        (r"\bname of\b", "title"),
    )
)


def text_maker(place: Place, sayings: tuple[str, ...]) -> Draw:
    """Return a draw of what a text at this place would hold; `sayings` are its titles and descriptions."""
    name = place.words
    owners = _owners(place)
    if name and name[-1] in {"name", "title", "label"} and len(name) <= 2:
        whose = (singular(name[0]),) if len(name) == 2 else owners
        named = next((made for owner in whose if (made := _name_of(owner, name[-1])) is not None), None)
        if named is not None:
            return named(name, place.salt)
    if name and name[-1] == "state" and _ADDRESSES.intersection(owners):
        return chooser(words.STATES, place.salt)
    if name in {("object",), ("type",), ("kind",)} and owners:
        return constant("_".join(words_of(_owner_name(place))))
    maker = _by_name(name) or (_by_name(owners[:1]) if name in {(), ("value",)} else None) or _by_saying(sayings)
    return (maker or _thing)(name, place.salt)


def _thing(_words: tuple[str, ...], salt: int) -> Draw:
    return chooser(words.THINGS, salt)


def _by_name(name: tuple[str, ...]) -> Maker | None:
    for length in (3, 2, 1):
        found = TEXTS.get("_".join(name[-length:])) if len(name) >= length else None
        if found is not None:
            return found
    plural = (*name[:-1], singular(name[-1])) if name else name
    return _by_name(plural) if plural != name else None


def _by_saying(sayings: tuple[str, ...]) -> Maker | None:
    for saying in sayings:
        for pattern, name in _SAYINGS:
            if pattern.search(saying[:200]):
                return TEXTS[name]
    return None


def _owner_name(place: Place) -> str:
    return next((owner for owner in place.owners if not set(words_of(owner)) <= _PLAIN_OWNERS), "")


def _owners(place: Place) -> tuple[str, ...]:
    """Return the words for what the property belongs to."""
    found = (words_of(owner) for owner in place.owners)
    return tuple(singular(owner[-1]) for owner in found if not set(owner) <= _PLAIN_OWNERS)


def _name_of(owner: str, kind: str) -> Maker | None:
    if kind == "name" and owner in _PEOPLE:
        return _drawn(_full_name)
    if owner in _ORGANISATIONS:
        return _options(*words.COMPANIES)
    return _options(*_NAMED[owner]) if owner in _NAMED else None
