"""The parts of the Easy read page and of its files."""
