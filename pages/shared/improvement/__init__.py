"""The parts of the Improvement page."""
