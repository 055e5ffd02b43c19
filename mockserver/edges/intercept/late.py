"""Libraries that are not imported yet: they are hooked when somebody imports them, and cost nothing before."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any


@contextmanager
def when_imported(library: str, then: Callable[[], object]) -> Iterator[None]:
    """Call a function now if a library is there, else as soon as it is imported, while this lasts."""
    if library in sys.modules:
        then()
        yield
        return
    _WAITING.add(library, then)
    try:
        yield
    finally:
        _WAITING.remove(library, then)


class _Waiting(MetaPathFinder):
    """Finds what is waited for by asking everybody else, and stands in the way only while there is something."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asking = threading.local()
        self.waiting: list[tuple[str, Callable[[], object]]] = []

    def add(self, library: str, then: Callable[[], object]) -> None:
        with self._lock:
            self.waiting.append((library, then))
            if self not in sys.meta_path:
                sys.meta_path.insert(0, self)

    def remove(self, library: str, then: Callable[[], object]) -> None:
        with self._lock:
            self.waiting.remove((library, then))
            if not self.waiting:
                sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        """Return the spec of a library that is waited for, with a loader that tells when it is there."""
        if getattr(self._asking, "now", False) or all(library != fullname for library, _ in self.waiting):
            return None
        self._asking.now = True
        try:
            spec = find_spec(fullname)
        finally:
            self._asking.now = False
        if spec is not None and spec.loader is not None:
            spec.loader = _Telling(spec.loader)
        return spec


_WAITING = _Waiting()


class _Telling(Loader):
    """Loads as the loader of the library does, and tells afterwards."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Create it (importlib)."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run it (importlib), and call whoever waits."""
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        for library, then in list(_WAITING.waiting):
            if library == module.__name__:
                then()
