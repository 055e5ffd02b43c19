import asyncio
import contextvars
import threading

import pytest

from mockserver.resilience.bounds import NO_TIMEOUT
from mockserver.resilience.deadline import NEVER, AttemptTimeouts, Deadline, attempt_timeouts, inherited, within
from mockserver.resilience.policy import TimeoutPolicy


def test_a_deadline_is_a_moment_and_what_is_left_is_never_negative() -> None:
    deadline = Deadline.after(30.0, 100.0)
    assert deadline == Deadline(130.0)
    assert [deadline.left(now) for now in (100.0, 129.5, 130.0, 500.0)] == [30.0, 0.5, 0.0, 0.0]
    assert Deadline.after(NO_TIMEOUT, 100.0) == NEVER


def test_a_call_within_a_call_has_no_more_time_than_its_caller() -> None:
    with within(Deadline(10.0)):
        with within(Deadline(20.0)) as kept:
            assert (kept, inherited()) == (Deadline(10.0), Deadline(10.0))
        with within(Deadline(5.0)):
            assert inherited() == Deadline(5.0)
        assert inherited() == Deadline(10.0)
    assert inherited() == NEVER


def test_a_deadline_is_put_back_when_the_block_fails() -> None:
    with pytest.raises(ValueError, match="boom"), within(Deadline(10.0)):
        raise ValueError("boom")
    assert inherited() == NEVER


def test_tasks_inherit_it_and_do_not_share_it() -> None:
    async def child(seconds: float) -> tuple[Deadline, Deadline]:
        before = inherited()
        with within(Deadline(seconds)):
            await asyncio.sleep(0)
            return before, inherited()

    async def parent() -> list[tuple[Deadline, Deadline]]:
        with within(Deadline(9.0)):
            return await asyncio.gather(child(3.0), child(5.0))

    assert asyncio.run(parent()) == [(Deadline(9.0), Deadline(3.0)), (Deadline(9.0), Deadline(5.0))]


def test_a_thread_inherits_it_with_a_copied_context_only() -> None:
    seen = []
    with within(Deadline(9.0)):
        context = contextvars.copy_context()
        for target in (lambda: seen.append(inherited()), lambda: context.run(lambda: seen.append(inherited()))):
            thread = threading.Thread(target=target)
            thread.start()
            thread.join()
    assert seen == [NEVER, Deadline(9.0)]


def test_each_time_out_shrinks_to_what_is_left() -> None:
    policy = TimeoutPolicy()
    assert attempt_timeouts(policy, 30.0) == AttemptTimeouts(3.0, 10.0, 10.0, 5.0, 30.0)
    assert attempt_timeouts(policy, 2.0) == AttemptTimeouts(2.0, 2.0, 2.0, 2.0, 2.0)


def test_without_any_limit_there_is_none() -> None:
    endless = TimeoutPolicy(read_s=NO_TIMEOUT)
    assert attempt_timeouts(endless, float("inf")) == AttemptTimeouts(3.0, None, 10.0, 5.0, None)
    assert attempt_timeouts(endless, 4.0).read_s == 4.0
