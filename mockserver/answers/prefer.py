"""What a request prefers (RFC 7240): the words of Prism, and ours.

`Prefer: code=404, example=cat, dynamic=true, seed=7, delay=0.2`, or `?__code=404` where headers cannot be set. Unknown
preferences are ignored; RFC 7240's own `wait` is a promise of patience and delays nothing.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from mockserver.exchange import Request
from mockserver.values import Struct, replace

_PREFERENCE = re.compile(r'\s*([A-Za-z][\w-]*)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?[^,]*(?:,|$)')
_WORDS = frozenset({"code", "example", "dynamic", "seed", "delay"})
_LONGEST_DELAY_S = 300.0


class Preferences(Struct, frozen=True):
    """`delay_s` is None when nothing was said; `ignored` tells what was said and makes no sense."""

    code: int | None = None
    example: str | None = None
    dynamic: bool = False
    seed: int | None = None
    delay_s: float | None = None
    ignored: tuple[str, ...] = ()


NONE = Preferences()


def preferences(request: Request) -> tuple[Preferences, Request]:
    """Return what the request prefers, and the request without it: the contract does not know these words."""
    header = request.header("prefer")
    if header is None and "__" not in request.target:
        return NONE, request
    query = request.query
    said: dict[str, str] = {}
    kept: list[str] = []
    for pair in query.split("&") if query else ():
        name, _, value = pair.partition("=")
        word = unquote(name)
        if word.startswith("__") and word[2:] in _WORDS:
            said.setdefault(word[2:], unquote(value.replace("+", " ")))
        else:
            kept.append(pair)
    if len(kept) < (query.count("&") + 1 if query else 0):
        request = replace(request, target=request.path + ("?" + "&".join(kept) if kept else ""))
    for matched in _PREFERENCE.finditer(header or ""):
        word = matched[1].lower()
        if word in _WORDS:
            said.setdefault(word, matched[2] if matched[2] is not None else matched[3] or "")
    return _understood(said), request


def _understood(said: dict[str, str]) -> Preferences:
    found = NONE
    ignored: list[str] = []
    for word, text in said.items():
        match word:
            case "code" if text.isdigit() and 100 <= int(text) <= 599:
                found = replace(found, code=int(text))
            case "example" if text:
                found = replace(found, example=text)
            case "dynamic" if text.lower() in {"", "true", "false", "1", "0"}:
                found = replace(found, dynamic=text.lower() in {"", "true", "1"})
            case "seed" if text.lstrip("-").isdigit():
                found = replace(found, seed=int(text))
            case "delay" if _is_delay(text):
                found = replace(found, delay_s=float(text))
            case _:
                ignored.append(f"{word}={quote(text, safe='')}")
    return replace(found, ignored=tuple(ignored))


def _is_delay(text: str) -> bool:
    return re.fullmatch(r"\d{1,4}(?:\.\d+)?", text) is not None and float(text) <= _LONGEST_DELAY_S
