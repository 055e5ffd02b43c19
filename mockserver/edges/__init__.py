"""The world, one foreign library per file."""
