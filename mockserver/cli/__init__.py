"""Words in, wiring, exit code out."""
