"""What may be said: the operations of a contract, how a request finds one, and what it then may hold."""
