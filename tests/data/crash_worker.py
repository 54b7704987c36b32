"""One load in a process of its own, to be killed or starved: `python -m tests.data.crash_worker HOME FILE`.

It says READY, waits for a line, loads, and says ACK with the number of the load once it is told that it is stored.
"""

import sys
from datetime import date
from pathlib import Path

from data.catalogue import shipped_catalogue
from data.config import Home
from data.ingest.answers import UnreadableFile
from data.ingest.intake import intake
from data.record import StoreError


def main() -> int:
    home, path, catalogue = Home(Path(sys.argv[1])), Path(sys.argv[2]), shipped_catalogue()
    print("READY", flush=True)
    sys.stdin.readline()
    try:
        with intake(home, catalogue, path, today=date(2026, 11, 22)) as extract:
            receipt = extract.accept("crash")
    except (StoreError, UnreadableFile, OSError) as error:
        print(f"REFUSED {error}", flush=True)
        return 1
    print(f"ACK {receipt.load_id}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
