"""A draw for each format of a string.

Sources: JSON Schema validation 2020-12 §7.3, the OpenAPI Format Registry, and what documents write besides. Every value
is one that the strictest reading of its format admits. Formats that do not constrain a string have no draw here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import cache

from mockserver.generate import words
from mockserver.generate.dice import MASK, MULTIPLIER, Draw, below, chooser, constant, fork, salt_of
from mockserver.generate.moments import moment

Maker = Callable[[tuple[str, ...], int], Draw]
"""From the words of a property's name and a salt to a draw."""

ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
PERSON = salt_of("person")
_SPREAD = int("9e3779b97f4a7c15d6e8feb86659fd93" * 3, 16)  # wide enough that one seed fills 64 digits


def person(seed: int) -> tuple[str, str]:
    """Return the first and the last name of the one person whom an object with this seed tells of."""
    number = below(seed, PERSON, 1 << 20)
    return (
        words.FIRST_NAMES[number % len(words.FIRST_NAMES)],
        words.LAST_NAMES[(number >> 8) % len(words.LAST_NAMES)],
    )


def email(seed: int) -> str:
    """Return the address of the person of this seed."""
    first, last = person(seed)
    return f"{first}.{last}@{words.MAIL_HOSTS[below(seed, PERSON + 2, len(words.MAIL_HOSTS))]}".lower()


def slug(salt: int) -> Draw:
    """Return a draw such as `amber-harbor`."""
    first, second = chooser(words.THINGS, salt), chooser(words.THINGS, salt + 2)
    return lambda seed: f"{first(seed)}-{second(seed)}"


@cache
def _pairs(alphabet: str) -> tuple[str, ...]:
    return tuple(one + other for one in alphabet for other in alphabet)


