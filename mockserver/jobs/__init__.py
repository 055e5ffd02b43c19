"""What people ask for. A job returns what to do; an edge does it."""
