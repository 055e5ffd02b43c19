"""The serving edge: HTTP/1.1 from a socket to a WSGI callable and back.

Knows sockets, threads and time. Does not know contracts, Flask, or what an answer means: the application is any WSGI
callable. What WSGI cannot say travels beside it: the raw target (`RAW_URI`), the fields as they were spelled
(`mockserver.headers`) and, on the way back, waits and faults (`mockserver.pace`, a body with `paced()`). An application
that has its answers as a whole can be asked without WSGI: `at_once`.

What happens on one connection is in `mockserver.edges.runner`. Why this is no library:
docs/decisions/0001-serving-edge.md.
"""

from mockserver.edges.runner.faults import FAULTS
from mockserver.edges.runner.requests import DEFAULT_LIMITS, Limits
from mockserver.edges.runner.server import GRACE_S, Server, free_port

__all__ = ["DEFAULT_LIMITS", "FAULTS", "GRACE_S", "Limits", "Server", "free_port"]
