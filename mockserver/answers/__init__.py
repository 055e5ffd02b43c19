"""What to answer: which status, in which spelling, with which value."""
