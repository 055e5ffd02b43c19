"""Parts of a job side by side: each comes back, is stopped in time, or is told as broken."""

import os
import time
from operator import add

from mockserver.edges.parallel import Broken, Done, Overdue, run


def test_each_part_comes_back_under_its_name_in_the_order_of_the_tasks():
    told = []
    found = run(
        {"one": (add, (1, 2)), "two": (add, ("a", "b"))}, workers=2, limit_s=60, done=lambda name, _: told.append(name)
    )
    assert [(name, one.value) for name, one in found.items()] == [("one", 3), ("two", "ab")]
    assert sorted(told) == ["one", "two"]


def test_a_part_whose_time_is_over_is_stopped_and_takes_no_other_with_it():
    tasks = {"long": (time.sleep, (600,)), "dead": (os._exit, (7,)), "quick": (add, (1, 1))}
    found = run(tasks, workers=3, limit_s=8, done=lambda *_: None)
    assert found["long"] == Overdue(8)
    assert found["dead"] == Broken(7)
    assert isinstance(found["quick"], Done)
