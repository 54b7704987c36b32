"""What `python3 dashboard.py doctor` looks at: a function for each thing, which says what it found and what to do."""
