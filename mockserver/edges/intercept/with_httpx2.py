"""httpx2."""

from __future__ import annotations

import httpx2

from mockserver.edges.intercept.httpx_like import Library

_LIBRARY = Library(httpx2)
put = _LIBRARY.put
take_away = _LIBRARY.take_away
