"""Memory after a start: what was read stays, and what reading took goes back to the system."""

from __future__ import annotations

import gc
import sys

_MUCH = 64 << 10
"""kB at the peak. Below, there is little to give back, and to load what gives it back costs a tenth of the start."""


def settle() -> None:
    """Leave what was loaded out of collections from now on, and give free memory back where there is much of it.

    The C library keeps what a parser took and freed: 35 MB after a contract of 4 MB in YAML.
    """
    gc.freeze()
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415 - it is not everywhere

    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < _MUCH:
        return
    import ctypes  # noqa: PLC0415 - as said above

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:  # it is glibc's own
        trim(0)
