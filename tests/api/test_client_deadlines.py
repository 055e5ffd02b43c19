"""Who waits for no longer than a deadline of its own comes back, whatever keeps the deadline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import requests
import tenacity
from test_client_faults import CONTRACT, ThingError

from mockserver import ClientSuite


class Asking:
    """An async client whose library never gives up."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url

    async def _ask(self, id: str) -> object:  # noqa: A002 - the contract's word
        async with httpx.AsyncClient(timeout=None) as client:
            answer = await client.get(f"{self._base}/things/{requests.utils.quote(id, safe='')}")
            return answer.raise_for_status().json()


async def by_timeout(asked: Callable[[], Awaitable[object]]) -> object:
    async with asyncio.timeout(60):
        return await asked()


async def by_wait_for(asked: Callable[[], Awaitable[object]]) -> object:
    return await asyncio.wait_for(asked(), 60)


async def by_wait(asked: Callable[[], Awaitable[object]]) -> object:
    done, late = await asyncio.wait([asyncio.ensure_future(asked())], timeout=60)
    for one in late:
        one.cancel()
    return next(iter(done)).result() if done else await asyncio.wait_for(asyncio.Event().wait(), 1)


async def again_and_again(asked: Callable[[], Awaitable[object]]) -> object:
    async with asyncio.timeout(60):
        for pause in range(1, 1000):
            try:
                return await asked()
            except httpx.TransportError:
                await asyncio.sleep(pause)
    return None


def ends(tmp_path: Path, client: type) -> dict[str, str]:
    (tmp_path / "things.yaml").write_text(CONTRACT, encoding="utf-8")
    suite = ClientSuite("things", client, raises=ThingError, contracts=tmp_path, ignore=["client-unbound"])
    (binding,) = [one for one in suite.bindings if one.names == ("getThing",)]
    return {one.fault: one.end for one in suite.check([binding], ["broken"]).faults}


@pytest.mark.parametrize("keep", [by_timeout, by_wait_for, by_wait, again_and_again])
@pytest.mark.parametrize("is_sync", [False, True])
def test_a_deadline_around_a_library_without_one_is_a_time_out(tmp_path: Path, keep: Callable, is_sync: bool) -> None:  # noqa: FBT001
    class Client(Asking):
        async def get_thing(self, id: str) -> object:  # noqa: A002 - the contract's word
            try:
                return await keep(lambda: self._ask(id))
            except (TimeoutError, httpx.HTTPError) as failed:
                raise ThingError(str(failed)) from failed

    class SyncClient(Asking):
        def get_thing(self, id: str) -> object:  # noqa: A002 - the contract's word
            return asyncio.run(Client(self._base).get_thing(id))

    begun = time.monotonic()
    assert ends(tmp_path, SyncClient if is_sync else Client)["hang"] == "failed well"
    assert time.monotonic() - begun < 60


def test_who_has_no_deadline_at_all_still_hangs(tmp_path: Path) -> None:
    class Client(Asking):
        async def get_thing(self, id: str) -> object:  # noqa: A002 - the contract's word
            return await self._ask(id)

    assert ends(tmp_path, Client)["hang"] == "hung"


def test_a_deadline_for_the_result_of_a_thread_is_kept(tmp_path: Path) -> None:
    pool = ThreadPoolExecutor(1)

    class Client(Asking):
        def get_thing(self, id: str) -> object:  # noqa: A002 - the contract's word
            url = f"{self._base}/things/{requests.utils.quote(id, safe='')}"
            try:
                return pool.submit(lambda: requests.get(url).json()).result(0.2)
            except (TimeoutError, OSError, ValueError) as failed:
                raise ThingError from failed

    assert ends(tmp_path, Client)["hang"] == "failed well"
    pool.shutdown()


def test_attempts_that_end_by_a_clock_do_not_go_on_and_on(tmp_path: Path) -> None:
    class Client(Asking):
        @tenacity.retry(
            stop=tenacity.stop_after_delay(60),
            wait=tenacity.wait_exponential(),
            retry=tenacity.retry_if_exception_type(requests.HTTPError),
            reraise=True,
        )
        def get_thing(self, id: str) -> object:  # noqa: A002 - the contract's word
            url = f"{self._base}/things/{requests.utils.quote(id, safe='')}"
            answer = requests.get(url, timeout=5)
            answer.raise_for_status()
            return answer.json()

    written = CONTRACT.replace("schema: {type: object}}}}}\n    delete", UNAVAILABLE)
    assert written != CONTRACT
    (tmp_path / "things.yaml").write_text(written, encoding="utf-8")
    result = ClientSuite("things", Client, contracts=tmp_path).check()
    assert result.shown == {}


UNAVAILABLE = 'schema: {type: object}}}}, "503": {description: later}}\n    delete'
