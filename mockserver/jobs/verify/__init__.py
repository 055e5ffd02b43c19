"""Does a client, a mock or a provider keep its contract? Cases and verdicts; how a client is called, others know."""
