"""`python -m metrics`: charts, trends and funnels of a CSV file."""

import sys

from metrics.command import main

if __name__ == "__main__":
    sys.exit(main())
