"""The time of this machine."""

from __future__ import annotations

import time


class SystemClock:
    """Tells the time of this machine."""

    now = staticmethod(time.time)