def token(salt: int, length: int, alphabet: str = ALPHABET) -> Draw:
    """Return a draw of so many characters."""
    pairs = _pairs(alphabet)
    base = len(pairs)
    turns = range((length + 1) // 2)

    def draw(seed: int) -> str:
        number = 0
        out = ""
        for _ in turns:
            if number < base:
                seed = number = fork(seed, salt)
            number, pair = divmod(number, base)
            out += pairs[pair]
        return out[:length]

    return draw


def hexadecimal(salt: int, length: int) -> Draw:
    """Return a draw of so many hexadecimal digits."""
    last = (1 << 4 * length) - 1

    def draw(seed: int) -> str:
        return f"{(fork(seed, salt) * _SPREAD >> 32) & last:0{length}x}"

    return draw


def uuid(salt: int) -> Draw:
    """Return a draw of random UUIDs (RFC 9562 §5.4)."""

    def draw(seed: int) -> str:
        high = fork(seed, salt)
        digits = f"{high:016x}{(high * MULTIPLIER) & MASK:016x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{'89ab'[high & 3]}{digits[17:20]}-{digits[20:]}"

    return draw


@cache
def _addresses(path: str, ending: str) -> tuple[str, ...]:
    folders = (path,) if path else words.FOLDERS
    return tuple(
        f"https://{host}/{folder}/{leaf}{ending}" for host in words.HOSTS for folder in folders for leaf in words.THINGS
    )


def url(salt: int, *, path: str = "", ending: str = "") -> Draw:
    """Return a draw of addresses below example hosts."""
    return chooser(_addresses(path, ending), salt)


def base64_text(salt: int) -> Draw:
    """Return a draw of a short text in base64 (RFC 4648 §4)."""
    text = chooser(words.SENTENCES, salt)
    return lambda seed: base64.b64encode(text(seed).encode()).decode()


def path(salt: int) -> Draw:
    """Return a draw of relative paths such as `docs/report.pdf`."""
    folder, name = chooser(words.FOLDERS, salt), chooser(words.FILES, salt + 2)
    ending = chooser(words.EXTENSIONS, salt + 4)
    return lambda seed: f"{folder(seed)}/{name(seed)}.{ending(seed)}"


def version(salt: int) -> Draw:
    """Return a draw of versions (semver.org)."""
    return lambda seed: f"{below(seed, salt, 4) + 1}.{below(seed, salt + 2, 12)}.{below(seed, salt + 4, 9)}"


def money_text(salt: int) -> Draw:
    """Return a draw of amounts as text."""
    return lambda seed: f"{below(seed, salt, 480) + 4}.{below(seed, salt + 2, 20) * 5:02d}"


def digits(salt: int, length: int) -> Draw:
    """Return a draw of so many decimal digits, the first not 0."""
    low = 10 ** (length - 1)
    return lambda seed: str(low + below(seed, salt, 9 * low))


def mac(salt: int) -> Draw:
    """Return a draw of MAC addresses of the range for documentation (RFC 9542 §2.1.2)."""
    return lambda seed: f"00:00:5e:00:53:{below(seed, salt, 256):02x}"


def jwt(salt: int) -> Draw:
    """Return a draw of something that looks like a JSON Web Token (RFC 7519 §3.1) and opens nothing."""
    body, signature = token(salt, 60), token(salt + 2, 43)
    return lambda seed: f"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ{body(seed)}.{signature(seed)}"


def _ignoring_words(made: Callable[[int], Draw]) -> Maker:
    return lambda _words, salt: made(salt)


def _one_of(options: tuple[str, ...]) -> Maker:
    return lambda _words, salt: chooser(options, salt)


def _email(_words: tuple[str, ...], _salt: int) -> Draw:
    return email


def _url(name: tuple[str, ...], salt: int) -> Draw:
    if any(
        word in {"image", "img", "avatar", "photo", "picture", "logo", "icon", "thumbnail", "cover"} for word in name
    ):
        return url(salt, path="images", ending=".png")
    if any(word in {"download", "file", "attachment", "pdf", "document", "receipt", "invoice"} for word in name):
        return url(salt, path="files", ending=".pdf")
    return url(salt)


def _uri_reference(_words: tuple[str, ...], salt: int) -> Draw:
    made = path(salt)
    return lambda seed: "/" + str(made(seed))


_COUNTRY_CODES = tuple(code for _, code, _ in words.COUNTRIES)
_LANGUAGE_CODES = tuple(code for code, _ in words.LANGUAGES)
_DURATIONS = ("PT15M", "PT1H", "PT2H30M", "P1D", "P7D", "P1M")

FORMATS: Mapping[str, Maker] = {
    "date-time": lambda name, _salt: moment(name, "date-time"),
    "datetime": lambda name, _salt: moment(name, "date-time"),
    "iso-date-time": lambda name, _salt: moment(name, "date-time"),
    "iso8601": lambda name, _salt: moment(name, "date-time"),
    "timestamp": lambda name, _salt: moment(name, "date-time"),
    "local-date-time": lambda name, _salt: moment(name, "local-date-time"),
    "date": lambda name, _salt: moment(name, "date"),
    "full-date": lambda name, _salt: moment(name, "date"),
    "time": lambda name, _salt: moment(name, "time"),
    "unix-time": lambda name, _salt: moment(name, "text-seconds"),
    "duration": _one_of(_DURATIONS),
    "email": _email,
    "idn-email": _email,
    "hostname": _one_of(words.HOSTS),
    "idn-hostname": _one_of(words.HOSTS),
    "domain": _one_of(words.HOSTS),
    "ipv4": _one_of(words.IPV4),
    "ipv6": _one_of(words.IPV6),
    "ip": _one_of(words.IPV4),
    "cidr": _one_of(("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")),
    "mac": _ignoring_words(mac),
    "uri": _url,
    "url": _url,
    "iri": _url,
    "uri-reference": _uri_reference,
    "iri-reference": _uri_reference,
    "uri-template": _one_of(("https://api.example.com/items/{id}", "https://api.example.com/users/{name}{?page}")),
    "uuid": _ignoring_words(uuid),
    "guid": _ignoring_words(uuid),
    "json-pointer": _one_of(("/items/0", "/name", "/address/city", "/tags/1", "/price")),
    "relative-json-pointer": _one_of(("0/name", "1/items", "2", "1#", "0")),
    "regex": _one_of(("^[a-z]+$", "^\\d{4}$", "[A-Z]{2}", "^x-", "^[a-z0-9-]{3,20}$")),
    "byte": _ignoring_words(base64_text),
    "base64": _ignoring_words(base64_text),
    "base64url": _ignoring_words(lambda salt: token(salt, 24)),
    "password": _ignoring_words(lambda salt: token(salt, 16)),
    "phone": _one_of(words.PHONES),
    "phone-number": _one_of(words.PHONES),
    "currency": _one_of(words.CURRENCIES),
    "iso-4217": _one_of(words.CURRENCIES),
    "country": _one_of(_COUNTRY_CODES),
    "country-code": _one_of(_COUNTRY_CODES),
    "iso-3166": _one_of(_COUNTRY_CODES),
    "language": _one_of(_LANGUAGE_CODES),
    "language-code": _one_of(_LANGUAGE_CODES),
    "locale": _one_of(words.LOCALES),
    "timezone": _one_of(words.TIME_ZONES),
    "time-zone": _one_of(words.TIME_ZONES),
    "color": _one_of(tuple("#" + digits for digits in words.HEX_COLORS)),
    "hex-color": _one_of(tuple("#" + digits for digits in words.HEX_COLORS)),
    "semver": _ignoring_words(version),
    "version": _ignoring_words(version),
    "slug": _ignoring_words(slug),
    "decimal": _ignoring_words(money_text),
    "double": _ignoring_words(money_text),
    "float": _ignoring_words(money_text),
    "money": _ignoring_words(money_text),
    "int32": _ignoring_words(lambda salt: digits(salt, 5)),
    "int64": _ignoring_words(lambda salt: digits(salt, 8)),
    "uint64": _ignoring_words(lambda salt: digits(salt, 8)),
    "integer": _ignoring_words(lambda salt: digits(salt, 4)),
    "hex": _ignoring_words(lambda salt: hexadecimal(salt, 16)),
    "sha1": _ignoring_words(lambda salt: hexadecimal(salt, 40)),
    "sha256": _ignoring_words(lambda salt: hexadecimal(salt, 64)),
    "md5": _ignoring_words(lambda salt: hexadecimal(salt, 32)),
    "jwt": _ignoring_words(jwt),
    "media-type": _one_of(words.MEDIA_TYPES),
    "json": lambda _words, _salt: constant('{"source": "import"}'),
    "html": lambda _words, _salt: constant("<p>Checked and confirmed by the support team.</p>"),
}

_DAY = r"(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])"
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+](0\d|1[0-2]):[03]0|-(0\d|1[0-2]):00)"
_LABEL = "[a-z]([a-z0-9-]{0,12}[a-z0-9])?"
_BYTE = r"(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])"
_HEX = "[0-9a-f]"

