"""At which line does another thread wait?"""

import gc
import sys
import threading

import pytest

from mockserver.edges.source_lines import waiting_line


def test_the_collector_rests_while_the_interpreter_lists_its_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    collected = []
    monkeypatch.setattr(sys, "_current_frames", lambda: collected.append(gc.isenabled()) or {})
    assert waiting_line(threading.get_ident()) is None
    assert (collected, gc.isenabled()) == ([False], True)
