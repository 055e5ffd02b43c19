"""Writes a tree as YAML in one of the countless ways in which people lay it out."""

import json
from random import Random

SPACES = ("", " ")
BREAKS = ("", " ", "\n", "\n  ", "\n      ", " # c: d\n", "\n\n  ")
BETWEEN = ("",) * 6 + ("\n", "   \n", "# a: b\n", "        # note: x\n", "\t\n")
ENDS = ("", "", " # c: d", "  ")


class Layout:
    """One way of writing; `wild` puts lines too far left, which parsers allow within brackets and quotes."""

    def __init__(self, seed: int, *, wild: bool) -> None:
        self.random = Random(seed)
        self.wild = wild

    def document(self, tree) -> str:
        head = self.pick("", "# top\n", "%YAML 1.1\n---\n", "---\n", "--- # c\n", "\n\n")
        return head + self.block(tree, self.pick(0, 0, 0, 2)) + self.pick("", "\n", "\n\n# end\n", "\n  # end")

    def pick(self, *choices):
        return self.random.choice(choices)

    def once_in(self, times: int) -> bool:
        return self.random.randrange(times) == 0

    def block(self, tree, column) -> str:
        """Write a map or a list, every member on lines of its own."""
        if isinstance(tree, dict):
            members = [self.member(name, value, column) for name, value in tree.items()]
        else:
            members = [" " * column + "-" + self.value(value, column, dash=True) for value in tree]
        return "".join(
            member + ("\n" + self.pick(*BETWEEN) if number < len(members) else "")
            for number, member in enumerate(members, 1)
        )

    def member(self, name, value, column) -> str:
        key, indent = self.key(name), " " * column
        if self.once_in(12):
            return f"{indent}? {key}{self.pick(*SPACES)}\n{indent}:{self.value(value, column, dash=True)}"
        return indent + key + self.pick(":", ":", ":", " :") + self.value(value, column, dash=False)

    def key(self, name) -> str:
        plain = name.replace("/", "").replace("-", "").replace("$", "")
        if plain.isalnum() and name[0] != "-" and not self.once_in(3):
            return name
        return self.pick(json.dumps(name), self.single(name))

    def single(self, text) -> str:
        return "'" + text.replace("'", "''") + "'" if text.isprintable() else json.dumps(text)

    def value(self, tree, column, *, dash) -> str:
        """Write what stands behind a colon or a dash in a column."""
        properties = self.pick(*[""] * 8, f" &a{self.random.random()}".replace(".", ""), " !x", " &b !t")
        if isinstance(tree, dict | list) and tree and not self.once_in(3):
            if dash and not properties and self.once_in(2):
                space = " " * self.random.randint(1, 3)
                return space + self.block(tree, column + 1 + len(space)).lstrip(" ")
            same = isinstance(tree, list) and not dash and self.once_in(2)
            inner = column if same else column + self.random.randint(1, 4)
            return properties + self.pick(*ENDS) + "\n" + self.pick(*BETWEEN) + self.block(tree, inner)
        if tree is None and self.once_in(2):
            return properties + self.pick(*ENDS)
        return (
            properties
            + self.pick(" ", "  ")
            + (self.flow(tree) + self.pick(*ENDS) if isinstance(tree, dict | list) else self.scalar(tree, column))
        )

    def scalar(self, value, column) -> str:
        if not isinstance(value, str):
            return json.dumps(value) + self.pick(*ENDS)
        deeper = " " * (column + self.random.randint(1, 3))
        left = " " * self.random.randint(0, column + 4) if self.wild else deeper
        match self.pick("block", "double", "single", "plain", "quoted"):
            case "block":
                lines = ("text: x", "", "# no comment", "- y", *self.pick(("  deeper: z",), ("", ""), ()))
                header = self.pick("|", ">") + self.pick("", "-", "+") + self.pick("", " # c")
                return "\n".join((header, *(deeper + line if line else "" for line in lines)))
            case "double":
                return f'"open\n{left}{self.pick("words", "key: words", "- dash", "# hash", "] x")}"'
            case "single":
                return f"'it''s\n{left}{self.pick('words', 'k: words')}'"
            case "plain":
                return "plain words" + self.pick("", f"\n{deeper}go on", " # c", f"\n\n{deeper}on #x", " and: no"[:4])
            case _:
                return self.pick(json.dumps(value), self.single(value)) + self.pick(*ENDS)

    def flow(self, tree) -> str:
        """Write a map or a list in brackets."""
        gap = BREAKS if self.wild else SPACES
        match tree:
            case dict():
                pairs = (
                    self.pick(json.dumps(name), self.single(name))
                    + self.pick(*SPACES)
                    + ": "
                    + self.pick(*gap)
                    + self.flow(value)
                    + self.pick(*gap)
                    for name, value in tree.items()
                )
                return "{" + self.pick(*gap) + ("," + self.pick(*gap)).join(pairs) + "}"
            case list():
                items = (self.flow(item) + self.pick(*gap) for item in tree)
                return "[" + self.pick(*gap) + ("," + self.pick(*gap)).join(items) + "]"
            case str() if tree.isalnum():
                return self.pick(tree, json.dumps(tree))
            case _:
                return json.dumps(tree)
