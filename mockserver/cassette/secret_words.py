"""Which names and shapes secrets have.

Names are taken apart into words, because every API glues them in its own way: `clientSecret`, `client_secret`,
`X-Client-Secret`. Shapes are those of tokens whose issuers gave them one, so that they can be found under any name.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from mockserver.redact import SECRET_NAMES

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_STRONG: Final = frozenset(
    {
        "password", "passwd", "passphrase", "passcode", "pwd", "pass", "secret", "secrets", "token", "apikey", "jwt",
        "credential", "credentials", "authorization", "signature", "sig", "cookie", "otp", "cvc", "cvv", "assertion",
        "bearer", "authtoken", "accesstoken", "sessionid", "sessid", "csrf", "xsrf", "csrftoken", "pin",
    }
)  # fmt: skip
_KEYS: Final = frozenset(
    {"api", "access", "private", "secret", "signing", "encryption", "master", "account", "shared", "ssh", "auth",
     "webhook", "license", "service", "functions"}
)  # fmt: skip
_PAIRS: Final = (
    *(frozenset({word, "key"}) for word in _KEYS), frozenset({"session", "id"}), frozenset({"auth", "code"}),
    frozenset({"code", "verifier"}), frozenset({"device", "code"}), frozenset({"security", "code"}),
)  # fmt: skip
_SOFT: Final = frozenset(
    {
        "page", "next", "prev", "previous", "continuation", "cursor", "count", "max", "min", "total", "type", "types",
        "usage", "limit", "prompt", "completion", "input", "output", "cached", "reasoning", "sync", "expires", "expiry",
        "expired", "expiration", "url", "uri", "endpoint", "name", "policy", "strength", "required", "changed",
        "updated", "created", "enabled", "has", "is", "with", "use", "used", "hint", "length", "format", "alg",
        "algorithm", "method",
        "version", "start", "end", "description", "scopes", "scope", "status", "symbol", "supported",
    }
)  # fmt: skip
_WEAK: Final = frozenset({"key", "auth", "session", "code", "hash", "certificate", "cert", "sid", "hmac", "salt"})
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

SHAPES: Final = (
    ("JWT", re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")),
    ("private key", re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.+?"
                               r"-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----", re.DOTALL)),
    ("AWS access key", re.compile(r"\b(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b")),
    ("GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})\b")),
    ("GitLab token", re.compile(r"\bgl(?:pat|rt|cbt|dt|oas)-[A-Za-z0-9_-]{20,}")),
    ("Slack token", re.compile(r"\bxox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,}")),
    ("Slack webhook", re.compile(r"(?<=hooks\.slack\.com/services/)T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{20,}")),
    ("Stripe key", re.compile(r"\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}|\bwhsec_[A-Za-z0-9+/=]{24,}")),
    ("API key", re.compile(r"\bsk-[A-Za-z0-9_-]{20,}")),
    ("Google key", re.compile(r"\bAIza[0-9A-Za-z_-]{35}|\bya29\.[0-9A-Za-z_-]{20,}|\bGOCSPX-[A-Za-z0-9_-]{28}")),
    ("SendGrid key", re.compile(r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}")),
    ("Twilio key", re.compile(r"\bSK[0-9a-f]{32}\b")),
    ("npm token", re.compile(r"\bnpm_[A-Za-z0-9]{36}\b")),
    ("PyPI token", re.compile(r"\bpypi-[A-Za-z0-9_-]{50,}")),
    ("Telegram token", re.compile(r"(?<![0-9])[0-9]{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])")),
    ("password in an address", re.compile(r"(?<=://)[^/\s:@\"'<>\[\]]+:[^/\s@\"'<>]+(?=@)")),
    ("bearer token", re.compile(r"(?<=[Bb]earer )[A-Za-z0-9._~+/-]{16,}=*")),
)  # fmt: skip
"""Name and pattern of secrets that are known by their shape."""

_SIGN: Final = re.compile(
    r"eyJ|PRIVATE KEY|A3T|AKIA|ASIA|ABIA|ACCA|gh[pousr]_|github_pat_|gl(?:pat|rt|cbt|dt|oas)-|xox[abeoprs]"
    r"|hooks\.slack|[sr]k_(?:live|test)_|whsec_|sk-|AIza|ya29\.|GOCSPX|SG\.|SK[0-9a-f]{8}|npm_|pypi-|:[A-Za-z0-9_-]{35}"
    r"|://[^/\s]*@|earer "
)


def may_hold_a_shape(text: str) -> bool:
    """Tell quickly whether it makes sense to look for shapes: nearly all texts have none."""
    return _SIGN.search(text) is not None


def words(name: str) -> Iterator[str]:
    """Take a name apart.

    >>> list(words("X-clientSecretV2"))
    ['x', 'client', 'secret', 'v', '2']
    """
    return (word.lower() for word in _WORD.findall(name))


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Tell whether what goes by a name is a secret.

    >>> [is_secret_name(name) for name in ("client_secret", "apiKey", "next_page_token", "max_tokens", "tokenType")]
    [True, True, False, False, False]
    """
    if name.lower() in SECRET_NAMES:
        return True
    found = frozenset(words(name))
    if found & _SOFT:
        return False
    return bool(found & _STRONG) or any(pair <= found for pair in _PAIRS)


@lru_cache(maxsize=4096)
def is_doubtful_name(name: str) -> bool:
    """Tell whether a name makes a random-looking value suspicious.

    >>> is_doubtful_name("authBlob"), is_doubtful_name("author")
    (True, False)
    """
    found = frozenset(words(name))
    return bool(found & _WEAK) and not found & _SOFT and "idempotency" not in found


def looks_random(value: str) -> bool:
    """Tell whether a value looks as if it was drawn: long, letters and digits, many bits each, and no UUID.

    >>> looks_random("kT9vX2mQ8zL4wR7pB3nY"), looks_random("application/vnd.shop+json")
    (True, False)
    """
    if len(value) < 20 or "://" in value or " " in value or _UUID.fullmatch(value):
        return False
    if not any(character.isdigit() for character in value) or not any(character.isalpha() for character in value):
        return False
    return _bits(value) >= 3.5  # as gitleaks' generic rule has it


def _bits(value: str) -> float:
    """Return Shannon's entropy in bits a character."""
    return -sum(count / len(value) * math.log2(count / len(value)) for count in Counter(value).values())
