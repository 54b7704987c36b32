"""What the Easy read page and its files say: one idea in a sentence, and at most fifteen words in it.

People who use the services have not checked these sentences yet; `DRAFT` says so until they have.
"""

import re
from datetime import date

from metrics.measure import Goal
from pages.shared import words
from pages.shared.easy.state import State

MOST_WORDS = 15

TITLE = "How safe is our care?"
WARNING = (
    "This page talks about suicide, being held and being hurt.",
    "It may upset you.",
    "You can stop at any time.",
)
# Of goals whose measure says it otherwise; the others are told in the words of their measure (`Measure.easy_read`).
WANTED = {
    Goal.ZERO_SUICIDE: ("We want no one to die by suicide.", "Suicide means a person ends their own life."),
    Goal.JUST_CULTURE: ("When things go wrong, we want to learn.", "We want to be fair to everyone."),
}
STATES = {
    State.BETTER: ("This is getting better.",),
    State.WORSE: ("This is getting worse.", "We must find out why."),
    State.NO_CHANGE: ("We cannot see a change.", "This does not mean it is good enough."),
    State.TOO_SOON: ("It is too soon to know.",),
    State.INCOMPLETE: ("We do not have all the numbers.",),
    State.SMALL: ("The number is small.", "We keep it private to protect people."),
}
SORRY = ("We are sorry.", "Each person mattered.")
HELP = "You can get help."
SAMPLE = ("This trust is made up.", "No number here is real.")
DRAFT = ("This is a draft.", "People who use our services have not checked it yet.")

NOTHING_YET = ("There are no checked numbers yet.", "The board checks the numbers first.", "Then this page shows them.")
NO_FILE = ("There is no file to take away yet.", "We make it when the numbers are checked.")
WHO_CHECKS = ("People who work here can help.", "They name and sign off a version on the page This month.")
NOT_SAFE = ("We cannot show these numbers today.", "They could tell too much about a person.", "We are working on it.")
TAKE = "Take this page with you"
AS_HTML, AS_PDF = "To read on a screen", "To print (PDF)"
NOT_MADE = (
    "No file was made: the board has signed off no version of these figures yet. Name one on the page This month, let somebody "
    "else sign it off, and ask again."
)


def died(people: str, year: int, begins: int) -> tuple[str, ...]:
    """How many died; `people` is rounded, so it is called about right and no more."""
    return f"About {people} people died in one year.", *SORRY, f"The year is {words.year_name(year, begins)}."


def checked(on: date, up_to: date) -> tuple[str, ...]:
    """Who stands behind the numbers, without a name, and up to when they go."""
    return (
        f"Checked by the board on {on.day} {on:%B %Y}.",
        f"The numbers go up to {words.month_name(up_to, short=False)}.",
    )


def short_lines(text: str) -> tuple[str, ...]:
    """The trust's own words, broken where a reader would pause, and never within a telephone number."""
    whole = re.sub(r"(?<=\d) (?=\d)", "\N{NO-BREAK SPACE}", text.strip())
    return tuple(re.split(r"(?<=[:;,.])\s+", whole))
