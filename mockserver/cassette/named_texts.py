"""Values that are named within a text: members of JSON, of XML and HTML, parameters of addresses, settings, columns.

The visitor is told place, name and value, as everywhere, and returns what shall stand there. For texts that nobody
takes apart by a grammar: logs, pages, scripts, lists of settings, queries of GraphQL.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Final, TypeAlias
from urllib.parse import quote_plus, unquote_plus

Visit: TypeAlias = Callable[[str, str, str], str]
"""(place, name, value) -> what stands there. The name is empty where a value has none."""

_PAIR: Final = re.compile(r"""("(?:[^"\\]|\\.)*")(\s*:\s*)("(?:[^"\\]|\\.)*")""")
_ELEMENT: Final = re.compile(r"<([A-Za-z_][\w.:-]*)((?:\s[^<>]*)?)>([^<>]+)(?=</)")
_ATTRIBUTE: Final = re.compile(r"""(?<=\s)([A-Za-z_][\w.:-]*)=("[^"<>]*"|'[^'<>]*')""")
_PARAMETER: Final = re.compile(r"(?<=[?&#])([A-Za-z0-9_.~%\[\]-]+)=([^&\s\"'<>#;,\\]+)")
_WORDS: Final = "pass|pwd|secret|token|key|credential|auth|signature|cookie|otp|pin|cvc|cvv|csrf|xsrf|jwt"
_SETTING: Final = re.compile(
    rf"(?<![\w?&#$.-])([\w.-]{{0,40}}?(?:{_WORDS})[\w.-]{{0,40}})[ \t]{{0,3}}[:=][ \t]{{0,3}}"
    r"""(?:"([^"\n]{4,})"|'([^'\n]{4,})'|([^\s"'&;,<>(){}\[\]]{6,}))""",
    re.IGNORECASE,
)
_SIGN: Final = re.compile(_WORDS, re.IGNORECASE)
"""What a text holds that has settings worth a look."""
_MODES: Final = frozenset({"omit", "same-origin", "include"})
"""What scripts say under `credentials` (Fetch §2.2.5)."""
_TAG: Final = re.compile(r"<[A-Za-z][^<>]*>(?:[^<>]+(?=</))?")
_NAMING: Final = ("name", "key", "id", "property")
_VALUED: Final = ("value", "content")


def visit_named(text: str, place: str, visit: Visit) -> str:
    """Visit what looks like a named value within a text. For visitors that look into the texts they are given."""
    if ":" in text and '"' in text:
        text = _PAIR.sub(lambda found: _pair(found, place, visit), text)
    if "<" in text:
        text = _ELEMENT.sub(lambda found: _element(found, place, visit), text)
        text = _TAG.sub(lambda found: _tag(found, place, visit), text)
    if "=" in text and any(mark in text for mark in "?&#"):
        text = _PARAMETER.sub(lambda found: _parameter(found, place, visit), text)
    if ("=" in text or ":" in text) and _SIGN.search(text) is not None:
        text = _SETTING.sub(lambda found: _setting(found, place, visit), text)
    return text


def _pair(found: re.Match[str], place: str, visit: Visit) -> str:
    name, value = _unquoted(found[1]), _unquoted(found[3])
    new = visit(f"{place}#{name}", name, value)
    return found[0] if new == value else f"{found[1]}{found[2]}{json.dumps(new, ensure_ascii=False)}"


def _unquoted(written: str) -> str:
    try:
        return str(json.loads(written, strict=False))
    except ValueError:
        return written[1:-1]


def _element(found: re.Match[str], place: str, visit: Visit) -> str:
    name = found[1].rpartition(":")[2]
    return f"<{found[1]}{found[2]}>{visit(f'{place}#{name}', name, found[3])}"


def _tag(found: re.Match[str], place: str, visit: Visit) -> str:
    """Visit attributes by their names; `value`, or the content, by what `name` says: `<input name="pin" value="1">`."""
    said = {each[1].lower(): each[2][1:-1] for each in _ATTRIBUTE.finditer(found[0])}
    owner = next((said[word] for word in _NAMING if said.get(word)), "")
    lent = next((word for word in _VALUED if word in said), "") if owner else ""

    def attribute(each: re.Match[str]) -> str:
        name, mark = each[1].rpartition(":")[2], each[2][0]
        named = owner if each[1].lower() == lent else name
        return f"{each[1]}={mark}{visit(f'{place}#{named}', named, each[2][1:-1])}{mark}"

    tag, close, content = found[0].partition(">")
    tag = _ATTRIBUTE.sub(attribute, tag)
    if owner and not lent and content:
        content = visit(f"{place}#{owner}", owner, content)
    return f"{tag}{close}{content}"


def _parameter(found: re.Match[str], place: str, visit: Visit) -> str:
    name, value = unquote_plus(found[1]), unquote_plus(found[2])
    new = visit(f"{place}?{name}", inner_name(name), value)
    return found[0] if new == value else f"{found[1]}={quote_plus(new)}"


def _setting(found: re.Match[str], place: str, visit: Visit) -> str:
    """Visit `DB_PASSWORD=...`, `secret_key: ...`, `login(password: "...")`; a bare word of prose is no value."""
    group = next(number for number in (2, 3, 4) if found[number])
    value, name = found[group], inner_name(found[1])
    is_prose = group == 4 and not (any(map(str.isdigit, value)) and any(map(str.isalpha, value)))
    if is_prose or value in _MODES:
        return found[0]
    start, end = (at - found.start() for at in found.span(group))
    return found[0][:start] + visit(f"{place}#{name}", name, value) + found[0][end:]


def inner_name(name: str) -> str:
    """Return the innermost name of a nested one.

    >>> inner_name("card[cvc]"), inner_name("auth.token"), inner_name("ids[]")
    ('cvc', 'token', 'ids')
    """
    parts = [part for part in re.split(r"[\[\].]+", name) if part]
    return parts[-1] if parts else name


def visit_columns(text: str, place: str, visit: Visit) -> str:
    """Visit the cells of comma separated values, each by the name of its column (RFC 4180)."""
    dialect = csv.excel_tab if "\t" in text.partition("\n")[0] else csv.excel
    rows = list(csv.reader(io.StringIO(text, newline=""), dialect))
    names = rows[0] if rows else []
    new = [
        [visit(f"{place}#{name}", name, cell) for name, cell in zip([*names, *[""] * len(row)], row, strict=False)]
        for row in rows[1:]
    ]
    if new == rows[1:]:
        return text
    written = io.StringIO(newline="")
    csv.writer(written, dialect, lineterminator="\r\n" if "\r\n" in text else "\n").writerows([names, *new])
    return written.getvalue()
