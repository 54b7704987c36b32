"""Pages as files that stand alone, for papers and websites: `python -m pages.reports`."""
