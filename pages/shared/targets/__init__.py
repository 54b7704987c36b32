"""The parts of the page Goals and measures."""
