"""The command line: what each command of `python -m data` does, and what it says."""
