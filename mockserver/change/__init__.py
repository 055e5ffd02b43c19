"""What changed between two editions of a contract, and what that means: values in, values out."""
