"""What is written: bytes to tree, references, positions, overlays. Knows no OpenAPI."""
