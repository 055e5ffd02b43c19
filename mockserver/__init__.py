"""Contract, client, mocks, cassettes and live API: one story."""
