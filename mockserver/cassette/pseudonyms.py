"""What stands in the place of a secret: another value of the same shape, always the same for the same secret.

So a token that is answered by one interaction and sent by the next is still the same token, and a pattern of the
contract still holds. The last signs are a checksum of the others, so that anybody can tell a pseudonym from a secret
without the key. Without the key the secret cannot be had back, and with it only by trying.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from typing import Final

from mockserver.values import Struct

MASK: Final = "redacted"
_CHECKED: Final = 6
_SHORTEST: Final = 12
_PREFIX: Final = re.compile(r"(?:[A-Za-z]{1,10}[_.-]){1,2}(?=[A-Za-z0-9])")
_JWT: Final = re.compile(r"eyJ[A-Za-z0-9_-]*\.(eyJ[A-Za-z0-9_-]*)\.[A-Za-z0-9_-]*")
_PLACEHOLDER: Final = re.compile(
    r"(?:\S+ )?(?:<[\w .-]+>|\[[\w .-]+\]|\{\{?[\w .-]+\}?\}|\$\{?\w+\}?|\*{3,}|%\w+%)"
    r"|(?i:x{3,}|dummy\S*|fake\S*|filtered|scrubbed|sanitized|secret|password|token|example|test|placeholder|none|null)"
)
"""What people write in the place of a secret."""
_DIGITS, _LOWER, _UPPER = "0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Pseudonyms(Struct, frozen=True):
    """Makes pseudonyms with a key of this repository, which must never be committed."""

    key: bytes

    def of(self, value: str) -> str:
        """Return the pseudonym of a secret; of a pseudonym itself."""
        if is_pseudonym(value) or not value.strip():
            return value
        if "-----BEGIN" in value:
            return MASK
        if _JWT.fullmatch(value):
            return self._jwt(value)
        free = _free(value)
        if len(free) < _SHORTEST:
            return "0" * len(value) if value.isdigit() and len(value) > 2 else MASK
        letters = list("".join(character if character.isascii() else "x" for character in value))
        alphabets = _alphabets(value, free)
        drawn = _bytes(hmac.digest(self.key, value.encode("utf-8", "surrogatepass"), "sha256"))
        for index, alphabet in zip(free[:-_CHECKED], alphabets, strict=False):
            letters[index] = alphabet[next(drawn) % len(alphabet)]
        return _sealed(letters, free, alphabets)

    def _jwt(self, value: str) -> str:
        """Return a token that can be decoded: times of the old one, nothing else."""
        claims = _claims(value)
        times = {name: claims[name] for name in ("exp", "iat", "nbf") if isinstance(claims.get(name), int)}
        mark = hmac.new(self.key, value.encode(), "sha256").hexdigest()[:12]
        return f"{_segment({'alg': 'none', 'typ': 'JWT'})}.{_segment({MASK: mark, **times})}.{MASK}"


def is_pseudonym(value: str) -> bool:
    """Tell whether a value stands in the place of a secret.

    >>> is_pseudonym(Pseudonyms(b"key").of("key_9f8e7d6c5b4a39281706")), is_pseudonym("key_9f8e7d6c5b4a39281706")
    (True, False)
    """
    if (
        MASK in value.lower()
        or _PLACEHOLDER.fullmatch(value)
        or (len(value) > 2 and value.removeprefix("1").strip("0*xX.•") == "")
    ):
        return True
    if _JWT.fullmatch(value):
        return MASK in _claims(value)
    free = _free(value)
    if len(free) < _SHORTEST:
        return False
    letters = list(value)
    return any(_sealed(letters, free, alphabets) == value for alphabets in _readings(value, free))


def is_placeholder(value: str) -> bool:
    """Tell whether a value is none that anybody would keep secret: a pseudonym, or what people write instead of one.

    >>> is_placeholder("<ACCESS_TOKEN>"), is_placeholder("Basic [FILTERED]"), is_placeholder("hunter22")
    (True, True, False)
    """
    return is_pseudonym(value) or _PLACEHOLDER.fullmatch(value) is not None


def _free(value: str) -> list[int]:
    """Return the places of letters and digits that a pseudonym exchanges: all behind a prefix as `sk_live_`."""
    prefix = _PREFIX.match(value)
    start = prefix.end() if prefix and len(value) - prefix.end() >= _SHORTEST else 0
    return [index for index in range(start, len(value)) if value[index].isascii() and value[index].isalnum()]


def _readings(value: str, free: list[int]) -> Iterator[list[str]]:
    yield _alphabets(value, free)
    if _is_hex(value, free):  # by chance: no letter above f was drawn
        yield [_alphabet(value[index], hexadecimal=False) for index in free]


def _is_hex(value: str, free: list[int]) -> bool:
    return all(value[index] in "0123456789abcdefABCDEF" for index in free)


def _alphabets(value: str, free: list[int]) -> list[str]:
    hexadecimal = _is_hex(value, free)
    return [_alphabet(value[index], hexadecimal=hexadecimal) for index in free]


def _alphabet(character: str, *, hexadecimal: bool) -> str:
    if character.isdigit():
        return _DIGITS
    alphabet = _LOWER if character.islower() else _UPPER
    return alphabet[:6] if hexadecimal else alphabet


def _sealed(letters: list[str], free: list[int], alphabets: list[str]) -> str:
    """Write the checksum of all other signs into the last free ones."""
    sealed = list(letters)
    checked = free[-_CHECKED:]
    for index in checked:
        sealed[index] = "?"
    drawn = _bytes(hashlib.sha256(b"mockserver pseudonym:" + "".join(sealed).encode("utf-8", "replace")).digest())
    for index, alphabet in zip(checked, alphabets[-_CHECKED:], strict=True):
        sealed[index] = alphabet[next(drawn) % len(alphabet)]
    return "".join(sealed)


def _bytes(seed: bytes) -> Iterator[int]:
    while True:
        yield from seed
        seed = hashlib.sha256(seed).digest()


def _segment(claims: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims, separators=(",", ":")).encode()).decode().rstrip("=")


def _claims(token: str) -> dict[str, object]:
    text = token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}
