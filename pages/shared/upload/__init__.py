"""The parts of the Upload page, a step each. The file goes the same way as on the command line (data/ingest/intake.py)."""
