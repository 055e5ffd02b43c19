"""`python -m mockserver` is `mockserver`."""

from mockserver.cli.main import run

run()
