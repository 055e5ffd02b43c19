"""Somebody's client: how its methods are called, what their annotations mean, which line did what.

Knows Python (signatures, annotations, coroutines) and no HTTP: what is sent and answered is other people's affair.
"""
