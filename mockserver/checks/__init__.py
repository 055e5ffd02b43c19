"""Does an exchange keep the contract? Findings are returned, never raised."""
