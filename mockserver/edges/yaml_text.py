"""Trees as YAML for people: the one writer of contracts."""

from __future__ import annotations

import yaml

from mockserver.values import JSON


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        """Write a value again where it stands again: people read it, and references look otherwise."""
        del data
        return True


def write_yaml_text(tree: JSON) -> str:
    """Return a tree as YAML, its keys in their order."""
    return yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
