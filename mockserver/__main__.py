"""`python -m mockserver` is `mockserver`."""

from mockserver.cli.main import run

if __name__ == "__main__":  # a process that does a part of a job reads this file, too
    run()
