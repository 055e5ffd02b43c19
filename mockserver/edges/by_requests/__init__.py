"""requests and urllib3: one attempt over a socket, within a deadline that holds."""
