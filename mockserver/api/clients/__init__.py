"""Real clients, driven: how they are bound to a contract, called, watched, and what is told of them."""
