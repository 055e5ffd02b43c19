"""Public faces for Python code; wires jobs to edges."""
