"""Bytes to tree: JSON, or YAML 1.2.

Knows encodings and the two notations, and that a tree has text keys and finite numbers, as JSON has. Does not know
what the tree means, nor where its parts stand (positions.py).
"""

from __future__ import annotations

import codecs
import json
import math
import re
from typing import TYPE_CHECKING, Final

import orjson
import ryaml

from mockserver.document.yaml12 import DEEPEST, key, merged
from mockserver.errors import UnreadableDocument

if TYPE_CHECKING:
    from mockserver.values import JSON

_MARKS: Final = (  # byte order marks, the longer before those they begin with
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_AS_ZERO: Final = bytes.maketrans(b"123456789", b"0" * 9)
_AS_SQUARE: Final = bytes.maketrans(b"{}", b"[]")
_NO_BRACKET: Final = bytes(set(range(256)) - set(b"[]{}"))
_FINAL: Final = re.compile(r"((?:repetition|recursion) limit exceeded)(?: at line (\d+) column (\d+))?")
_VAST: Final = re.compile(rb"(?<![^\s\[{,])[-+]?[1-9][0-9]{38,}(?![^\s\]},])")
_LONG: Final = re.compile(r"(?<=[:,\[-] )[-+]?[1-9][0-9]{18,}(?![^\s\]},])")
_SIGN: Final = "\ue000"  # private use: no document means anything by it
_BLANK: Final = re.compile(r"(?:\s|[#%].*+|---|\.\.\.)*+")
_DEEP: Final = frozenset((dict, list, float))


def read(data: bytes, uri: str) -> JSON:
    """Read a document; raise `UnreadableDocument` with line and column where it cannot be read.

    >>> read(b"responses: {200: ok}", "pets.yaml")
    {'responses': {'200': 'ok'}}
    """
    written = utf8(data, uri)
    named = uri.partition("#")[0].partition("?")[0].lower()
    begins = written.lstrip()[:1]
    if not begins:
        raise _empty(uri)
    if begins not in (b"{", b"[") and not named.endswith(".json"):
        return _yaml(written, uri)
    try:
        return _json(written)
    except orjson.JSONDecodeError as exc:
        refused = _no_json(exc, _text(written, uri), uri)
        if named.endswith(".json"):
            raise refused from exc
    try:
        return _yaml(written, uri)
    except UnreadableDocument:
        if named.endswith((".yaml", ".yml")):
            raise
        raise refused from None


def utf8(data: bytes, uri: str) -> bytes:
    """Return the document in UTF-8 without byte order mark (RFC 8259 §8.1, YAML 1.2 §5.2); UTF-8 itself unchecked."""
    codec, mark = encoding(data)
    if codec == "utf-8":
        return data[len(mark) :] if mark else data
    try:
        return data[len(mark) :].decode(codec).encode()
    except UnicodeDecodeError as exc:
        raise UnreadableDocument(
            f"byte {len(mark) + exc.start} is no {codec[:6].upper()}", where=uri, fix="save the file as UTF-8"
        ) from exc


def encoding(data: bytes) -> tuple[str, bytes]:
    """Tell the codec of a document and the byte order mark that says so.

    >>> encoding(b"openapi: 3.1.0")
    ('utf-8', b'')
    """
    return next(((codec, mark) for mark, codec in _MARKS if data.startswith(mark)), ("utf-8", b""))


def _text(written: bytes, uri: str) -> str:
    try:
        return written.decode()
    except UnicodeDecodeError as exc:
        before = written[: exc.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode()) + 1
        raise UnreadableDocument(
            f"byte {exc.start} (0x{written[exc.start]:02x}) is no UTF-8",
            where=f"{uri}:{line}:{column}",
            fix="save the file as UTF-8",
        ) from exc


def _empty(uri: str) -> UnreadableDocument:
    return UnreadableDocument("the file is empty", where=uri, fix="write the document into it")


def _json(written: bytes) -> JSON:
    tree = orjson.loads(written)
    # orjson makes floats of integers beyond 64 bit. A run of digits is found at the speed of memchr once all are zeros.
    zeros = written.translate(_AS_ZERO)
    if b"0" * 20 in zeros or b"-" + b"0" * 19 in zeros:
        return json.loads(written)
    return tree


def _no_json(exc: orjson.JSONDecodeError, text: str, uri: str) -> UnreadableDocument:
    return UnreadableDocument(
        f"this is no JSON: {exc.msg}",
        where=f"{uri}:{exc.lineno}:{exc.colno}",
        fix=_json_fix(exc.msg, text[exc.pos : exc.pos + 8]),
    )


def _json_fix(problem: str, found: str) -> str:
    if "trailing comma" in problem:
        return "remove the comma before the closing bracket"
    if "control character" in problem:
        return "write line breaks and tabs inside a text as \\n and \\t"
    if "surrogate" in problem:
        return "write both halves of the pair, \\ud83d\\ude00, or the character itself"
    if "infinity" in problem or found.startswith(("NaN", "Infinity", "-Infinity")):
        return "write a finite number, or null"
    if "depth" in problem:
        return "move parts behind a `$ref`"
    if found.startswith(("//", "/*", "#")):
        return "remove the comment: JSON has none"
    if found.startswith("'"):
        return "use double quotes"
    if found.startswith(("True", "False", "None")):
        return "write true, false or null"
    return "close the bracket or quote, or put a comma between the items"


def _yaml(written: bytes, uri: str) -> JSON:
    text = _text(written, uri)
    try:
        return _quick(written, text, uri)
    except _UnsureError:
        pass  # outside of this block, so that the quick reader's complaint is not told as the cause of the exact one's
    from mockserver.document import yaml_nodes  # noqa: PLC0415 - PyYAML costs 20 ms, and few documents need it

    return yaml_nodes.build(yaml_nodes.compose(text, uri), text, uri)


def _quick(written: bytes, text: str, uri: str) -> JSON:
    if _is_deep(written):
        raise _UnsureError
    try:
        tree = _loads(text)
    except ValueError as exc:  # InvalidYamlError is one too; keys that are lists raise the bare one
        final = _FINAL.match(str(exc))
        if not final:
            raise _UnsureError from exc
        raise UnreadableDocument(
            f"this YAML is too deep or repeats itself too often: {final[1]}",
            where=":".join((uri, *filter(None, final.group(2, 3)))),
            fix="nest less than 128 levels, and write fewer aliases of aliases",
        ) from exc
    if b"0" * 39 in written.translate(_AS_ZERO) and _VAST.search(written):
        raise _UnsureError  # of integers beyond 128 bit the quick reader makes floats and texts; below it refuses
    if tree is None and _BLANK.fullmatch(text):
        raise _empty(uri)
    return _normal(tree)


def _loads(text: str) -> JSON:
    """Read with the quick reader, and show it integers beyond 64 bit, which it refuses, as texts."""
    loads = ryaml.loads  # type: ignore[attr-defined]  # its package re-exports without saying so
    try:
        return loads(text)
    except ValueError as exc:
        if "invalid type: integer" not in str(exc) or _SIGN in text:
            raise
    return _with_integers(loads(_LONG.sub(rf"{_SIGN}\g<0>{_SIGN}", text)))


def repeats_in_yaml(text: str) -> bool:
    """Tell whether a key stands twice in an object of a YAML text, which the quick reader refuses."""
    loads = ryaml.loads  # type: ignore[attr-defined]  # as above
    try:
        loads(text)
    except ValueError as refused:
        return "duplicate entry" in str(refused)
    return False


def _with_integers(tree: JSON) -> JSON:
    match tree:
        case dict():
            return {_with_integers(name): _with_integers(value) for name, value in tree.items()}
        case list():
            return [_with_integers(item) for item in tree]
        case str() if _SIGN in tree:
            written = tree.replace(_SIGN, "")
            return int(written) if tree == f"{_SIGN}{written}{_SIGN}" else written  # else it stood within a text
        case _:
            return tree


def _is_deep(written: bytes) -> bool:
    """Tell whether a thousand brackets seem to be open at once: the quick reader needs the square of their number."""
    brackets = written.translate(_AS_SQUARE, _NO_BRACKET)
    for _ in range(DEEPEST):
        if b"[]" not in brackets:
            break
        brackets = brackets.replace(b"[]", b"")
    return brackets.count(b"[") > 1000


class _UnsureError(Exception):
    """The quick reader has read something that only the exact one can judge, or place."""


def _normal(tree: JSON) -> JSON:
    """Make every key a text and apply merge keys, in place: a large document should not be copied for a few keys."""
    kind = type(tree)
    if kind is dict:
        return _normal_map(tree)
    if kind is list:
        for index, item in enumerate(tree):
            if type(item) in _DEEP:
                tree[index] = _normal(item)
    elif kind is float and not math.isfinite(tree):
        raise _UnsureError
    return tree


def _normal_map(tree: dict[JSON, JSON]) -> dict[str, JSON]:
    for name, value in tree.items():
        if type(value) in _DEEP:
            tree[name] = _normal(value)  # no key is added, so that the iteration stands
    if not all(type(name) is str for name in tree):
        tree = {key(name): value for name, value in tree.items()}
    if "<<" in tree:
        return merged(tree)
    if len(tree) == 1 and next(iter(tree)).startswith("!"):
        raise _UnsureError  # the quick reader writes `!tag value` as {"!tag": value}
    return tree
