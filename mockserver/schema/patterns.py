r"""Regular expressions as OpenAPI means them, spelled for the engine that runs them.

OAS 3.1 §4.4.1 names ECMA-262. The engine behind the validators is stricter in a few spellings that ECMA-262 (without
the `u` flag, Annex B) lets pass, and documents are written by people who tried them in Python, PCRE or Java: those
spellings are rewritten when their meaning is beyond doubt.
"""

from __future__ import annotations

import re

_CLASS_THEN_DASH = re.compile(r"(\\[wdsWDS])-(?=[^\]])")
_DASH_THEN_CLASS = re.compile(r"(?<=[^\[\\^])-(\\[wdsWDS])")
_BRACKETS = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]", re.DOTALL)
_WORD_EDGE = re.compile(r"(?<!\\)((?:\\\\)*)\\([<>])")
_OPEN_COUNT = re.compile(r"\{,(\d+)\}")
_LITERAL_BRACE = re.compile(r"(?<!\\)\{(?!\d+(?:,\d*)?\})")


def spellings(pattern: str) -> tuple[str, ...]:
    r"""Return the pattern as written, then what it most likely means for a stricter engine.

    >>> spellings(r"^[\w-.]+\Z")[-1]
    '^[\\w\\-.]+$'
    """
    tried = [pattern]
    mended = _BRACKETS.sub(_bracket, pattern)
    for perl, ecma in (("\\A", "^"), ("\\Z", "$"), ("\\z", "$"), ("(?P<", "(?<"), ("[^]", "[\\s\\S]")):
        mended = mended.replace(perl, ecma)
    mended = _OPEN_COUNT.sub(r"{0,\1}", mended)
    tried.append(mended)
    tried.append(_LITERAL_BRACE.sub(r"\\{", mended))
    tried.append(re.sub(r"(?<!\\)((?:\\\\)*)\\([^A-Za-z0-9_\s])", _plain_escape, mended))
    return tuple(dict.fromkeys(tried))


def without_word_edges(pattern: str) -> str:
    r"""Write an escaped angle bracket plainly: to ECMA-262 it is itself, to the engine the edge of a word.

    >>> without_word_edges(r"^\<a\\<")
    '^<a\\\\<'
    """
    return _WORD_EDGE.sub(r"\1\2", pattern) if "\\" in pattern else pattern


def _bracket(match: re.Match[str]) -> str:
    text = match[0]
    if not text.startswith("["):
        return text
    inner = text[2:-1] if text.startswith("[^") else text[1:-1]
    inner = _DASH_THEN_CLASS.sub(r"\\-\1", _CLASS_THEN_DASH.sub(r"\1\\-", inner))
    inner = re.sub(r"(?<!\\)\[", r"\\[", inner)  # ECMA-262: a bracket inside a class is itself
    inner = re.sub(r"(?<!\\)(&&|--|~~)", lambda set_operation: "\\" + "\\".join(set_operation[0]), inner)
    return ("[^" if text.startswith("[^") else "[") + inner + "]"


def _plain_escape(match: re.Match[str]) -> str:
    """Drop the escape of a character that needs none, such as an at sign: ECMA-262 Annex B, IdentityEscape."""
    return match[1] + (match[0][len(match[1]) :] if match[2] in r"\^$.*+?()[]{}|/-&~#" else match[2])
