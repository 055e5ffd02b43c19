"""What is a value: dialects, bundles, compiled validators, algebra. Knows no HTTP."""
