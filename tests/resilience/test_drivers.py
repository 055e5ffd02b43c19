"""The same machine under a driver that blocks and one that awaits: the two loops that clients will have."""

import asyncio
import random
import threading
import time

import pytest
from simulated import GET, answering

from mockserver.resilience.actions import Attempt, GiveUp, Succeed, Wait
from mockserver.resilience.call import Call
from mockserver.resilience.guards import Guards
from mockserver.resilience.outcome import Answered, Failed
from mockserver.resilience.policies import overridden
from mockserver.resilience.policy import Policy

QUEUEING = overridden(Policy(), {"bulkhead": {"concurrent": 1, "wait_s": 25}})
SWIFT = overridden(Policy(), {"retry": {"base_s": 0.001, "throttled_base_s": 0.001}})


def drive(call: Call, server, woken: threading.Event) -> GiveUp | Succeed:
    try:
        action = call.next(time.monotonic())
        while not isinstance(action, Succeed | GiveUp):
            match action:
                case Wait(seconds=seconds):
                    woken.wait(seconds)
                    woken.clear()
                    action = call.next(time.monotonic())
                case Attempt():
                    outcome, took = server(action, time.monotonic())
                    time.sleep(took)
                    action = call.ended(outcome, time.monotonic())
        return action
    finally:
        call.abandon()


async def adrive(guards: Guards, policy: Policy, server) -> GiveUp | Succeed:
    loop, woken = asyncio.get_running_loop(), asyncio.Event()
    call = guards.call(GET, policy, now=loop.time(), wake=lambda: loop.call_soon_threadsafe(woken.set))
    try:
        action = call.next(loop.time())
        while not isinstance(action, Succeed | GiveUp):
            match action:
                case Wait(seconds=seconds):
                    try:
                        async with asyncio.timeout(seconds):
                            await woken.wait()
                        woken.clear()
                    except TimeoutError:
                        pass
                    action = call.next(loop.time())
                case Attempt():
                    outcome, took = server(action, loop.time())
                    await asyncio.sleep(took)
                    action = call.ended(outcome, loop.time())
        return action
    finally:
        call.abandon()


def test_a_blocking_driver_recovers() -> None:
    guards = Guards(random.Random(1))
    call = guards.call(GET, SWIFT, now=time.monotonic())
    assert drive(call, answering(Failed("reset"), 503, 200, took=0), threading.Event()) == Succeed(attempts=3)


def test_an_awaiting_driver_recovers() -> None:
    guards = Guards(random.Random(1))
    assert asyncio.run(adrive(guards, SWIFT, answering(Failed("reset"), 503, 200, took=0))) == Succeed(attempts=3)


def test_threads_that_queue_for_one_place_are_woken_and_do_not_poll() -> None:
    guards = Guards(random.Random(1))
    began = time.monotonic()
    ended: list[GiveUp | Succeed] = []

    def caller() -> None:
        woken = threading.Event()
        call = guards.call(GET, QUEUEING, now=time.monotonic(), wake=woken.set)
        ended.append(drive(call, answering(200, took=0.01), woken))

    threads = [threading.Thread(target=caller) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == [Succeed(attempts=1)] * 6
    assert 0.06 <= time.monotonic() - began < 20  # in turn, and long before their patience is over


def test_tasks_that_queue_for_one_place_are_woken() -> None:
    async def crowd() -> list[GiveUp | Succeed]:
        guards = Guards(random.Random(1))
        return await asyncio.gather(*(adrive(guards, QUEUEING, answering(200, took=0.01)) for _ in range(6)))

    began = time.monotonic()
    assert asyncio.run(crowd()) == [Succeed(attempts=1)] * 6
    assert time.monotonic() - began < 20


def test_a_cancelled_task_gives_its_place_on() -> None:
    async def crowd() -> GiveUp | Succeed:
        guards = Guards(random.Random(1))
        stuck = asyncio.create_task(adrive(guards, QUEUEING, answering(200, took=60)))
        await asyncio.sleep(0)
        following = asyncio.create_task(adrive(guards, QUEUEING, answering(200, took=0)))
        await asyncio.sleep(0.01)
        stuck.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stuck
        return await following

    assert asyncio.run(crowd()) == Succeed(attempts=1)


def test_an_attempt_that_raises_leaves_no_probe_behind() -> None:
    guards = Guards(random.Random(1))
    quick = overridden(Policy(), {"retry": {"attempts": 1}, "breaker": {"min_calls": 1, "open_s": 0.001}})

    def broken(*_: object) -> tuple[Answered, float]:
        raise KeyboardInterrupt

    drive(guards.call(GET, quick, now=time.monotonic()), answering(500, took=0), threading.Event())
    time.sleep(0.002)
    with pytest.raises(KeyboardInterrupt):
        drive(guards.call(GET, quick, now=time.monotonic()), broken, threading.Event())
    call = guards.call(GET, quick, now=time.monotonic())
    assert drive(call, answering(200, took=0), threading.Event()) == Succeed(attempts=1)