SPELLINGS: Mapping[str, str] = {
    "date": f"^{_DAY}$",
    "date-time": f"^{_DAY}T{_CLOCK}$",
    "time": f"^{_CLOCK}$",
    "email": rf"^[a-z0-9]+([._-][a-z0-9]+){{0,3}}@({_LABEL}\.){{1,3}}[a-z]{{2,8}}$",
    "hostname": rf"^({_LABEL}\.){{0,4}}[a-z]{{1,10}}$",
    "ipv4": rf"^({_BYTE}\.){{3}}{_BYTE}$",
    "ipv6": f"^2001:db8(:[1-9a-f]{_HEX}{{0,3}}){{6}}$",
    "uri": rf"^[a-z]{{3,6}}://({_LABEL}\.){{1,3}}[a-z]{{2,8}}(/[A-Za-z0-9._-]{{0,16}}){{0,6}}(\?[a-z0-9=&_-]{{0,24}})?$",
    "uri-reference": r"^/?[A-Za-z0-9._-]{0,16}(/[A-Za-z0-9._-]{0,16}){0,6}$",
    "uuid": f"^{_HEX}{{8}}-{_HEX}{{4}}-4{_HEX}{{3}}-[89ab]{_HEX}{{3}}-{_HEX}{{12}}$",
    "duration": r"^P(\d{1,2}D|T\d{1,2}H(\d{1,2}M)?|\d{1,2}W)$",
}
"""For the formats that patterns and lengths are asked for together with: a part of each as a regular expression."""
