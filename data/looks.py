"""Who signed in, looked and took out, of late: the newest lines of the trails, for who keeps access."""

from data.access import Action, Reader, Thing, authorise
from data.audit import Line, check_trail, read_trail, trail_files
from data.config import Home

MOST_TRAILS = 50  # of a process each; older ones are read on the command line


def recent_looks(home: Home, by: Reader, most: int = 500) -> list[Line]:
    """The newest lines of the newest trails, the newest first; a trail that cannot be read is left to `broken_trails`.

    Raises NotForThisReader for everybody but those who keep access.
    """
    authorise(by, Action.OPEN, Thing(page="access"))
    lines: list[Line] = []
    for path in trail_files(home)[-MOST_TRAILS:]:
        try:
            lines += read_trail(path)
        except ValueError:
            continue
    return sorted(lines, key=lambda line: (line.happened_at, line.sequence), reverse=True)[:most]


def broken_trails(home: Home, by: Reader) -> list[str]:
    """What is wrong with the chains of those trails, a sentence each. Raises NotForThisReader."""
    authorise(by, Action.OPEN, Thing(page="access"))
    return [problem for path in trail_files(home)[-MOST_TRAILS:] for problem in check_trail(path, [])]
