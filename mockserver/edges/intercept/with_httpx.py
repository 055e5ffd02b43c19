"""httpx."""

from __future__ import annotations

import httpx

from mockserver.edges.intercept.httpx_like import Library

_LIBRARY = Library(httpx)
put = _LIBRARY.put
take_away = _LIBRARY.take_away
