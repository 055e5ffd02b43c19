"""The time of this machine."""

from __future__ import annotations

import time


class SystemClock:
    """Tells the time of this machine, and lets it pass."""

    now = staticmethod(time.time)
    epoch = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)

    @staticmethod
    async def asleep(seconds: float) -> None:
        """Wait, awaiting."""
        import asyncio  # noqa: PLC0415 - who asks has it already, and the others need not pay

        await asyncio.sleep(seconds)
