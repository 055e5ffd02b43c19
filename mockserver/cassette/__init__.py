"""Recorded exchanges: how they are written, found again, scrubbed and aged. No I/O, no judgement of the contract."""
