"""httpx and httpx2: one attempt, awaited or not; the module is passed in, because both speak the same words."""
