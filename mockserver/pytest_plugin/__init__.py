"""mockserver for pytest: words in, wiring, verdicts out. Everything heavy is imported when a test asks for it."""
