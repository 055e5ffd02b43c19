"""What of a contract was ever said: a sibling of the checks, which tell whether it was said rightly."""
