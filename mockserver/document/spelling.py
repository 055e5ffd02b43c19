"""How a new value is spelled in YAML, and in JSON that is indented as the document around it."""

from __future__ import annotations

import json
import re
from typing import Final, TypeAlias

from mockserver.values import JSON

_PLAIN: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_./+-]*(?: [A-Za-z0-9_./+-]+)*")
_QUOTABLE: Final = re.compile(r"[\x20-\x7e\xa0-\ud7ff]*")
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~", "nan", "inf"})


class YamlSpelling:
    """YAML: members of a block on lines of their own, all else in flow style."""

    def key(self, name: str) -> str:
        """Spell a key."""
        return f"{_scalar(name)}:"

    def flow(self, value: JSON) -> str:
        """Spell a value on one line."""
        if isinstance(value, dict):
            return "{" + ", ".join(f"{_scalar(key)}: {self.flow(item)}" for key, item in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self.flow, value)) + "]"
        return _scalar(value)

    def value(self, value: JSON, indent: str) -> str:
        """Spell a value behind its key."""
        del indent
        return self.flow(value)

    def block(self, value: dict[str, JSON], indent: str) -> str:
        """Spell members as lines."""
        lines = []
        for key, item in value.items():
            if isinstance(item, dict) and item:
                lines.append(f"{indent}{_scalar(key)}:\n{self.block(item, indent + '  ')}")
            elif isinstance(item, list) and any(isinstance(one, dict) and one for one in item):
                items = "".join(self.item(one, f"{indent}  - ") for one in item)
                lines.append(f"{indent}{_scalar(key)}:\n{items}")
            else:
                lines.append(f"{indent}{_scalar(key)}: {self.flow(item)}\n")
        return "".join(lines)

    def item(self, value: JSON, before: str) -> str:
        """Spell an item of a list as lines."""
        if not isinstance(value, dict) or not value:
            return f"{before}{self.flow(value)}\n"
        return before + self.block(value, " " * len(before))[len(before) :]


class JsonSpelling:
    """JSON, with the indentation that a document has."""

    def __init__(self, data: bytes) -> None:
        found = re.search(rb"\n( +|\t+)\"", data)
        self._step = found[1].decode() if found is not None else None

    def key(self, name: str) -> str:
        """Spell a key."""
        return f"{json.dumps(name, ensure_ascii=False)}:"

    def flow(self, value: JSON) -> str:
        """Spell a value on one line."""
        return json.dumps(value, ensure_ascii=False)

    def value(self, value: JSON, indent: str) -> str:
        """Spell a value behind its key."""
        if self._step is None:
            return self.flow(value)
        return json.dumps(value, indent=self._step, ensure_ascii=False).replace("\n", f"\n{indent}")

    def wrapped(self, written: str, keyword: str, others: tuple[JSON, ...], indent: str) -> str:
        """Spell an object that has what is written first in a list."""
        if self._step is None:
            return "{" + f'"{keyword}": [' + ", ".join([written, *map(self.flow, others)]) + "]}"
        inner = f"{indent}{self._step * 2}"
        items = [written.replace("\n", f"\n{self._step * 2}"), *(self.value(one, inner) for one in others)]
        listed = ",\n".join(f"{inner}{item}" for item in items)
        return f'{{\n{indent}{self._step}"{keyword}": [\n{listed}\n{indent}{self._step}]\n{indent}}}'


Spelling: TypeAlias = YamlSpelling | JsonSpelling


def _scalar(value: JSON) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    if isinstance(value, str) and _QUOTABLE.fullmatch(value):
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value, ensure_ascii=False)
